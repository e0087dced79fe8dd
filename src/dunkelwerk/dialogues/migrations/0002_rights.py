"""The rights on dialogues: published types and events are only added to; what retention deletes may be deleted."""

from django.db import migrations

APPEND_ONLY = "dialogue_type_version, dialogue_event"
WORKING = "dialogue, dialogue_import, dialogue_draft, dialogue_upload, dialogue_submission, login_guard, portal_session"
DELETED = "dialogue_draft, dialogue_upload, login_guard, portal_session"
FORWARD = f"""
GRANT SELECT, INSERT ON {APPEND_ONLY} TO dunkelwerk_app;
GRANT SELECT, INSERT, UPDATE ON {WORKING} TO dunkelwerk_app;
GRANT DELETE ON {DELETED} TO dunkelwerk_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dunkelwerk_app;
"""
BACKWARD = f"REVOKE ALL ON {APPEND_ONLY}, {WORKING} FROM dunkelwerk_app;"


class Migration(migrations.Migration):
    dependencies = [("dialogues", "0001_initial"), ("runner", "0003_rights")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
