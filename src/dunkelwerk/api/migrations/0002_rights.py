"""The rights on tokens and idempotency keys."""

from django.db import migrations

FORWARD = """
GRANT SELECT, INSERT, UPDATE ON api_token TO dunkelwerk_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO dunkelwerk_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dunkelwerk_app;
"""
BACKWARD = "REVOKE ALL ON api_token, idempotency_key FROM dunkelwerk_app;"


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("runner", "0003_rights")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
