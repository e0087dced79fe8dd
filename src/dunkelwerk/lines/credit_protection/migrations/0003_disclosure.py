"""Finding a person's proofs and cancelled releases, by indexes that cost the daily work next to nothing.

Loaded proofs by claim; ours by their decision, which only grows, in a few bytes per block.
"""

from django.db import migrations

FORWARD = """
CREATE INDEX proof_loaded ON proof (claim_id) WHERE decision IS NULL;
CREATE INDEX proof_decision ON proof USING brin (decision) WITH (pages_per_range = 16, autosummarize = on);
CREATE INDEX release_cancelled ON release (claim_id) WHERE cancelled_on IS NOT NULL;
"""
BACKWARD = "DROP INDEX proof_loaded, proof_decision, release_cancelled;"


class Migration(migrations.Migration):
    dependencies = [("credit_protection", "0002_never_twice")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
