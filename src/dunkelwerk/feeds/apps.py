"""The Django app ``feeds``."""

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    """The Django app ``feeds``."""

    name = "dunkelwerk.feeds"
    label = "feeds"
    default_auto_field = "django.db.models.BigAutoField"
