"""The command ``dunkelwerk``: thin, it parses, calls one function, and answers."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command; a person never sees a traceback unless they ask for it (DUNKELWERK_TRACEBACK=1)."""
    from dunkelwerk.cli.app import run
    from dunkelwerk.infra.errors import CommandError
    from dunkelwerk.infra.i18n import _

    try:
        run()
    except CommandError as error:
        print(error, file=sys.stderr)
        sys.exit(error.code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if os.environ.get("DUNKELWERK_TRACEBACK"):
            raise
        from dunkelwerk.decisions.failures import locate
        from dunkelwerk.runner.failures import explain, is_transient

        if is_transient(error):
            message = _("Die Datenbank arbeitet gerade nicht: {fault}. Bitte noch einmal versuchen.")
            print(message.format(fault=explain(error)), file=sys.stderr)
            sys.exit(1)
        evidence = locate(error)
        message = _("Interner Fehler: {what} in {where}. Mit DUNKELWERK_TRACEBACK=1 erscheint mehr.")
        print(message.format(**evidence), file=sys.stderr)
        sys.exit(1)
