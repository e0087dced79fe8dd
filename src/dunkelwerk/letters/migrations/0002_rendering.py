from django.db import migrations, models

GRANT = """
GRANT SELECT, INSERT, UPDATE ON letter_run TO dunkelwerk_app;
GRANT USAGE ON SEQUENCE letter_run_id_seq TO dunkelwerk_app;
"""
REVOKE = """
REVOKE ALL ON letter_run FROM dunkelwerk_app;
REVOKE ALL ON SEQUENCE letter_run_id_seq FROM dunkelwerk_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("letters", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("business_day", models.DateField()),
                ("folder", models.TextField()),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "letter_run",
            },
        ),
        migrations.AddField(
            model_name="letterorder",
            name="content",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="letterorder",
            name="data_key",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="letterorder",
            name="fault",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="letterorder",
            name="file",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="letterorder",
            name="pages",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="letterorder",
            name="rendered_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="letterorder",
            name="run",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="letterorder",
            name="sha256",
            field=models.CharField(max_length=64, null=True),
        ),
        migrations.AddField(
            model_name="letterorder",
            name="version",
            field=models.CharField(max_length=20, null=True),
        ),
        migrations.AddIndex(
            model_name="letterorder",
            index=models.Index(
                condition=models.Q(("state__in", ["ordered", "failed"])),
                fields=["state", "id"],
                name="letter_order_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="letterorder",
            index=models.Index(
                condition=models.Q(("run__isnull", False)), fields=["run", "id"], name="letter_order_run"
            ),
        ),
        migrations.RunSQL(GRANT, REVOKE),
    ]
