"""Batches, decision records, proposals, deeds, and how each process runs.

The records are partitioned by month and sealed (migration 0002).
"""

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
    #: decision (a process decided), manual (a person composed it), reversal (it undoes ``reverses``)
    kind = models.CharField(max_length=20)
    effective = models.BooleanField()
    actor = models.CharField(max_length=100, null=True)
    reverses = models.BigIntegerField(null=True)

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
    kind = models.CharField(max_length=20, default="decision")
    #: the parameter ``mode`` under which it is decided anew (None: as the parameters say)
    mode = models.CharField(max_length=20, null=True)
    rules = models.CharField(max_length=40, default="")
    adverse = models.BooleanField(default=False)
    proposed_by = models.CharField(max_length=100, null=True)
    #: reversals that were proposed together
    run = models.BigIntegerField(null=True)
    #: the decision by which it took effect
    applied = models.BigIntegerField(null=True)

    class Meta:
        db_table = "proposal"
        indexes = [
            GinIndex(fields=["parts"], condition=models.Q(state="pending"), name="proposal_pending"),
            models.Index(fields=["notice"], name="proposal_notice"),
            models.Index(fields=["work_item"], name="proposal_work_item"),
        ]


class Deed(models.Model):
    """What a person did, when, to what, and in which own words (sealed). Append-only."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    deed = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    data_key = models.BigIntegerField(null=True)
    words = models.BinaryField(null=True)

    class Meta:
        db_table = "deed"
        indexes = [models.Index(fields=["kind", "key"], name="deed_reference")]


class ProcessSetting(models.Model):
    """How a process runs: its mode, its random sample, its brake. No row: as its parameters say, without a brake."""

    process = models.CharField(max_length=60, primary_key=True)
    mode = models.CharField(max_length=20, null=True)
    #: 1 in so many dark cases goes to second check; drawn from the seed
    sample = models.IntegerField(null=True)
    seed = models.CharField(max_length=100, default="")
    cases_per_day = models.IntegerField(null=True)
    euros_per_day = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    dark_rate_low = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    dark_rate_high = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    mean_amount_low = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    mean_amount_high = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    #: the figures of the last so many decided notices must stay in the bands
    watched = models.IntegerField(default=200)
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=100, null=True)
    stop_reason = models.TextField(null=True)
    #: the business day whose limit is reached
    limit_reached_on = models.DateField(null=True)
    #: tallies up to this one were made before the process was last started
    tally_from = models.BigIntegerField(default=0)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "process_setting"


class ProcessTally(models.Model):
    """What one batch decided of one process: notices, those that took effect dark, the euros they released."""

    process = models.CharField(max_length=60)
    business_day = models.DateField()
    batch = models.BigIntegerField()
    decided = models.IntegerField()
    dark = models.IntegerField()
    euros = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        db_table = "process_tally"
        indexes = [models.Index(fields=["process", "business_day"], name="process_tally_day")]
