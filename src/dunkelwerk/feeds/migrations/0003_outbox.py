import django.contrib.postgres.fields
from django.db import migrations, models

GRANT = """
GRANT SELECT, INSERT, UPDATE ON outbox_message TO dunkelwerk_app;
GRANT USAGE ON SEQUENCE outbox_message_id_seq TO dunkelwerk_app;
"""
REVOKE = """
REVOKE ALL ON outbox_message FROM dunkelwerk_app;
REVOKE ALL ON SEQUENCE outbox_message_id_seq FROM dunkelwerk_app;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("feeds", "0002_decision_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutboxMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("delivery", models.UUIDField(unique=True)),
                ("kind", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("data_key", models.BigIntegerField()),
                ("payload", models.BinaryField(null=True)),
                ("state", models.CharField(max_length=10)),
                ("attempts", models.IntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("last_error", models.CharField(max_length=60, null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                (
                    "target",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("resent_by", models.CharField(max_length=100, null=True)),
                ("resent_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "outbox_message",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "pending")),
                        fields=["next_attempt_at", "id"],
                        name="outbox_message_due",
                    ),
                    models.Index(
                        condition=models.Q(("payload__isnull", False), ("state", "delivered")),
                        fields=["delivered_at"],
                        name="outbox_message_erasable",
                    ),
                    models.Index(condition=models.Q(("state", "dead")), fields=["id"], name="outbox_message_dead"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "key"), name="outbox_message_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["pending", "delivered", "dead"])), name="outbox_message_state"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payload__isnull", False), ("state", "delivered"), _connector="OR"),
                        name="outbox_message_erased",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GRANT, REVOKE),
    ]
