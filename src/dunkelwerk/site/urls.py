"""The addresses of the site: the portal's at its root, the API's below ``/api`` and ``/health``."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("dunkelwerk.portal.urls")), path("", include("dunkelwerk.api.urls"))]

handler400 = "dunkelwerk.portal.faults.bad_request"
handler403 = "dunkelwerk.portal.faults.forbidden"
handler404 = "dunkelwerk.portal.faults.not_found"
handler500 = "dunkelwerk.portal.faults.broken"
