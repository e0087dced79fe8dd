"""How each periodic job went the last time. The queue itself is Procrastinate's. Source: docs/outbox.md section 5."""

from __future__ import annotations

from django.db import models


class JobRun(models.Model):
    """The last run of a job, and since when it fails. ``error`` never holds a value of anybody's data."""

    name = models.CharField(max_length=60, primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    #: the start of the last run that ended well: everything due until then is done
    succeeded_at = models.DateTimeField(null=True)
    #: runs that failed since
    failures = models.IntegerField(default=0)
    result = models.TextField(null=True)
    error = models.TextField(null=True)

    class Meta:
        db_table = "job_run"
