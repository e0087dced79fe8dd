from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.BigIntegerField()),
                ("decision", models.BigIntegerField(db_index=True)),
                ("event", models.CharField(max_length=40)),
                ("debit", models.CharField(max_length=60)),
                ("credit", models.CharField(max_length=60)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12)),
                ("contract", models.BigIntegerField()),
                ("claim", models.BigIntegerField(db_index=True)),
                ("legal_entity", models.CharField(max_length=40)),
                ("business_day", models.DateField()),
            ],
            options={
                "db_table": "posting",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="posting_amount_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("debit", models.F("credit")), _negated=True), name="posting_accounts_differ"
                    ),
                ],
            },
        ),
    ]
