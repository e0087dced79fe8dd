"""The Django app ``runner``."""

from django.apps import AppConfig


class RunnerConfig(AppConfig):
    """The Django app ``runner``."""

    name = "dunkelwerk.runner"
    label = "runner"
    default_auto_field = "django.db.models.BigAutoField"
