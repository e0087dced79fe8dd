"""The register of members: persons, their tax IDs (sealed), their SEPA mandates.

A tax ID has a table of its own without an index on what it holds: it is never a search key (§ 139b AO). ``decision``:
the one that made a row; None: loaded or enrolled from elsewhere.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper

from dunkelwerk.lines.members import casefile


class Member(models.Model):
    """A member of the fund. ``number`` is the core system's."""

    number = models.CharField(max_length=60, unique=True)
    last_name = models.TextField()
    first_name = models.TextField()
    birth_date = models.DateField()
    salutation = models.TextField(null=True)
    street = models.TextField(null=True)
    house_number = models.TextField(null=True)
    postal_code = models.TextField(null=True)
    city = models.TextField(null=True)
    country = models.TextField(null=True)
    kvnr = models.TextField(null=True)
    deceased_on = models.DateField(null=True)

    class Meta:
        db_table = "member"


class MemberTaxId(models.Model):
    """A tax ID, sealed. The member's is the newest that is not cancelled."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT)
    data_key = models.BigIntegerField()
    sealed = models.BinaryField()
    decision = models.BigIntegerField(null=True)
    recorded_on = models.DateField()
    cancelled_on = models.DateField(null=True)

    class Meta:
        db_table = "member_tax_id"
        indexes = [
            models.Index(fields=["decision"], condition=Q(decision__isnull=False), name="member_tax_id_decision")
        ]


class Mandate(models.Model):
    """A SEPA direct debit mandate. ``revoked_by``: the decision that revoked it."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT)
    reference = models.CharField(max_length=35)
    iban = models.CharField(max_length=34)
    account_holder = models.TextField(null=True)
    recurrence = models.CharField(max_length=10)
    signed_on = models.DateField()
    status = models.CharField(max_length=10)
    #: what the mandate says of the creditor, and the version of its text; None where it was loaded
    creditor = models.CharField(max_length=35, null=True)
    mandate_text = models.TextField(null=True)
    decision = models.BigIntegerField(null=True)
    revoked_by = models.BigIntegerField(null=True)
    revoked_on = models.DateField(null=True)

    class Meta:
        db_table = "mandate"
        constraints = [
            # a UMR is the same whatever its case (SEPA rulebook)
            models.UniqueConstraint(Upper("reference"), name="mandate_reference_once"),
            models.CheckConstraint(
                condition=Q(status__in=[each.value for each in casefile.MandateStatus]), name="mandate_status"
            ),
            models.CheckConstraint(
                condition=Q(recurrence__in=[each.value for each in casefile.Recurrence]), name="mandate_recurrence"
            ),
        ]
        indexes = [models.Index(fields=["decision"], condition=Q(decision__isnull=False), name="mandate_decision")]
