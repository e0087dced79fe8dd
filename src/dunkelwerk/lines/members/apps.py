"""The Django app of the line: its register."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """The register of members."""

    name = "dunkelwerk.lines.members"
    label = "members"
    default_auto_field = "django.db.models.BigAutoField"
