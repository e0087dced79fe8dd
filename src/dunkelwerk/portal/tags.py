"""What templates may call: ``{% t "…" %}`` for a text in the person's language, ``{% asset "…" %}`` for a file."""

from __future__ import annotations

from typing import Any

from django import template

from dunkelwerk.infra.i18n import _
from dunkelwerk.portal.assets import prefix

register = template.Library()


@register.simple_tag
def t(message: str, **slots: Any) -> str:
    """The message, which stands in the template in German, in the person's language. ``tools/messages.py`` finds it."""
    text = _(message)
    return text.format(**slots) if slots else text


@register.simple_tag
def asset(name: str) -> str:
    """The address of a file that pages load."""
    return prefix() + name
