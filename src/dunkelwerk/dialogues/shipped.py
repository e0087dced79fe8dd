"""The dialogue types that are shipped, and checking a type that is not published yet. No database."""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.dialogues.forms import checking, reading
from dunkelwerk.dialogues.forms.check_notice import notice_problems
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.lines.registry import processes

#: a file each
SHIPPED = Path(__file__).parent / "types"


def problems_of(form: DialogueType) -> list[checking.Problem]:
    """What the static check finds, with the notice of the type's process; a process that there is not is a problem."""
    known = processes()
    process = known.get(form.process)
    if process is not None:
        return checking.check(form, checking.notice_fields(process.notice))
    text = _("Den Prozess {name} gibt es nicht; einen von {known} nennen.")
    unknown = checking.Problem("process", text.format(name=form.process, known=", ".join(sorted(known))))
    return [unknown, *checking.check(form)]


def is_readable(form: DialogueType) -> bool:
    """Whether its process exists and takes what the form is mapped to; else nobody could submit it."""
    process = processes().get(form.process)
    return process is not None and not any(notice_problems(form, checking.notice_fields(process.notice)))


def shipped_names() -> list[str]:
    """The names of the types that are shipped."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def read_file(path: Path) -> DialogueType:
    """The type of a file; raises CommandError with every fault."""
    try:
        return reading.load(path)
    except reading.TypeFileError as error:
        raise CommandError(str(error)) from None


def read_name_or_file(said: str) -> DialogueType:
    """The shipped type of a name, or the type of a file; raises CommandError."""
    key = said.replace("-", "_")
    return read_file(SHIPPED / f"{key}.yaml" if key in shipped_names() else Path(said))
