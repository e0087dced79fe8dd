"""What comes with the mail: every kind of notice, and how often. Pure."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from . import deaths, first_notes, proofs
from .notices import make_note
from .scene import Scene, Thing, said

Story = Callable[[Random, Scene], list[Thing]]


def follow_up(rng: Random, scene: Scene) -> list[Thing]:
    """A follow-up sick note."""
    return [make_note(rng, scene.claims, scene.today, name=scene.name())]


def contradiction(rng: Random, scene: Scene) -> list[Thing]:
    """Two notes of one illness at once: the one ends it, the other does not."""
    note = make_note(rng, scene.claims, scene.today, name=scene.name())
    return [note, {**note, "id": scene.name(), "final": not note["final"]}]


#: and how often, against the others
STORIES: dict[Story, float] = {
    follow_up: 45,
    contradiction: 2,
    first_notes.sick_note: 14,
    first_notes.relapse: 8,
    first_notes.on_every_contract: 2,
    first_notes.with_follow_up: 3,
    first_notes.reported_again: 3,
    first_notes.two_onsets: 1,
    first_notes.unemployment: 7,
    first_notes.ill_and_unemployed: 2,
    proofs.proof: 9,
    proofs.job_start: 3,
    deaths.death: 4,
}


def some_mail(rng: Random, scene: Scene, count: int) -> list[Thing]:
    """At least so many notices, in any order."""
    notices: list[Thing] = []
    while len(notices) < count:
        story = rng.choices(list(STORIES), list(STORIES.values()))[0]
        told = story(rng, scene) or follow_up(rng, scene)
        notices += [said(each) for each in told]
    rng.shuffle(notices)
    return notices
