"""Dialogues: published types, each person's questionnaire, its answers, uploads and submission, and who may log in.

Personal data (``person``, ``prefill``, ``answers``, names and content of uploads, the receipt) is sealed with the
data key ``data_key``; the columns in clear say only what is needed to find and to steer. Source: docs/dialogues.md.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

#: ``processed`` is no state of the row: it is read from the notice (``queries.STATE``)
STATES = (
    "created",
    "exported",
    "opened",
    "submitted",
    "expired",
    "revoked",
    "answered_on_paper",
    "returned_by_post",
)
#: in these somebody may still answer
OPEN_STATES = ("created", "exported", "opened")


class TypeVersion(models.Model):
    """A published version of a dialogue type: ``content`` is its canonical JSON. The newest serves new dialogues."""

    name = models.CharField(max_length=60)
    version = models.IntegerField()
    content = models.BinaryField()
    digest = models.BinaryField()
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=100)

    class Meta:
        db_table = "dialogue_type_version"
        constraints = [models.UniqueConstraint(fields=["name", "version"], name="dialogue_type_version_once")]


class DialogueImport(models.Model):
    """One run of an import, with what it brought: rows read = imported + known + bad.

    ``layout``: how its print file looked, as JSON (``importing.layout``); null where it wrote no letter.
    """

    type = models.CharField(max_length=60)
    file = models.CharField(max_length=200)
    actor = models.CharField(max_length=100)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    read = models.BigIntegerField(default=0)
    imported = models.BigIntegerField(default=0)
    completed = models.BigIntegerField(default=0)
    known = models.BigIntegerField(default=0)
    bad = models.BigIntegerField(default=0)
    layout = models.TextField(null=True)

    class Meta:
        db_table = "dialogue_import"


class Dialogue(models.Model):
    """One person's one questionnaire.

    ``reference`` is its public name. ``selector`` (the PIN's first five symbols) is null once the PIN is dead for
    good; ``pin_hash`` is argon2id over a keyed hash (docs/dialogues.md). ``end_on``: the day it ended, from which
    retention counts. ``held``: a legal hold, nothing is deleted.
    """

    reference = models.CharField(max_length=20, unique=True)
    type = models.CharField(max_length=60)
    version = models.ForeignKey(TypeVersion, on_delete=models.PROTECT, db_column="version", db_index=False)
    external_id = models.CharField(max_length=200)
    import_run = models.BigIntegerField(null=True)
    state = models.CharField(max_length=20, default="created")
    selector = models.CharField(max_length=5, null=True, unique=True)
    pin_hash = models.CharField(max_length=120, null=True)
    pepper = models.CharField(max_length=40, null=True)
    person = models.BinaryField(null=True)
    prefill = models.BinaryField(null=True)
    #: what the person wrote when leaving by an exit, sealed with its own data key
    exit_words = models.BinaryField(null=True)
    exit_key = models.BigIntegerField(null=True)
    data_key = models.BigIntegerField()
    valid_until = models.DateField()
    remind_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    end_on = models.DateField(null=True)
    held = models.BooleanField(default=False)

    class Meta:
        db_table = "dialogue"
        constraints = [
            models.UniqueConstraint(fields=["type", "external_id"], name="dialogue_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="dialogue_state"),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False)
                | (~Q(state="submitted") & Q(submitted_at=None)),
                name="dialogue_submitted_at",
            ),
        ]
        indexes = [
            models.Index(fields=["valid_until"], condition=Q(state__in=OPEN_STATES), name="dialogue_open"),
            models.Index(fields=["remind_on"], condition=Q(remind_on__isnull=False), name="dialogue_remind"),
            models.Index(fields=["end_on"], condition=Q(end_on__isnull=False), name="dialogue_ended"),
            models.Index(fields=["import_run"], condition=Q(state="created"), name="dialogue_unexported"),
        ]


class DialogueEvent(models.Model):
    """One change of a dialogue: when, by whom, append-only. ``detail``: a reason or code, nothing personal."""

    dialogue = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    event = models.CharField(max_length=40)
    detail = models.CharField(max_length=300, default="")

    class Meta:
        db_table = "dialogue_event"


class Draft(models.Model):
    """The answers so far; each page saves. ``revision`` guards against two devices."""

    dialogue = models.OneToOneField(Dialogue, on_delete=models.CASCADE, primary_key=True, db_column="dialogue")
    revision = models.IntegerField(default=1)
    answers = models.BinaryField()
    data_key = models.BigIntegerField()
    saved_at = models.DateTimeField()

    class Meta:
        db_table = "dialogue_draft"


class Upload(models.Model):
    """A cleaned upload of one question: a PDF. ``submission`` is set once it was submitted."""

    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, db_column="dialogue")
    question = models.CharField(max_length=60)
    name = models.BinaryField()
    content = models.BinaryField()
    data_key = models.BigIntegerField()
    pages = models.IntegerField()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField()
    submitted = models.BooleanField(default=False)

    class Meta:
        db_table = "dialogue_upload"


class Submission(models.Model):
    """What was submitted, once per dialogue. ``notice``: in the inbox; ``reported_at``: when its outcome was told."""

    dialogue = models.OneToOneField(Dialogue, on_delete=models.PROTECT, db_column="dialogue")
    version = models.ForeignKey(TypeVersion, on_delete=models.PROTECT, db_column="version", db_index=False)
    answers = models.BinaryField(null=True)
    receipt = models.BinaryField(null=True)
    data_key = models.BigIntegerField()
    receipt_sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=5)
    submitted_at = models.DateTimeField()
    notice = models.BigIntegerField(unique=True)
    reported_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "dialogue_submission"
        indexes = [models.Index(fields=["notice"], condition=Q(reported_at=None), name="submission_unreported")]


class LoginGuard(models.Model):
    """Failed logins at one ``dialogue`` (its selector), with one ``pin``, of one ``address``, or in a minute (``all``).

    ``key`` is a keyed hash. The last attempt: whether it was ``refused``, failures ``before`` it, when the last was.
    """

    scope = models.CharField(max_length=10)
    key = models.CharField(max_length=64)
    failures = models.IntegerField()
    last_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)
    refused = models.BooleanField(default=False)
    before = models.IntegerField(default=0)
    last_before = models.DateTimeField(null=True)

    class Meta:
        db_table = "login_guard"
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="login_guard_once")]
        indexes = [models.Index(fields=["last_at"], name="login_guard_last")]


class PortalSession(models.Model):
    """A login to one dialogue; ``token`` is the hash of what the browser keeps."""

    token = models.CharField(max_length=64, primary_key=True)
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, db_column="dialogue")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "portal_session"
        indexes = [models.Index(fields=["seen_at"], name="portal_session_seen")]
