"""Movements for the data warehouse, one per action, append-only (docs/rules.md section 8); and the outbox."""

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


class OutboxMessage(models.Model):
    """One fact for the core system, sealed, until every target has it. Source: docs/outbox.md."""

    #: what a receiver recognises repeats by; unlike the id it never comes twice, not even after a restored backup
    delivery = models.UUIDField(unique=True)
    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    at = models.DateTimeField()
    data_key = models.BigIntegerField()
    payload = models.BinaryField(null=True)
    state = models.CharField(max_length=10)
    attempts = models.IntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=60, null=True)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    #: the targets that have it
    target = ArrayField(models.CharField(max_length=20), default=list)
    resent_by = models.CharField(max_length=100, null=True)
    resent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "outbox_message"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="outbox_message_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "delivered", "dead"]), name="outbox_message_state"
            ),
            models.CheckConstraint(
                condition=models.Q(payload__isnull=False) | models.Q(state__in=["delivered", "dead"]),
                name="outbox_message_erased",
            ),
            models.CheckConstraint(
                condition=models.Q(state="dead", given_up_at__isnull=False)
                | (~models.Q(state="dead") & models.Q(given_up_at=None)),
                name="outbox_message_given_up",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=models.Q(state="pending"), name="outbox_message_due"
            ),
            models.Index(
                fields=["delivered_at"],
                condition=models.Q(state="delivered", payload__isnull=False),
                name="outbox_message_erasable",
            ),
            models.Index(fields=["id"], condition=models.Q(state="dead"), name="outbox_message_dead"),
            models.Index(fields=["at"], condition=models.Q(payload=None), name="outbox_message_empty"),
        ]


class OutboxPurge(models.Model):
    """Messages without content that were deleted at once: when, how many, and before which moment they were put."""

    at = models.DateTimeField()
    deleted_before = models.DateTimeField()
    messages = models.BigIntegerField()

    class Meta:
        db_table = "outbox_purge"
