"""Data keys: each encrypts many records, and is itself wrapped by a master key that stands outside the database."""

from __future__ import annotations

from django.db import models


class DataKey(models.Model):
    """One data key, wrapped. Rotation of the master key wraps it anew and leaves the records alone."""

    wrapped = models.BinaryField()
    master = models.CharField(max_length=40)
    created_on = models.DateField()

    class Meta:
        db_table = "data_key"
