"""The addresses of the API."""

from __future__ import annotations

from django.urls import path, re_path

from dunkelwerk.api import health
from dunkelwerk.api.problems import not_found
from dunkelwerk.api.routes import api

urlpatterns = [
    path("api/v1/", api.urls),
    re_path(r"^api/(?P<rest>.*)$", not_found),
    path("health/live", health.live),
    path("health/ready", health.ready),
]
