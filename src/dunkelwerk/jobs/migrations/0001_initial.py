from django.db import migrations, models

QUEUE = "procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers"
SEQUENCES = "procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq"
GRANT = f"""
GRANT SELECT, INSERT, UPDATE ON job_run TO dunkelwerk_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON {QUEUE} TO dunkelwerk_app;
GRANT USAGE ON SEQUENCE {SEQUENCES} TO dunkelwerk_app;
"""
REVOKE = f"""
REVOKE ALL ON job_run, {QUEUE} FROM dunkelwerk_app;
REVOKE ALL ON SEQUENCE {SEQUENCES} FROM dunkelwerk_app;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("name", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("succeeded_at", models.DateTimeField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("result", models.TextField(null=True)),
                ("error", models.TextField(null=True)),
            ],
            options={
                "db_table": "job_run",
            },
        ),
        migrations.RunSQL(GRANT, REVOKE),
    ]
