"""The Django app of the line: its register."""

from django.apps import AppConfig


class CreditProtectionConfig(AppConfig):
    """The register of credit protection."""

    name = "dunkelwerk.lines.credit_protection"
    label = "credit_protection"
    default_auto_field = "django.db.models.BigAutoField"
