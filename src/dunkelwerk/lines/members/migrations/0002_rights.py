"""The rights on the register of members."""

from django.db import migrations

FORWARD = """
GRANT SELECT, INSERT, UPDATE ON member, member_tax_id, mandate TO dunkelwerk_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dunkelwerk_app;
"""
BACKWARD = "REVOKE ALL ON member, member_tax_id, mandate FROM dunkelwerk_app;"


class Migration(migrations.Migration):
    dependencies = [("members", "0001_initial"), ("runner", "0003_rights")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
