"""The dialogue types that are shipped, and checking a type that is not published yet. No database."""

from __future__ import annotations

from pathlib import Path

from dunkelwerk.dialogues.forms import checking, reading
from dunkelwerk.dialogues.forms.check_notice import notice_problems
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.infra.errors import CommandError
from dunkelwerk.infra.i18n import _
from dunkelwerk.letters.insurer import CompanyUnknown, own_folder, read_insurer
from dunkelwerk.lines.registry import processes

#: a file each
SHIPPED = Path(__file__).parent / "types"


def problems_of(form: DialogueType) -> list[checking.Problem]:
    """What the static check finds, with the notice of the type's process; one that is not there, too."""
    known = processes()
    process = known.get(form.process)
    if process is not None:
        return [*company_problems(form), *checking.check(form, checking.notice_fields(process.notice))]
    text = _("Den Prozess {name} gibt es nicht; einen von {known} nennen.")
    unknown = checking.Problem("process", text.format(name=form.process, known=", ".join(sorted(known))))
    return [*company_problems(form), unknown, *checking.check(form)]


def company_problems(form: DialogueType) -> list[checking.Problem]:
    """Whether the insurer lists the company in whose name the type asks."""
    try:
        ensure_company(form)
    except CompanyUnknown as error:
        return [checking.Problem("legal_entity", str(error).removeprefix("legal_entity: "))]
    return []


def ensure_company(form: DialogueType) -> None:
    """Raise CompanyUnknown for a type in the name of a company that the insurer does not list."""
    if form.legal_entity:
        read_insurer(own_folder()).ensure_known(form.legal_entity)


def is_readable(form: DialogueType) -> bool:
    """Whether its process exists and takes what the form is mapped to; else nobody could submit it."""
    process = processes().get(form.process)
    return process is not None and not any(notice_problems(form, checking.notice_fields(process.notice)))


class Unanswerable(CommandError):
    """A type whose process does not exist, or cannot read its answers: nobody could submit such a dialogue."""

    def __init__(self, name: str) -> None:
        message = _(
            "Der Dialogtyp {name} passt zu keinem Prozess: dunkelwerk types check sagt, was zu berichtigen ist."
        )
        super().__init__(message.format(name=name))


def ensure_answerable(form: DialogueType) -> None:
    """Raise Unanswerable for a type that nobody could submit: its process was there when it was published.

    Raises CompanyUnknown where its letters would go out in a wrong name: the company was listed then.
    """
    if not is_readable(form):
        raise Unanswerable(form.name)
    ensure_company(form)


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
