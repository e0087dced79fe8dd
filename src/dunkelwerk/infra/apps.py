"""The Django app of the infrastructure: data keys."""

from django.apps import AppConfig


class InfraConfig(AppConfig):
    """Data keys."""

    name = "dunkelwerk.infra"
    label = "infra"
    default_auto_field = "django.db.models.BigAutoField"
