"""Movements for the data warehouse: one per action, append-only. Source: docs/rules.md section 8."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Movement(models.Model):
    """One action as the data warehouse wants it. Its id is the action's; no health data but the ICD chapter."""

    previous = models.BigIntegerField(null=True)
    flag = models.CharField(max_length=1)
    batch = models.BigIntegerField()
    business_day = models.DateField()
    booked_at = models.DateTimeField()
    decision = models.BigIntegerField()
    line = models.CharField(max_length=40)
    contract = models.CharField(max_length=60, null=True)
    claim = models.CharField(max_length=60, null=True)
    cause = models.CharField(max_length=20, null=True)
    icd_chapter = models.CharField(max_length=1, null=True)
    action = models.CharField(max_length=40)
    period_from = models.DateField(null=True)
    period_until = models.DateField(null=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    mode = models.CharField(max_length=20)
    process = models.CharField(max_length=60)
    rules = models.CharField(max_length=40)
    reasons = ArrayField(models.CharField(max_length=60))
    payment_reference = models.CharField(max_length=35, null=True)
    legal_entity = models.CharField(max_length=40)

    class Meta:
        db_table = "movement"
        # decisions only grow, and so do their movements: a few bytes find a page
        indexes = [BrinIndex(fields=["decision"], pages_per_range=16, autosummarize=True, name="movement_decision")]
