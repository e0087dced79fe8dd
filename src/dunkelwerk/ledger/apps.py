"""The Django app ``ledger``."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The Django app ``ledger``."""

    name = "dunkelwerk.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
