"""The Django app ``dialogues``."""

from django.apps import AppConfig


class DialoguesConfig(AppConfig):
    """The Django app ``dialogues``."""

    name = "dunkelwerk.dialogues"
    label = "dialogues"
    default_auto_field = "django.db.models.BigAutoField"
