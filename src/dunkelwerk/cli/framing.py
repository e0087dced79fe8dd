"""Commands that differ in one thing and have the rest in common: options, reaching the database, the answer."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def framed(inner: Callable[..., T], frame: Callable[..., None]) -> Callable[..., None]:
    """A command with the parameters of ``inner`` and then those of ``frame`` after its first one.

    The first parameter of ``frame`` gets what ``inner`` returned; name and help are those of ``inner``.
    """
    own, common = parameters_of(inner), parameters_of(frame)[1:]

    def command(**given: Any) -> None:
        rest = {each.name: given.pop(each.name) for each in common}
        frame(inner(**given), **rest)

    command.__name__, command.__doc__ = inner.__name__, inner.__doc__
    command.__signature__ = inspect.Signature([*own, *common])  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in (*own, *common)}
    return command


def parameters_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Its parameters, their types resolved where it was written, so that they mean the same elsewhere."""
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    return [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
