"""The addresses of the API."""

from __future__ import annotations

from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from dunkelwerk.api import health
from dunkelwerk.api.problems import not_found
from dunkelwerk.api.routes import api

urlpatterns = [
    path("api/v1/", api.urls),
    # nobody's form is read to be refused
    re_path(r"^api/(?P<rest>.*)$", csrf_exempt(not_found)),
    path("health/live", health.live),
    path("health/ready", health.ready),
]
