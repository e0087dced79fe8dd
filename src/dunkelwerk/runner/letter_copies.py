"""Letters outside of runs: a copy of one that was rendered, and the samples of every template."""

from __future__ import annotations

from pathlib import Path

from django.db import connection

from dunkelwerk.infra.businessday import business_day
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.infra.keys import Vault
from dunkelwerk.letters.queries import rendered_letter
from dunkelwerk.runner.letter_runs import open_content, render_again
from dunkelwerk.runner.lettering import engine_of, sources, write_whole


def copy_of(order: int, path: Path) -> bool:
    """Write a rendered letter once more; whether it is the file that was printed. Raises CommandError for no letter."""
    with connection.cursor() as cursor:
        row = rendered_letter(cursor, order)
        if row is None:
            message = _("Brief {order}: es gibt keinen gerenderten Brief mit dieser Nummer.")
            raise CommandError(message.format(order=order))
        vault = Vault(cursor, on=business_day())
        vault.prepare(cursor, {row.data_key})
    engines = {name: engine_of(source) for name, source in sources().items() if name == row.line}
    letter = render_again(row, open_content(vault, row), engines)
    write_whole(path, letter.pdf)
    return letter.sha256 == row.sha256


def write_samples(folder: Path) -> int:
    """Write a made-up letter for each template of each line; how many."""
    count = 0
    for name, source in sources().items():
        engine = engine_of(source)
        for template, (content, on) in source.samples().items():
            data = engine.fill(content, legal_entity=content["legal_entity"])
            write_whole(folder / f"{name}-{template}.pdf", engine.render(template, data, on=on).pdf)
            count += 1
    return count
