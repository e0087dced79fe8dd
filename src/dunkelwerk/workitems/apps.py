"""The Django app ``workitems``."""

from django.apps import AppConfig


class WorkitemsConfig(AppConfig):
    """The Django app ``workitems``."""

    name = "dunkelwerk.workitems"
    label = "workitems"
    default_auto_field = "django.db.models.BigAutoField"
