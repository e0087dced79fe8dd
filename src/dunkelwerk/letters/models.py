"""Letter orders: which letter goes to whom, for which decision. Rendering reads the decision record."""

from __future__ import annotations

from django.db import models


class LetterOrder(models.Model):
    """One letter to be sent. ``person`` is the register's id of the insured person."""

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

    class Meta:
        db_table = "letter_order"
