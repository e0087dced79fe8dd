"""A day is never released twice: for one claim, or under two causes of one person on one contract.

Room on the pages of claims and contracts lets their frequent updates leave the indexes alone.
"""

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

FORWARD = """
ALTER TABLE claim SET (fillfactor = 70);
ALTER TABLE contract SET (fillfactor = 85);
ALTER TABLE release
    ADD CONSTRAINT release_once_per_claim EXCLUDE USING gist
        (claim_id WITH =, origin WITH <>, days WITH &&) WHERE (cancelled_on IS NULL),
    ADD CONSTRAINT release_once_per_person EXCLUDE USING gist
        (contract WITH =, person WITH =, cause WITH <>, origin WITH <>, days WITH &&) WHERE (cancelled_on IS NULL),
    ADD CONSTRAINT release_not_empty CHECK (NOT isempty(days)),
    ADD CONSTRAINT release_origin CHECK (origin IN (0, id));
"""
BACKWARD = """
ALTER TABLE release
    DROP CONSTRAINT release_once_per_claim, DROP CONSTRAINT release_once_per_person,
    DROP CONSTRAINT release_not_empty, DROP CONSTRAINT release_origin;
"""


class Migration(migrations.Migration):
    dependencies = [("credit_protection", "0001_initial")]
    operations = [BtreeGistExtension(), migrations.RunSQL(FORWARD, BACKWARD)]
