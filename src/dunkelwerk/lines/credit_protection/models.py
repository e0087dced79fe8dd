"""The register of credit protection: persons, tariffs, contracts, claims, proofs, releases, instalments.

``load``, ``load_line`` and ``digest`` say which line of which load last set a row, so that two lines that disagree
are found. Releases, instalments, proofs and claim status are ours after the first load.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.db import models
from django.db.models import Q

from dunkelwerk.lines.credit_protection import casefile


def one_of(name: str, values: type, *, field: str) -> models.CheckConstraint:
    """The constraint that a column holds a value of an enumeration."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": [each.value for each in values]}), name=name)  # type: ignore[attr-defined]


class Load(models.Model):
    """One run of ``dunkelwerk load``."""

    started_at = models.DateTimeField()
    actor = models.CharField(max_length=100)
    files = ArrayField(models.TextField())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "register_load"


class Loaded(models.Model):
    """What a load set: which run, which line (FILE, line N), and the hash of its content there."""

    load = models.BigIntegerField(null=True)
    load_line = models.TextField(null=True)
    digest = models.BinaryField(null=True)

    class Meta:
        abstract = True


class Person(Loaded):
    """An insured person. ``key`` is the core system's id, global."""

    key = models.CharField(max_length=60, unique=True)
    last_name = models.TextField()
    first_name = models.TextField()
    birth_date = models.DateField()
    deceased_on = models.DateField(null=True)
    salutation = models.TextField(null=True)
    street = models.TextField(null=True)
    house_number = models.TextField(null=True)
    postal_code = models.TextField(null=True)
    city = models.TextField(null=True)
    country = models.TextField(null=True)

    class Meta:
        db_table = "person"


class Tariff(Loaded):
    """One version of the terms."""

    key = models.CharField(max_length=60, unique=True)

    class Meta:
        db_table = "tariff"


class Cover(models.Model):
    """The terms of one cause in a tariff, and the company that carries it."""

    tariff = models.ForeignKey(Tariff, models.CASCADE)
    cause = models.CharField(max_length=20)
    waiting_months = models.IntegerField(default=0)
    deferred_days = models.IntegerField(null=True)
    max_months = models.IntegerField(null=True)
    monthly_cap = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    settlement = models.CharField(max_length=20, null=True)
    relapse_months = models.IntegerField(default=6)
    age_limit = models.IntegerField(null=True)
    cap = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    legal_entity = models.CharField(max_length=40, null=True)

    class Meta:
        db_table = "cover"
        constraints = [
            models.UniqueConstraint(fields=["tariff", "cause"], name="cover_once"),
            one_of("cover_cause", casefile.Cause, field="cause"),
            one_of("cover_settlement", casefile.Settlement, field="settlement"),
        ]


class Contract(Loaded):
    """One contract. ``recourse_loaded`` is what the core system last said; ``recourse_open`` less our offsets."""

    number = models.CharField(max_length=60, unique=True)
    tariff = models.ForeignKey(Tariff, models.PROTECT)
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=20)
    instalment = models.DecimalField(max_digits=12, decimal_places=2)
    final_instalment = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    due_day = models.SmallIntegerField()
    has_payee = models.BooleanField(default=False)
    payee_name = models.TextField(null=True)
    payee_iban = models.TextField(null=True)
    payee_reference = models.TextField(null=True)
    blocked_since = models.DateField(null=True)
    in_arrears = models.BooleanField(default=False)
    reminded_on = models.DateField(null=True)
    arrears_deadline = models.DateField(null=True)
    recourse_open = models.DecimalField(max_digits=12, decimal_places=2)
    recourse_loaded = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        db_table = "contract"
        constraints = [
            one_of("contract_status", casefile.ContractStatus, field="status"),
            models.CheckConstraint(condition=Q(instalment__gt=0), name="contract_instalment_positive"),
            models.CheckConstraint(condition=Q(recourse_open__gte=0), name="contract_recourse_not_negative"),
            models.CheckConstraint(condition=Q(due_day__range=(1, 28)), name="contract_due_day"),
        ]


class Insured(models.Model):
    """A person insured under a contract, in the order of the case file."""

    contract = models.ForeignKey(Contract, models.CASCADE)
    person = models.ForeignKey(Person, models.PROTECT)
    position = models.SmallIntegerField()

    class Meta:
        db_table = "insured"
        constraints = [models.UniqueConstraint(fields=["contract", "person"], name="insured_once")]


class Claim(models.Model):
    """One insured event of one person under one contract."""

    contract = models.ForeignKey(Contract, models.PROTECT)
    person = models.ForeignKey(Person, models.PROTECT)
    number = models.CharField(max_length=60)
    cause = models.CharField(max_length=20)
    status = models.CharField(max_length=20)
    onset = models.DateField()
    icd = ArrayField(models.TextField())
    benefit_from = models.DateField(null=True)
    benefit_limit = models.DateField(null=True)
    proven_until = models.DateField(null=True)
    released_until = models.DateField(null=True)
    #: the last day that a reversal took back: an older extract of the core system must not bring it again
    taken_back_until = models.DateField(null=True)
    recovered_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    closing_reason = models.TextField(null=True)
    months_used_before = models.IntegerField(default=0)

    class Meta:
        db_table = "claim"
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="claim_once"),
            one_of("claim_cause", casefile.Cause, field="cause"),
            one_of("claim_status", casefile.ClaimStatus, field="status"),
        ]


class Proof(models.Model):
    """An accepted proof: the claim is proven up to ``until``. Without decision: loaded. Not searched by claim."""

    claim = models.ForeignKey(Claim, models.PROTECT, db_index=False)
    until = models.DateField()
    decision = models.BigIntegerField(null=True)

    class Meta:
        db_table = "proof"


class Release(models.Model):
    """Days of a claim freed for payment. A day is never released twice: exclusion constraints, migration 0002.

    ``origin`` is 0 for days loaded from elsewhere, else the row's own id. The constraints' index finds a claim's rows.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, db_index=False)
    contract = models.BigIntegerField()
    person = models.BigIntegerField()
    cause = models.CharField(max_length=20)
    days = DateRangeField()
    origin = models.BigIntegerField()
    cancelled_on = models.DateField(null=True)
    decision = models.BigIntegerField(null=True)

    class Meta:
        db_table = "release"


class Instalment(models.Model):
    """One month's payment, gross; ``set_off`` of it was set off against recourse. Loaded ones have no decision."""

    claim = models.ForeignKey(Claim, models.PROTECT)
    key = models.TextField(null=True)
    due = models.DateField()
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    set_off = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    status = models.CharField(max_length=20)
    replaces = models.TextField(null=True)
    release = models.BigIntegerField(null=True)
    decision = models.BigIntegerField(null=True)
    #: the decisions that cancelled it, or hold it back, because somebody died
    cancelled_by = models.BigIntegerField(null=True)
    held_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "instalment"
        constraints = [
            one_of("instalment_status", casefile.InstalmentStatus, field="status"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="instalment_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(set_off__gte=0) & Q(set_off__lte=models.F("amount")), name="instalment_set_off_within"
            ),
        ]


class DocumentWait(models.Model):
    """A reported claim waits for documents: a reminder on ``remind_on``, then a work item: docs/rules.md section 5."""

    claim = models.ForeignKey(Claim, models.PROTECT)
    notice = models.BigIntegerField()
    decision = models.BigIntegerField(unique=True)
    work_item = models.BigIntegerField()
    requested_on = models.DateField()
    remind_on = models.DateField()
    #: one month after the notice: § 14 VVG
    urgent_on = models.DateField()
    reminded_by = models.BigIntegerField(null=True)
    ended_on = models.DateField(null=True)

    class Meta:
        db_table = "document_wait"
        indexes = [models.Index(fields=["remind_on"], condition=Q(ended_on=None), name="document_wait_open")]
