"""An answer is kept with what it answers, so that there is no key without one; those of killed requests go."""

from django.db import migrations, models

UNANSWERED = "DELETE FROM idempotency_key WHERE status IS NULL"


class Migration(migrations.Migration):
    dependencies = [("api", "0002_rights")]
    operations = [
        migrations.RunSQL(UNANSWERED, migrations.RunSQL.noop),
        migrations.AlterField("idempotencykey", "status", models.SmallIntegerField()),
        migrations.AlterField("idempotencykey", "answer", models.JSONField()),
    ]
