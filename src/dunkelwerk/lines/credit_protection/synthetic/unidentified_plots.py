"""Plots of notes that stop at once: contract, person or claim cannot be told, or the register is incomplete."""

from dunkelwerk.lines.credit_protection.synthetic.claims import Claim, close
from dunkelwerk.lines.credit_protection.synthetic.name_plots import make_twins
from dunkelwerk.lines.credit_protection.synthetic.names import LAST_NAMES
from dunkelwerk.lines.credit_protection.synthetic.people import pick
from dunkelwerk.lines.credit_protection.synthetic.scene import Scene, days
from dunkelwerk.lines.credit_protection.synthetic.tariffs import DEATH_ONLY

_STRANGERS = ("Xaver", "Notburga", "Kunibert")  # first names that nobody in the register has


def contract_number_misread(scene: Scene) -> None:
    scene.settle()
    number = scene.notice["contract"].removeprefix("RS-")
    misread = number.replace("0", "O", 1) if "0" in number else f"0{number}"
    scene.notice["contract"] = f"RS-{misread}"


def other_last_name(scene: Scene) -> None:
    scene.settle()
    known = {person["last_name"] for person in scene.persons}
    names = (f"{pick(scene.rng, LAST_NAMES)}-{pick(scene.rng, LAST_NAMES)}" for _ in range(9))
    scene.notice["last_name"] = next(name for name in names if name not in known)


def other_first_name(scene: Scene) -> None:
    """A relative's note, or a fraud."""
    scene.settle()
    scene.notice["first_name"] = pick(scene.rng, _STRANGERS)


def other_birth_date(scene: Scene) -> None:
    scene.settle()
    taken = set(scene.born)
    near = (scene.born[0] + days(sign * gap) for gap in (1, 2, 9) for sign in (1, -1))
    scene.notice["birth_date"] = next(day for day in near if day not in taken).isoformat()


def twins_not_told_apart(scene: Scene) -> None:
    make_twins(scene)
    scene.settle()
    scene.notice["first_name"] = "Anna"


def no_claim_at_all(scene: Scene) -> None:
    scene.settle()
    scene.terms[0].claims.clear()


def claim_closed_already(scene: Scene) -> None:
    scene.settle()
    close(scene.claim, ended=min(scene.proven, scene.on), reason="recovered")


def claim_only_reported(scene: Scene) -> None:
    """The first note was never decided upon."""
    scene.settle()
    _undo(scene.claim, "reported")


def _undo(claim: Claim, status: str) -> None:
    claim.update(status=status, benefit_from=None, benefit_limit=None, proven_until=None, released_until=None)
    claim["instalments"].clear()


def claim_on_other_contract_only(scene: Scene) -> None:
    scene.settle(elsewhere=True)
    scene.terms[0].claims.clear()


def two_open_claims(scene: Scene) -> None:
    scene.settle()
    scene.fall_ill(0)["icd"] = ["F32.1"]


def proven_until_missing(scene: Scene) -> None:
    scene.settle()
    _lose(scene.claim, "proven_until")


def benefit_from_missing(scene: Scene) -> None:
    scene.settle()
    _lose(scene.claim, "benefit_from")


def benefit_limit_missing(scene: Scene) -> None:
    scene.settle()
    _lose(scene.claim, "benefit_limit")


def _lose(claim: Claim, field: str) -> None:
    """A claim taken over from an old system without this field, and without its instalments."""
    claim.update({field: None, "released_until": None})
    claim["instalments"].clear()


def cover_gone(scene: Scene) -> None:
    """An open claim on a contract whose tariff has no such cover."""
    scene.settle()
    scene.tariffs[0] = pick(scene.rng, DEATH_ONLY.tariffs)
    scene.contract["tariff"] = scene.tariffs[0]["id"]
