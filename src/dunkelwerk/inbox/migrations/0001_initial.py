from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Toucher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("notice", models.BigIntegerField(db_index=True)),
                ("actor", models.CharField(max_length=100)),
                ("deed", models.CharField(max_length=40)),
                ("touched_at", models.DateTimeField()),
            ],
            options={
                "db_table": "toucher",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=40)),
                ("external_id", models.CharField(max_length=200)),
                ("attempt", models.IntegerField(default=1)),
                ("process", models.CharField(max_length=60)),
                ("case_key", models.CharField(max_length=60)),
                ("digest", models.BinaryField()),
                ("payload", models.BinaryField()),
                ("data_key", models.BigIntegerField()),
                ("received_at", models.DateTimeField()),
                ("state", models.CharField(default="waiting", max_length=20)),
                ("batch", models.BigIntegerField(null=True)),
                ("decision", models.BigIntegerField(null=True)),
                ("work_item", models.BigIntegerField(null=True)),
            ],
            options={
                "db_table": "notice",
                "indexes": [
                    models.Index(condition=models.Q(("state", "waiting")), fields=["id"], name="notice_waiting"),
                    models.Index(fields=["case_key"], name="notice_case_key"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("channel", "external_id", "attempt"), name="notice_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("waiting", "settled", "referred", "partial", "proposed", "joined"))
                        ),
                        name="notice_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decision", None), ("state", "waiting")),
                            models.Q(models.Q(("state", "waiting"), _negated=True), ("decision__isnull", False)),
                            _connector="OR",
                        ),
                        name="notice_end_has_decision",
                    ),
                ],
            },
        ),
    ]
