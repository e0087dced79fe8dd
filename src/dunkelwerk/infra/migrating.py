"""Bringing the tables up to date, by one program at a time; and refusing data that a newer version wrote."""

from __future__ import annotations

from functools import partial

from django.apps import apps
from django.db import DatabaseError, OperationalError, connections
from django.db.backends.signals import connection_created

from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _

APP_ROLE = "dunkelwerk_app"
LOCK = 20_250_601
APPLIED = "SELECT app, name FROM django_migrations WHERE app = ANY(%s)"
ENSURE_ROLE = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APP_ROLE}') THEN
        CREATE ROLE {APP_ROLE} NOLOGIN;
    END IF;
    IF NOT pg_has_role(current_user, '{APP_ROLE}', 'MEMBER') THEN
        EXECUTE format('GRANT {APP_ROLE} TO %I', current_user);
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""


def migrate_if_needed() -> None:
    """Apply what is missing; afterwards every new connection acts as the application role."""
    try:
        with connections["owner"].cursor() as cursor:
            if missing := known_migrations() - applied_migrations(cursor):
                migrate(cursor, len(missing))
    except OperationalError as error:
        fault = " ".join(str(error).split())
        raise CommandError(_("Die Datenbank ist nicht erreichbar: {fault}").format(fault=fault)) from None
    finally:
        connections["owner"].close()
    connection_created.connect(take_role, dispatch_uid="application_role")


def take_role(sender: object, connection: object, **_kwargs: object) -> None:
    """A new working connection acts as the application role."""
    if getattr(connection, "alias", None) == "default":
        with connection.cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f"SET ROLE {APP_ROLE}")


def known_migrations() -> set[tuple[str, str]]:
    """The migrations that this version brings along."""
    from django.db.migrations.loader import MigrationLoader

    labels = {config.label for config in apps.get_app_configs()}
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {key for key in loader.disk_migrations if key[0] in labels}


def applied_migrations(cursor: object) -> set[tuple[str, str]]:
    """The migrations that the database has; raises CommandError where a newer version wrote some."""
    cursor.execute("SELECT to_regclass('django_migrations')")  # type: ignore[attr-defined]
    if cursor.fetchone()[0] is None:  # type: ignore[attr-defined]
        return set()
    cursor.execute(APPLIED, ([config.label for config in apps.get_app_configs()],))  # type: ignore[attr-defined]
    applied = set(cursor.fetchall())  # type: ignore[attr-defined]
    if newer := applied - known_migrations():
        names = ", ".join(sorted(f"{app}.{name}" for app, name in newer))
        message = _("Die Daten stammen von einer neueren Version ({names}); bitte dunkelwerk aktualisieren.")
        raise CommandError(message.format(names=names))
    return applied


def migrate(cursor: object, missing: int) -> None:
    """Apply all migrations while nobody else does."""
    from django.core.management import call_command

    cursor.execute("SELECT pg_advisory_lock(%s)", (LOCK,))  # type: ignore[attr-defined]
    unlock = partial(cursor.execute, "SELECT pg_advisory_unlock(%s)", (LOCK,))  # type: ignore[attr-defined]
    try:
        cursor.execute(ENSURE_ROLE)  # type: ignore[attr-defined]
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        unlock()
    except DatabaseError as error:
        fault = " ".join(str(error).split())
        message = _("{missing} Änderungen an den Tabellen ließen sich nicht anwenden: {fault}")
        raise CommandError(message.format(missing=missing, fault=fault)) from None
