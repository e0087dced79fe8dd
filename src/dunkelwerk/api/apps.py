"""The Django app ``api``."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The Django app ``api``."""

    name = "dunkelwerk.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
