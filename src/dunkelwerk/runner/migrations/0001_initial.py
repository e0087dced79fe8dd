import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DecisionRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_day", models.DateField()),
                ("batch", models.BigIntegerField()),
                ("notice", models.BigIntegerField()),
                ("line", models.CharField(max_length=40)),
                ("process", models.CharField(max_length=60)),
                ("outcome", models.CharField(max_length=20)),
                ("mode", models.CharField(max_length=20)),
                ("contract", models.CharField(max_length=60, null=True)),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
                ("actions", models.IntegerField()),
                ("released", models.DecimalField(decimal_places=2, max_digits=12)),
                ("rules", models.CharField(max_length=40)),
                ("parameters", models.CharField(max_length=40)),
                ("data_key", models.BigIntegerField()),
                ("payload", models.BinaryField()),
            ],
            options={
                "db_table": "decision_record",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_day", models.DateField()),
                ("line", models.CharField(max_length=40)),
                ("worker", models.CharField(max_length=100)),
                ("started_at", models.DateTimeField()),
                ("notices", models.IntegerField()),
            ],
            options={
                "db_table": "batch",
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("decision", models.BigIntegerField(unique=True)),
                ("notice", models.BigIntegerField()),
                ("work_item", models.BigIntegerField()),
                ("line", models.CharField(max_length=40)),
                (
                    "parts",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=130), size=None),
                ),
                ("hash", models.BinaryField()),
                ("state", models.CharField(default="pending", max_length=20)),
            ],
            options={
                "db_table": "proposal",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("state", "pending")), fields=["parts"], name="proposal_pending"
                    )
                ],
            },
        ),
    ]
