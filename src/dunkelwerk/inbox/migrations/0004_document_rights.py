"""The rights on documents that nobody has read yet."""

from django.db import migrations

FORWARD = """
GRANT SELECT, INSERT ON inbox_document TO dunkelwerk_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dunkelwerk_app;
"""
BACKWARD = "REVOKE ALL ON inbox_document FROM dunkelwerk_app;"


class Migration(migrations.Migration):
    dependencies = [("inbox", "0003_document"), ("runner", "0003_rights")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
