"""Conditions as a German sentence: „War es ein Unfall?“ ist Ja und … Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dunkelwerk.infra.i18n import _

Labels = Mapping[str, Mapping[str, str]]


def condition_in_words(data: Mapping[str, Any], labels: Labels, *, inside: bool = False) -> str:
    """The condition as written, in words; parentheses around a part of several."""
    for key, word in (("all", _(" und ")), ("any", _(" oder "))):
        if key in data:
            parts = [condition_in_words(part, labels, inside=True) for part in data[key]]
            text = word.join(parts)
            return f"({text})" if inside and len(parts) > 1 else text
    if "not" in data:
        return _("nicht: {condition}").format(condition=condition_in_words(data["not"], labels, inside=True))
    return comparison_in_words(data, labels)


def comparison_in_words(data: Mapping[str, Any], labels: Labels) -> str:
    """One comparison."""
    words = {
        "is": _("{left} ist {right}"),
        "in": _("{left} ist {right}"),
        "less_than": _("{left} kleiner als {right}"),
        "at_most": _("{left} höchstens {right}"),
        "more_than": _("{left} größer als {right}"),
        "at_least": _("{left} mindestens {right}"),
        "matches": _("{left} trifft {right}"),
        "has": _("{left} enthält {right}"),
    }
    left, own = left_in_words(data, labels)
    if "given" in data:
        text = _("{left} ist beantwortet") if data["given"] else _("{left} ist nicht beantwortet")
        return text.format(left=left)
    sign = next((key for key in words if key in data), None)
    if sign is None:
        return str(dict(data))
    return words[sign].format(left=left, right=right_in_words(data[sign], labels, own))


def left_in_words(data: Mapping[str, Any], labels: Labels) -> tuple[str, Mapping[str, str]]:
    """(the left side, the words of its options)."""
    if "sum" in data:
        names = data["sum"] if isinstance(data["sum"], list | tuple) else [data["sum"]]
        return _("Summe von {names}").format(names=", ".join(quoted(str(name), labels) for name in names)), {}
    if "count" in data:
        text = _("Anzahl von {name}").format(name=quoted(str(data["count"]), labels))
        if "where" not in data:
            return text, {}
        where = condition_in_words(data["where"], labels)
        return _("{count} mit {condition}").format(count=text, condition=where), {}
    source = next((key for key in ("answer", "prefill", "person", "confirmed") if key in data), None)
    if source is None:
        return side_in_words(data, labels), {}
    name = str(data[source])
    key = f"prefill.{name}" if source == "prefill" else name
    text = f"person.{name}" if source == "person" else quoted(key, labels)
    text = _("{name} bestätigt").format(name=text) if source == "confirmed" else text
    return text + moved(data), labels.get(key, {}) if source in ("answer", "prefill") else {}


def quoted(name: str, labels: Labels) -> str:
    """The question as worded; of a list's column, the column's."""
    own = labels.get(name) or labels.get(name.rpartition(".")[2])
    return f"„{own['']}“" if own else name


def right_in_words(data: Any, labels: Labels, own: Mapping[str, str]) -> str:
    """The right side: options in words, several with "oder"."""
    if isinstance(data, list | tuple):
        return _(" oder ").join(right_in_words(each, labels, own) for each in data)
    if isinstance(data, bool):
        return _("Ja") if data else _("Nein")
    if isinstance(data, str) and data in own:
        return f"„{own[data]}“"
    if data == "unknown":
        return _("„Weiß ich nicht“")
    return side_in_words(data, labels)


def side_in_words(data: Any, labels: Labels) -> str:
    """A value, or a day relative to today or to another answer."""
    if data == "today":
        return _("heute")
    if not isinstance(data, Mapping):
        return str(data)
    if "today" in data:
        days = {"days": data["today"]} if data["today"] else {}
        return _("heute") + moved({**days, **{key: value for key, value in data.items() if key != "today"}})
    return left_in_words(data, labels)[0]


def moved(data: Mapping[str, Any]) -> str:
    """`` + 14 Tage``, `` − 18 Jahre``; "" for a day that is not moved."""
    units = {"years": _("{count} Jahre"), "months": _("{count} Monate"), "days": _("{count} Tage")}
    parts = []
    for unit, text in units.items():
        if count := data.get(unit):
            parts.append((" + " if count > 0 else " − ") + text.format(count=abs(count)))
    return "".join(parts)
