"""The inbox: typed notices of every channel, each once, and everybody who touched them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

#: waiting, or exactly one end: settled, referred, partly both, proposed to a second examiner, joined to a pending
#: proposal for the same claim, handled by a person after a referral, replaced by a corrected attempt
STATES = ("waiting", "settled", "referred", "partial", "proposed", "joined", "handled", "replaced")


class Notice(models.Model):
    """One notice. Its id is the order of receipt; ``payload`` is the JSON, sealed with the data key ``key``."""

    channel = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    attempt = models.IntegerField(default=1)
    process = models.CharField(max_length=60)
    case_key = models.CharField(max_length=60)
    digest = models.BinaryField()
    payload = models.BinaryField()
    data_key = models.BigIntegerField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=20, default="waiting")
    batch = models.BigIntegerField(null=True)
    decision = models.BigIntegerField(null=True)
    work_item = models.BigIntegerField(null=True)

    class Meta:
        db_table = "notice"
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id", "attempt"], name="notice_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="notice_state"),
            models.CheckConstraint(
                condition=Q(state="waiting", decision=None) | (~Q(state="waiting") & Q(decision__isnull=False)),
                name="notice_end_has_decision",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="waiting"), name="notice_waiting"),
            models.Index(fields=["case_key"], name="notice_case_key"),
        ]


class Toucher(models.Model):
    """A person who touched a notice: never its second examiner. Append-only."""

    notice = models.BigIntegerField(db_index=True)
    actor = models.CharField(max_length=100)
    deed = models.CharField(max_length=40)
    touched_at = models.DateTimeField()

    class Meta:
        db_table = "toucher"


class InboxDocument(models.Model):
    """A document that nobody has read yet: a cleaned PDF, sealed; ``sha256`` knows the delivered file again."""

    channel = models.CharField(max_length=40)
    external_id = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    name = models.BinaryField()
    content = models.BinaryField()
    data_key = models.BigIntegerField()
    pages = models.IntegerField()
    case_key = models.CharField(max_length=60, null=True)
    received_at = models.DateTimeField()

    class Meta:
        db_table = "inbox_document"
        constraints = [models.UniqueConstraint(fields=["channel", "external_id"], name="inbox_document_once")]
