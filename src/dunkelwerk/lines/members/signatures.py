"""Whose name somebody typed: as signature, or as the holder of an account. Pure."""

from __future__ import annotations

from dunkelwerk.decisions.names import comparable


def is_name_of(typed: str, *, first_name: str, last_name: str) -> bool:
    """Whether a typed name is this person's: the last name in full and at least the first of the first names.

    In either order ("Groß, Jürgen"); spelling of umlauts, titles, dashes and case do not matter, as everywhere.
    """
    words, last, first = (comparable(each).split() for each in (typed.replace(",", " "), last_name, first_name))
    if not last or not first:
        return False
    size = len(last)
    others = [words[:-size]] if words[-size:] == last else []
    others += [words[size:]] if words[:size] == last else []
    return any(each and each[0] == first[0] for each in others)


def same_name(one: str, other: str) -> bool:
    """Whether two typed names are equal; an empty one equals none."""
    return comparable(one) != "" and sorted(words_of(one)) == sorted(words_of(other))


def words_of(name: str) -> list[str]:
    """The words of a name in comparable form."""
    return comparable(name.replace(",", " ")).split()
