"""The Django app ``jobs``."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The Django app ``jobs``."""

    name = "dunkelwerk.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
