"""Letter orders: which letter goes to whom, for which decision; and the runs that render them.

An order is ``ordered``, then ``rendered`` by a run, or ``failed`` (a work item says so) until a later run renders it;
or ``cancelled`` before that.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class LetterRun(models.Model):
    """One run of ``dunkelwerk letters render``. Its index and control file are made from the orders that name it."""

    business_day = models.DateField()
    folder = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "letter_run"


class LetterOrder(models.Model):
    """One letter to be sent. ``person`` is the register's id of the insured person.

    Rendered: its ``run``, the ``file`` in the run's folder with pages and digest, the ``version`` of the templates, and
    what the letter says (``content``, sealed with ``data_key``), from which the same file can be made again.
    """

    action = models.BigIntegerField(unique=True)
    decision = models.BigIntegerField(db_index=True)
    template = models.CharField(max_length=40)
    line = models.CharField(max_length=40)
    contract = models.CharField(max_length=60)
    claim = models.CharField(max_length=60, null=True)
    person = models.BigIntegerField(null=True)
    legal_entity = models.CharField(max_length=40)
    business_day = models.DateField()
    state = models.CharField(max_length=20, default="ordered")
    run = models.BigIntegerField(null=True)
    rendered_on = models.DateField(null=True)
    version = models.CharField(max_length=20, null=True)
    file = models.TextField(null=True)
    pages = models.SmallIntegerField(null=True)
    sha256 = models.CharField(max_length=64, null=True)
    data_key = models.BigIntegerField(null=True)
    content = models.BinaryField(null=True)
    fault = models.TextField(null=True)

    class Meta:
        db_table = "letter_order"
        indexes = [
            models.Index(
                fields=["state", "id"], condition=Q(state__in=["ordered", "failed"]), name="letter_order_waiting"
            ),
            models.Index(fields=["run", "id"], condition=Q(run__isnull=False), name="letter_order_run"),
        ]
