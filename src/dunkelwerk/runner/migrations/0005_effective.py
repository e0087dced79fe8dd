"""Decision records say who made them and whether they took effect; the rights on the tables of the second half."""

from django.db import migrations

FORWARD = """
ALTER TABLE decision_record
    ADD COLUMN kind varchar(20) NOT NULL DEFAULT 'decision',
    ADD COLUMN effective boolean NOT NULL DEFAULT false,
    ADD COLUMN actor varchar(100),
    ADD COLUMN reverses bigint;
UPDATE decision_record d SET effective = true WHERE EXISTS (SELECT FROM movement m WHERE m.decision = d.id);
UPDATE proposal p SET rules = d.rules FROM decision_record d WHERE d.id = p.decision;
ALTER TABLE decision_record ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN effective DROP DEFAULT;
CREATE INDEX decision_record_reverses ON decision_record (reverses) WHERE reverses IS NOT NULL;
GRANT SELECT, INSERT ON deed, process_tally TO dunkelwerk_app;
GRANT SELECT, INSERT, UPDATE ON process_setting TO dunkelwerk_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dunkelwerk_app;
"""
BACKWARD = """
DROP INDEX decision_record_reverses;
ALTER TABLE decision_record DROP COLUMN kind, DROP COLUMN effective, DROP COLUMN actor, DROP COLUMN reverses;
REVOKE ALL ON deed, process_tally, process_setting FROM dunkelwerk_app;
"""


class Migration(migrations.Migration):
    dependencies = [("runner", "0004_second_check"), ("inbox", "0002_handled"), ("feeds", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
