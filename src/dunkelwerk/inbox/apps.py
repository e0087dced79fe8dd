"""The Django app ``inbox``."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The Django app ``inbox``."""

    name = "dunkelwerk.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
