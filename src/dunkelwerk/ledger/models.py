"""The sub-ledger: append-only postings, balanced by their very shape. Source: docs/rules.md section 8."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Posting(models.Model):
    """One row: debit account, credit account, amount in euros. ``action`` is the movement that it follows from."""

    action = models.BigIntegerField()
    decision = models.BigIntegerField(db_index=True)
    event = models.CharField(max_length=40)
    debit = models.CharField(max_length=60)
    credit = models.CharField(max_length=60)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    contract = models.BigIntegerField()
    claim = models.BigIntegerField(db_index=True)
    legal_entity = models.CharField(max_length=40)
    business_day = models.DateField()

    class Meta:
        db_table = "posting"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="posting_amount_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="posting_accounts_differ"),
        ]
