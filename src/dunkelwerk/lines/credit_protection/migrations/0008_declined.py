"""The days of a declined claim no longer stand against others: their releases count as cancelled, as the rules have it.

They were loaded: nothing that was released here is ever declined from outside.
"""

from typing import Any

from django.db import migrations

from dunkelwerk.infra.businessday import business_day

CANCEL = """
    UPDATE release r SET cancelled_on = %s FROM claim c
    WHERE c.id = r.claim_id AND c.status = 'declined' AND r.origin = 0 AND r.cancelled_on IS NULL
"""


def cancel(apps: Any, editor: Any) -> None:
    """Cancel them as of this business day."""
    editor.execute(CANCEL, (business_day(None),))


class Migration(migrations.Migration):
    dependencies = [("credit_protection", "0007_taken_back")]
    operations = [migrations.RunPython(cancel, migrations.RunPython.noop)]
