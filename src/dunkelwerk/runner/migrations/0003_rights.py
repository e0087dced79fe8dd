"""The rights of the application role: it owns nothing; to append-only tables it may add, no more."""

from django.db import migrations

APPEND_ONLY = "posting, movement, toucher, decision_record, batch, proof"
WORKING = (
    "notice, work_item, letter_order, person, tariff, cover, contract, insured, claim, release, instalment, "
    "register_load, data_key, proposal"
)
FORWARD = f"""
GRANT USAGE ON SCHEMA public TO dunkelwerk_app;
GRANT SELECT, INSERT ON {APPEND_ONLY} TO dunkelwerk_app;
GRANT SELECT, INSERT, UPDATE ON {WORKING} TO dunkelwerk_app;
GRANT DELETE ON cover, insured TO dunkelwerk_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO dunkelwerk_app;
GRANT EXECUTE ON FUNCTION ensure_decision_partition(date) TO dunkelwerk_app;
"""
BACKWARD = f"REVOKE ALL ON {APPEND_ONLY}, {WORKING} FROM dunkelwerk_app;"


class Migration(migrations.Migration):
    dependencies = [
        ("runner", "0002_decision_record"),
        ("inbox", "0001_initial"),
        ("infra", "0001_initial"),
        ("feeds", "0001_initial"),
        ("ledger", "0001_initial"),
        ("letters", "0001_initial"),
        ("workitems", "0001_initial"),
        ("credit_protection", "0002_never_twice"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
