"""The command with all its subcommands. A module per subcommand; each is imported when its command runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

from dunkelwerk.cli import (
    check,
    database,
    decide,
    decisions,
    demo,
    dialogues,
    export,
    inbox,
    jobs,
    keys,
    letters,
    load,
    outbox,
    persons,
    processes,
    proposals,
    register,
    replay,
    retention,
    scenarios,
    serve,
    shadow,
    show,
    tokens,
    types,
    usage,
    work,
    work_items,
)
from dunkelwerk.infra.i18n import _

app = typer.Typer(
    name="dunkelwerk",
    help="Vom Brief zum erledigten Vorgang: Meldungen dunkel entscheiden, Menschen nur dort, wo es sie braucht.",
    epilog=decide.EXAMPLE,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("check", epilog=check.EXAMPLE)(check.check)
app.command("decide", epilog=decide.EXAMPLE)(decide.decide)
app.command("demo", epilog=demo.EXAMPLE)(demo.demo)
app.command("load", epilog=load.EXAMPLE)(load.load)
app.command("scenarios", epilog=scenarios.EXAMPLE)(scenarios.scenarios)
app.command("serve", epilog=serve.EXAMPLE)(serve.serve)
app.command("replay", epilog=replay.EXAMPLE)(replay.replay)
app.command("shadow", epilog=shadow.EXAMPLE)(shadow.shadow)
app.command("work", epilog=work.EXAMPLE)(work.work)
app.add_typer(inbox.app, name="inbox")
app.add_typer(export.app, name="export")
app.add_typer(keys.app, name="keys")
app.add_typer(proposals.app, name="proposals")
app.add_typer(work_items.app, name="work-items")
app.add_typer(register.app, name="register")
app.add_typer(processes.app, name="processes")
app.add_typer(decisions.app, name="decisions")
app.add_typer(letters.app, name="letters")
app.add_typer(dialogues.app, name="dialogues")
app.add_typer(types.app, name="types")
app.add_typer(database.app, name="database")
app.add_typer(jobs.app, name="jobs")
app.add_typer(outbox.app, name="outbox")
app.add_typer(retention.app, name="retention")
app.add_typer(show.app, name="show")
app.add_typer(tokens.app, name="tokens")
app.add_typer(persons.app, name="persons")


@app.callback()
def start() -> None:
    """Vom Brief zum erledigten Vorgang: Meldungen dunkel entscheiden, Menschen nur dort, wo es sie braucht."""


def run() -> None:
    """Run the command, with its help in the user's language; what is wrong with the call is one sentence."""
    command = typer.main.get_command(app)
    give_examples(command)
    for holder, name in help_texts(command):
        setattr(holder, name, _(getattr(holder, name)))
    try:
        code = command(standalone_mode=False)
    except typer.TyperException as error:
        print(usage.sentence(error), file=sys.stderr)
        code = error.exit_code
    except typer.Abort:
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def give_examples(command: Any) -> str | None:
    """A group of commands has the example of its first one; the command's example."""
    found = [give_examples(each) for each in getattr(command, "commands", {}).values()]
    command.epilog = command.epilog or next(filter(None, found), None)
    example: str | None = command.epilog
    return example


def help_texts(command: Any) -> Iterator[tuple[Any, str]]:
    """Where the help of a command, its parameters and its subcommands stands: each an object and its attribute."""
    for holder in (command, *command.params):
        yield from ((holder, name) for name in ("help", "epilog") if getattr(holder, name, None))
    for subcommand in getattr(command, "commands", {}).values():
        yield from help_texts(subcommand)
