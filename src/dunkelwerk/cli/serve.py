"""``dunkelwerk serve``: the portal and the API on the web. Described in docs/portal.md."""

from __future__ import annotations

import errno
import os
import socket
from importlib import import_module
from typing import Annotated

import typer

from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError, wrong_usage
from dunkelwerk.infra.i18n import _

#: connections left for work, jobs, commands at the desk, and those that PostgreSQL keeps for its superuser
OTHERS = 18
EXAMPLE = "Beispiel: dunkelwerk serve --port 8080 --workers 2"


def serve(
    host: Annotated[str, typer.Option("--host", help="Adresse, auf der gehört wird.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port, auf dem gehört wird.")] = 8080,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Arbeitsprozesse, je 16 Anfragen.")] = 2,
) -> None:
    """Zeigt das Portal im Netz, bis es beendet wird (Strg+C)."""
    check_free(host, port)
    ensure_connections(workers)
    business_day()  # a day that is set, where none may be, is refused here, and not by each request
    from django.conf import settings as web

    from dunkelwerk.site import settings
    from dunkelwerk.site.addresses import portal_url, trusted_proxies
    from dunkelwerk.site.app import build_application
    from dunkelwerk.site.serving import serve as run

    settings.configure()
    trusted_proxies()
    build_application()  # whatever is wrong is said here, once, and not by each process
    import_module(web.ROOT_URLCONF)
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    print(_("Das Portal läuft: {address} (Ende mit Strg+C)").format(address=address), flush=True)
    if portal_url():
        print(_("In den Briefen steht: {url}").format(url=portal_url()), flush=True)
    run(host=host, port=port, workers=workers)


def ensure_connections(workers: int) -> None:
    """Raise CommandError (wrong usage) where the embedded database cannot give each request its connection."""
    from dunkelwerk.infra.embedded_server import SETTINGS
    from dunkelwerk.site.serving import THREADS

    most = (int(SETTINGS["max_connections"]) - OTHERS) // THREADS
    if workers > most and not os.environ.get("DATABASE_URL"):
        message = _(
            "--workers: die eingebaute Datenbank reicht für {most} Arbeitsprozesse; mehr gehen mit einer eigenen "
            "(DATABASE_URL)."
        )
        raise wrong_usage(message.format(most=most))


def check_free(host: str, port: int) -> None:
    """Raise CommandError where nobody can listen there."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        busy = error.errno == errno.EADDRINUSE
        reason = _("der Port ist schon belegt") if busy else _("diese Adresse ist nicht zu haben")
        raise CommandError(
            _("{host}:{port}: {reason}; bitte andere wählen (--host, --port).").format(
                host=host, port=port, reason=reason
            )
        ) from None
