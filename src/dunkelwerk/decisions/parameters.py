"""Parameters: what an insurer may set. YAML with start dates only; lookup before the first date raises.

An entry of a line's or process's ``parameters.yaml`` has a German ``name``, ``unit``, ``source`` and dated ``values``.
An insurer's file overrides values, plainly (``gap_tolerance: 2``) or dated (``gap_tolerance: {2026-01-01: 2}``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

import msgspec
import yaml
from msgspec import Struct

from dunkelwerk.decisions.decimals import ensure_plain
from dunkelwerk.decisions.faults import fault_in_words
from dunkelwerk.decisions.reasons import Disposition, Reason
from dunkelwerk.infra.i18n import _

ALL_OR_NOTHING = "all_or_nothing"


class ParameterError(Exception):
    """Parameters that are unknown or impossible; the text says which, where, and what is allowed."""


class CoreParameters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameters that the outcome rule reads; a line's own parameters extend them."""

    isolation: Literal["all_or_nothing", "per_claim"]
    mode: Literal["dark", "second_check"]
    adverse_needs_human: bool
    dispositions: dict[str, str]


K = TypeVar("K", bound=CoreParameters)


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One parameter as a ``parameters.yaml`` declares it."""

    name: str
    unit: str
    source: str
    values: dict[date, Any]


class ParameterSet(Struct, Generic[K], frozen=True):
    """The parameters of one process on one business day, with the versions that a decision records."""

    values: K
    chosen: dict[str, Disposition]
    versions: dict[str, str]

    def disposition(self, reason: Reason, default: Disposition) -> Disposition:
        """What the insurer wants done about a reason."""
        return self.chosen.get(reason.code, default)


class ParameterBook(Generic[K]):
    """Every dated value of a process's parameters, the insurer's overrides included.

    ``elsewhere`` names parameters of other processes, ``foreign`` reasons of other lines: one file of an insurer serves
    all, here they say nothing.
    """

    def __init__(
        self,
        kind: type[K],
        entries: Mapping[str, Entry],
        reasons: Iterable[Reason],
        *,
        rules: str = "unversioned",
        elsewhere: Container[str] = (),
        foreign: Container[str] = (),
    ) -> None:
        self.kind, self.entries, self.rules = kind, dict(entries), rules
        self.elsewhere, self.foreign = elsewhere, foreign
        self.reasons = {reason.code: reason for reason in reasons}
        self._days: dict[date, ParameterSet[K]] = {}

    def override(self, overrides: Mapping[str, Any], *, source: str) -> ParameterBook[K]:
        """The book with an insurer's values; raises ParameterError naming ``source`` and the parameter."""
        entries = dict(self.entries)
        for name, value in overrides.items():
            if name not in entries and name in self.elsewhere:
                continue
            if name not in entries:
                raise ParameterError(
                    _("{source}: unbekannter Parameter {name}; bekannt sind {known}.").format(
                        source=source, name=name, known=", ".join(sorted(entries))
                    )
                )
            start = min(entries[name].values)
            entries[name] = msgspec.structs.replace(entries[name], values=dated(value) or {start: value})
        others = {"elsewhere": self.elsewhere, "foreign": self.foreign}
        book = ParameterBook(self.kind, entries, self.reasons.values(), rules=self.rules, **others)
        for day in {day for entry in entries.values() for day in entry.values}:
            book.check(day, source=source)
        return book

    def check(self, day: date, *, source: str) -> None:
        """Raise ParameterError, naming ``source``, where a value that starts on ``day`` is impossible."""
        try:
            values = {name: in_force(entry.values, day) for name, entry in self.entries.items() if day in entry.values}
            known = {name: entry.values[min(entry.values)] for name, entry in self.entries.items()}
            self._resolve({**known, **values})
        except (ParameterError, ValueError) as error:
            raise ParameterError(f"{source}: {error}") from None

    def on(self, day: date) -> ParameterSet[K]:
        """The parameters in force on a business day; raises ParameterError before the first start date."""
        if day not in self._days:
            values = {}
            for name, entry in self.entries.items():
                if day < min(entry.values):
                    raise ParameterError(
                        _("Parameter {name} hat am {day} keinen Wert: er beginnt am {start}.").format(
                            name=name, day=day, start=min(entry.values)
                        )
                    )
                values[name] = in_force(entry.values, day)
            self._days[day] = self._resolve(values)
        return self._days[day]

    def _resolve(self, values: dict[str, Any]) -> ParameterSet[K]:
        try:
            typed = msgspec.convert(values, self.kind)
            ensure_plain(self.kind, values)
        except msgspec.ValidationError as error:
            fault = fault_in_words(error)
            entry = self.entries.get(fault.partition(":")[0])
            allowed = f" ({entry.unit})" if entry else ""
            raise ParameterError(_("unmöglicher Parameter: {fault}").format(fault=fault + allowed)) from None
        version = hashlib.sha256(msgspec.json.encode(typed, order="sorted")).hexdigest()[:12]
        return ParameterSet(typed, self._chosen(typed), {"rules": self.rules, "parameters": version})

    def _chosen(self, typed: K) -> dict[str, Disposition]:
        chosen = {}
        for code, name in typed.dispositions.items():
            reason = self.reasons.get(code)
            if reason is None and code in self.foreign:
                continue
            if reason is None:
                raise ParameterError(_("dispositions: unbekannter Grund {code}.").format(code=code))
            disposition = reason.disposition(name)
            if disposition is None:
                allowed = ", ".join(each.name for each in reason.dispositions)
                raise ParameterError(
                    _("dispositions: {code} kann nicht {name} sein; erlaubt ist {allowed}.").format(
                        code=code, name=name, allowed=allowed
                    )
                )
            chosen[code] = disposition
        return chosen


def in_force(values: Mapping[date, Any], day: date) -> Any:
    """The value with the latest start on or before ``day``."""
    return values[max(start for start in values if start <= day)]


def dated(value: Any) -> dict[date, Any] | None:
    """The value as a mapping of start dates, or None where it is plain."""
    if isinstance(value, dict) and value and all(isinstance(key, date) for key in value):
        return value
    return None


def read_entries(*paths: Path) -> dict[str, Entry]:
    """The entries of ``parameters.yaml`` files, later files going before earlier ones; raises ParameterError."""
    entries: dict[str, Entry] = {}
    for path in paths:
        for name, raw in read_yaml(path).items():
            try:
                entries[name] = msgspec.convert(raw, Entry)
            except msgspec.ValidationError as error:
                raise ParameterError(f"{path}, {name}: {fault_in_words(error)}.") from None
    return entries


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file that is a mapping (empty: no entries); raises ParameterError naming file and line."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=UniqueKeys)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = _(", Zeile {line}").format(line=mark.line + 1) if mark else ""
        raise ParameterError(
            _("{path}{line}: kein lesbares YAML ({problem}).").format(
                path=path, line=line, problem=getattr(error, "problem", "?")
            )
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ParameterError(_("{path}: nicht lesbar ({kind}).").format(path=path, kind=type(error).__name__)) from None
    if not isinstance(content, dict | None):
        raise ParameterError(_("{path}: muss Parameternamen Werte zuordnen.").format(path=path))
    return {str(key): value for key, value in (content or {}).items()}


class UniqueKeys(yaml.SafeLoader):
    """Refuses a key that stands twice, of which YAML would silently keep the last."""

    construct_mapping: Callable[..., Any]


def _construct_unique(loader: UniqueKeys, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
    seen = set()
    for key_node, _value in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(
                None, None, _("{key} steht doppelt").format(key=key), key_node.start_mark
            )
        seen.add(key)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _construct_unique)
