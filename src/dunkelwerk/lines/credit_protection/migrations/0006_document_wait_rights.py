"""The rights on waits for documents."""

from django.db import migrations

FORWARD = """
GRANT SELECT, INSERT, UPDATE ON document_wait TO dunkelwerk_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dunkelwerk_app;
"""
BACKWARD = "REVOKE ALL ON document_wait FROM dunkelwerk_app;"


class Migration(migrations.Migration):
    dependencies = [("credit_protection", "0005_document_wait"), ("runner", "0003_rights")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
