"""Baskets and work items: what a person has to do. References are by (kind, key); nothing is imported."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class WorkItem(models.Model):
    """One piece of work in a team's basket. ``open_from``: not shown before; ``version`` guards against two editors."""

    basket = models.CharField(max_length=60)
    task = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    decision = models.BigIntegerField(null=True, db_index=True)
    contract = models.CharField(max_length=60, null=True)
    claim = models.CharField(max_length=60, null=True)
    reasons = ArrayField(models.CharField(max_length=60))
    priority = models.SmallIntegerField()
    open_from = models.DateField()
    due_on = models.DateField()
    state = models.CharField(max_length=20, default="open")
    created_on = models.DateField()
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "work_item"
        indexes = [
            models.Index(fields=["basket", "priority", "due_on"], condition=Q(state="open"), name="work_item_open"),
            models.Index(fields=["kind", "key"], name="work_item_reference"),
        ]
