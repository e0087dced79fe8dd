"""The addresses of the site: the portal's at its root, the API's below ``/api`` and ``/health``."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include("dunkelwerk.portal.urls"))]
if find_spec("dunkelwerk.api"):
    urlpatterns.append(path("", include("dunkelwerk.api.urls")))

handler400 = "dunkelwerk.portal.faults.bad_request"
handler403 = "dunkelwerk.portal.faults.forbidden"
handler404 = "dunkelwerk.portal.faults.not_found"
handler500 = "dunkelwerk.portal.faults.broken"
