"""Finding a person's proofs: loaded ones by claim, ours by their decision, which only grow. Hardly a byte to write."""

from django.db import migrations

FORWARD = """
CREATE INDEX proof_loaded ON proof (claim_id) WHERE decision IS NULL;
CREATE INDEX proof_decision ON proof USING brin (decision) WITH (pages_per_range = 16, autosummarize = on);
"""
BACKWARD = "DROP INDEX proof_loaded, proof_decision;"


class Migration(migrations.Migration):
    dependencies = [("credit_protection", "0002_never_twice")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
