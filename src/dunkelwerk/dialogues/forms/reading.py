"""Reading a dialogue type from YAML, and its canonical JSON. Pure but for the file itself."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
import yaml

from dunkelwerk.decisions.faults import fault_in_words
from dunkelwerk.decisions.parameters import UniqueKeys
from dunkelwerk.dialogues.forms.language import DialogueType
from dunkelwerk.infra.i18n import _

#: a type is some tens of kilobytes
LARGEST: Final = 1024 * 1024
DEEPEST: Final = 40
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.+?)`")
_STEP: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)|\[(\d+|\.\.\.)\]")


class TypeFileError(Exception):
    """A type that cannot be read; the text is one German sentence: file, line, field, what to do."""


class _Refused(yaml.MarkedYAMLError):
    """YAML that a type may not use; its ``problem`` is German."""


class _Loader(UniqueKeys):
    """YAML without guesses: dates, times and decimals stay texts, so that ``12:30`` is no 750 and ``0.10`` no 0.1.

    ``{de: Wann?, en: When?}`` needs no quotes, as in YAML 1.2; PyYAML alone ends a text in braces at its ``?``.
    """

    _in_text = False
    _depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """A part of the tree; raises for anchors and aliases, with which a small file could grow, and for depth."""
        event = self.peek_event()
        if getattr(event, "anchor", None) is not None:
            raise _Refused(problem=_("Verweise mit & und * sind nicht erlaubt"), problem_mark=event.start_mark)
        if self._depth > DEEPEST:
            raise _Refused(problem=_("zu tief verschachtelt"), problem_mark=event.start_mark)
        self._depth += 1
        node: yaml.Node | None = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def scan_plain(self) -> Any:
        """A text without quotes."""
        self._in_text = True
        try:
            return super().scan_plain()
        finally:
            self._in_text = False

    def peek(self, index: int = 0) -> str:
        """The character ahead, where the scanner only looks for the end of a text: ``?`` is none."""
        char: str = super().peek(index)
        return "x" if self._in_text and char == "?" else char


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] in ("bool", "null", "merge")]
    for first, resolvers in UniqueKeys.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"-?(?:0|[1-9][0-9]{0,17})$"), list("-0123456789"))


def load(path: Path) -> DialogueType:
    """The type in a YAML file (not yet checked: ``checking.check``); raises TypeFileError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        text = _("{path}: nicht lesbar ({reason}); Ort und Rechte prüfen.")
        raise TypeFileError(text.format(path=path, reason=error.strerror)) from None
    return parse(content, source=str(path))


def parse(content: bytes, *, source: str) -> DialogueType:
    """The type in the bytes of a YAML file; ``source`` names it in the sentence; raises TypeFileError."""
    if len(content) > LARGEST:
        raise TypeFileError(_("{source}: die Datei ist größer als 1 MiB; sie aufteilen.").format(source=source))
    node = _node(content, source)
    try:
        return msgspec.convert(_built(node), DialogueType)
    except msgspec.ValidationError as error:
        line = _line_of(node, str(error))
        text = _("{source}, Zeile {line}: {fault}; nach docs/form-language.md berichtigen.")
        raise TypeFileError(text.format(source=source, line=line, fault=fault_in_words(error))) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _unreadable(source, error) from None


def _node(content: bytes, source: str) -> yaml.Node:
    """The file as a tree that knows its lines; without aliases, which could blow a small file up."""
    try:
        loader = _Loader(content.decode("utf-8-sig"))
        node = loader.get_single_node()
        if node is None:
            raise ValueError(_("die Datei ist leer"))
        return node
    except UnicodeDecodeError:
        raise TypeFileError(_("{source}: kein UTF-8; die Datei in UTF-8 speichern.").format(source=source)) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _unreadable(source, error) from None


def _built(node: yaml.Node) -> Any:
    loader = _Loader("")
    return loader.construct_document(node)


def _unreadable(source: str, error: Exception) -> TypeFileError:
    mark = getattr(error, "problem_mark", None)
    line = _(", Zeile {line}").format(line=mark.line + 1) if mark else ""
    text = _("{source}{line}: kein lesbares YAML ({problem}); Texte mit , : # oder {{ in Anführungszeichen setzen.")
    return TypeFileError(text.format(source=source, line=line, problem=_problem_of(error)))


def _problem_of(error: Exception) -> str:
    """What is wrong, in German: our own words, or those for what PyYAML says most often."""
    if isinstance(error, yaml.reader.ReaderError):
        return _("ein Steuerzeichen")
    if isinstance(error, RecursionError):
        return _("zu tief verschachtelt")
    if not isinstance(error, yaml.MarkedYAMLError):
        return str(error)
    said = error.problem or ""
    is_ours = isinstance(error, _Refused | yaml.constructor.ConstructorError)
    rest = said if is_ours else _("der Aufbau stimmt hier nicht")
    return next((phrase for part, phrase in _phrases().items() if part in said), rest)


def _phrases() -> dict[str, str]:
    """What PyYAML says, and what to say instead; the first that fits."""
    return {
        r"'\t'": _("ein Tabulator; mit Leerzeichen einrücken"),
        "mapping values are not allowed": _("ein Doppelpunkt, wo keiner stehen darf"),
        "could not find expected ':'": _("ein Doppelpunkt fehlt"),
        "found character": _("ein Zeichen, das hier nicht stehen darf"),
        "found unexpected end of stream": _("die Datei endet vor der Zeit"),
        "expected <block end>": _("die Einrückung stimmt nicht"),
        "but got '<stream end>'": _("eine Klammer ist nicht geschlossen"),
        "expected ',' or": _("ein Komma oder eine Klammer fehlt"),
        "could not determine a constructor": _("eine Auszeichnung mit ! oder <<, die es hier nicht gibt"),
    }


def _line_of(node: yaml.Node, message: str) -> int:
    """The line of the place that msgspec names (``$.pages[0].questions[1].kind``), as far as it can be followed."""
    place = message.rpartition(" - at `")[2] if " - at `" in message else ""
    for key, index in _STEP.findall(place):
        found = _child(node, key, index)
        if found is None:
            break
        node = found
    unknown = _UNKNOWN.match(message)
    if unknown and isinstance(node, yaml.MappingNode):
        node = next((name for name, _value in node.value if name.value == unknown[1]), node)
    return int(node.start_mark.line) + 1


def _child(node: yaml.Node, key: str, index: str) -> yaml.Node | None:
    if key and isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    if index.isdigit() and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
        found: yaml.Node = node.value[int(index)]
        return found
    return None


_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODER: Final = msgspec.json.Decoder(DialogueType)


def encode(type: DialogueType) -> bytes:
    """Canonical JSON: the same type gives the same bytes (stored, hashed, pinned)."""
    return _ENCODER.encode(type)


@lru_cache(maxsize=64)
def decode(content: bytes) -> DialogueType:
    """The type in canonical JSON; the last 64 are remembered, so that asking at each request costs nothing."""
    return _DECODER.decode(content)
