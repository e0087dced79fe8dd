"""What templates may call: ``{% t "…" %}`` for a text in the person's language, ``{% asset "…" %}`` for a file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from dunkelwerk.infra.i18n import _
from dunkelwerk.letters.insurer import Insurer
from dunkelwerk.portal.assets import prefix
from dunkelwerk.portal.texts import hours_of, joined

register = template.Library()


@register.simple_tag
def t(message: str, **slots: Any) -> str:
    """The message, which stands in the template in German, in the person's language. ``tools/messages.py`` finds it."""
    text = _(message)
    if any(isinstance(each, SafeString) for each in slots.values()):
        return format_html(conditional_escape(text), **slots)
    return text.format(**slots) if slots else text


@register.simple_tag
def phones(companies: Sequence[Insurer]) -> SafeString:
    """The telephone as a link; where several companies may be meant, each with its name."""
    if len({each.phone for each in companies}) == 1:
        return link(companies[0].phone)
    return mark_safe(joined([format_html("{} ({})", link(each.phone), each.name) for each in companies], _("oder")))


@register.filter
def with_phones(text: SafeString, companies: Sequence[Insurer]) -> SafeString:
    """The text, which is HTML already, with each of these telephone numbers as a link."""
    for phone in {each.phone for each in companies}:
        text = mark_safe(text.replace(conditional_escape(phone), link(phone)))
    return text


@register.filter
def hours(insurer: Insurer) -> str:
    """When it is there, in the person's language."""
    return hours_of(insurer)


def link(phone: str) -> SafeString:
    """A telephone number that calls when it is touched."""
    return format_html('<a class="phone" href="tel:{}">{}</a>', re.sub(r"[^+0-9]", "", phone), phone)


@register.simple_tag
def asset(name: str) -> str:
    """The address of a file that pages load."""
    return prefix() + name
