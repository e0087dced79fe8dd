"""Messages that were given up lose their content after a term, and rows without content go after a longer one.

The application's role still deletes no message: a function of the tables' owner deletes what is old and empty.
"""

from django.db import migrations, models

BACKFILL = "UPDATE outbox_message SET given_up_at = next_attempt_at WHERE state = 'dead'"
FORWARD = """
CREATE FUNCTION delete_old_messages(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone bigint;
BEGIN
    DELETE FROM outbox_message WHERE payload IS NULL AND at < before;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN
        INSERT INTO outbox_purge (at, deleted_before, messages) VALUES (now(), before, gone);
    END IF;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION delete_old_messages(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_old_messages(timestamptz) TO dunkelwerk_app;
GRANT SELECT ON outbox_purge TO dunkelwerk_app;
"""
BACKWARD = """
REVOKE ALL ON outbox_purge FROM dunkelwerk_app;
DROP FUNCTION delete_old_messages(timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("feeds", "0003_outbox")]
    operations = [
        migrations.AddField("outboxmessage", "given_up_at", models.DateTimeField(null=True)),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.RemoveConstraint("outboxmessage", "outbox_message_erased"),
        migrations.AddConstraint(
            "outboxmessage",
            models.CheckConstraint(
                condition=models.Q(("payload__isnull", False), ("state__in", ["delivered", "dead"]), _connector="OR"),
                name="outbox_message_erased",
            ),
        ),
        migrations.AddConstraint(
            "outboxmessage",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("given_up_at__isnull", False), ("state", "dead")),
                    models.Q(models.Q(("state", "dead"), _negated=True), ("given_up_at", None)),
                    _connector="OR",
                ),
                name="outbox_message_given_up",
            ),
        ),
        migrations.AddIndex(
            "outboxmessage",
            models.Index(condition=models.Q(("payload", None)), fields=["at"], name="outbox_message_empty"),
        ),
        migrations.CreateModel(
            name="OutboxPurge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("deleted_before", models.DateTimeField()),
                ("messages", models.BigIntegerField()),
            ],
            options={"db_table": "outbox_purge"},
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
