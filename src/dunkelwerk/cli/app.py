"""The command with all its subcommands. A module per subcommand; each is imported when its command runs."""

from __future__ import annotations

import typer

from dunkelwerk.cli import check, decide, demo, export, inbox, load, work

app = typer.Typer(
    name="dunkelwerk",
    help="Vom Brief zum erledigten Vorgang: Meldungen dunkel entscheiden, Menschen nur dort, wo es sie braucht.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("check", epilog=check.EXAMPLE)(check.check)
app.command("decide", epilog=decide.EXAMPLE)(decide.decide)
app.command("demo", epilog=demo.EXAMPLE)(demo.demo)
app.command("load", epilog=load.EXAMPLE)(load.load)
app.command("work", epilog=work.EXAMPLE)(work.work)
app.add_typer(inbox.app, name="inbox")
app.add_typer(export.app, name="export")


@app.callback()
def start() -> None:
    """Vom Brief zum erledigten Vorgang: Meldungen dunkel entscheiden, Menschen nur dort, wo es sie braucht."""
