"""The Django app ``letters``."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """The Django app ``letters``."""

    name = "dunkelwerk.letters"
    label = "letters"
    default_auto_field = "django.db.models.BigAutoField"
