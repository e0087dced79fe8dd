"""Account entries and the trial balance: views of the postings, readable for the application role."""

from django.db import migrations

FORWARD = """
CREATE VIEW account_entry AS
    SELECT id AS posting, debit AS account, amount AS debit, 0::numeric(12, 2) AS credit,
           credit AS against, event, action, decision, contract, claim, legal_entity, business_day
    FROM posting
    UNION ALL
    SELECT id, credit, 0::numeric(12, 2), amount,
           debit, event, action, decision, contract, claim, legal_entity, business_day
    FROM posting;
CREATE VIEW trial_balance AS
    SELECT legal_entity, account, sum(debit) AS debit, sum(credit) AS credit, sum(debit) - sum(credit) AS balance
    FROM account_entry GROUP BY legal_entity, account;
GRANT SELECT ON account_entry, trial_balance TO dunkelwerk_app;
"""
BACKWARD = "DROP VIEW trial_balance; DROP VIEW account_entry;"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
