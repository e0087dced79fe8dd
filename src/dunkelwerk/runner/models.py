"""Batches and decision records. The records are partitioned by month and sealed (migration 0001)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Batch(models.Model):
    """One transaction of notices that were decided together, on one business day."""

    business_day = models.DateField()
    line = models.CharField(max_length=40)
    worker = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    notices = models.IntegerField()

    class Meta:
        db_table = "batch"


class DecisionRecord(models.Model):
    """What was decided and why: notice, case file, decision with trace, sealed together in ``payload``.

    ``blockers``: the codes, each once, that alone or together kept an examined notice from being settled dark.
    """

    business_day = models.DateField()
    batch = models.BigIntegerField()
    notice = models.BigIntegerField()
    line = models.CharField(max_length=40)
    process = models.CharField(max_length=60)
    outcome = models.CharField(max_length=20)
    mode = models.CharField(max_length=20)
    contract = models.CharField(max_length=60, null=True)
    reasons = ArrayField(models.CharField(max_length=60))
    blockers = ArrayField(models.CharField(max_length=60))
    actions = models.IntegerField()
    released = models.DecimalField(max_digits=12, decimal_places=2)
    rules = models.CharField(max_length=40)
    parameters = models.CharField(max_length=40)
    data_key = models.BigIntegerField()
    payload = models.BinaryField()

    class Meta:
        db_table = "decision_record"
        managed = False


class Proposal(models.Model):
    """A decision that waits for a second examiner. ``parts`` are the claims it is about; later notices join it."""

    decision = models.BigIntegerField(unique=True)
    notice = models.BigIntegerField()
    work_item = models.BigIntegerField()
    line = models.CharField(max_length=40)
    parts = ArrayField(models.CharField(max_length=130))
    hash = models.BinaryField()
    state = models.CharField(max_length=20, default="pending")

    class Meta:
        db_table = "proposal"
        indexes = [GinIndex(fields=["parts"], condition=models.Q(state="pending"), name="proposal_pending")]
