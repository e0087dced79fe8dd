"""A register and an inbox in which the order of deciding matters everywhere; for tests of order and of crashes."""

from __future__ import annotations

from random import Random

from work_support import Thing, case_file, claim, contract, household, note

HOUSEHOLDS = 5
#: a day in the month of every note; each later note of a claim reaches further, and releases only what is left
UNTILS = ("2026-11-14", "2026-11-20", "2026-12-01")


def register() -> list[Thing]:
    """Single contracts; persons with several contracts; two persons joined by one contract, each with an own one."""
    lines: list[Thing] = []
    for number in range(1, HOUSEHOLDS + 1):
        lines += [household(number), several_contracts(number), joint_contract(number)]
    return lines


def several_contracts(number: int) -> Thing:
    """Person 100+n with the contracts RS-100n, RS-200n and RS-300n, and a claim on each."""
    who = 100 + number
    return case_file(*(contract(f"RS-{k}0{number}", [who], claim(f"C-{k}0{number}", who)) for k in (1, 2, 3)))


def joint_contract(number: int) -> Thing:
    """Contract RS-50n of the persons 400+n and 500+n, who have RS-40n and RS-60n of their own; the first owes."""
    one, two = 400 + number, 500 + number
    return case_file(
        contract(f"RS-40{number}", [one], claim(f"C-40{number}", one)),
        contract(f"RS-50{number}", [one, two], claim(f"C-50{number}a", one), claim(f"C-50{number}b", two)),
        contract(f"RS-60{number}", [two], claim(f"C-60{number}", two)),
    )


def inbox(rng: Random) -> list[Thing]:
    """Three notes per person, on any of their contracts, shuffled but for the order within a household."""
    lines: list[list[Thing]] = []
    for number in range(1, HOUSEHOLDS + 1):
        several, one, two = 100 + number, 400 + number, 500 + number
        lines.append([note(number, name=f"A{number}-{k}", incapacity_until=until) for k, until in enumerate(UNTILS)])
        lines.append(
            [
                note(several, on=f"RS-{rng.choice((1, 2, 3))}0{number}", name=f"B{number}-{k}", incapacity_until=until)
                for k, until in enumerate(UNTILS)
            ]
        )
        joint = [
            note(who, on=f"RS-{rng.choice(own)}0{number}", name=f"C{number}-{k}{who}", incapacity_until=until)
            for k, until in enumerate(UNTILS)
            for who, own in ((one, (4, 5)), (two, (5, 6)))
        ]
        rng.shuffle(joint)
        lines.append(joint)
    return interleave(lines, rng)


def interleave(lines: list[list[Thing]], rng: Random) -> list[Thing]:
    """One line of all, in which each keeps its order."""
    turns = [each for each, line in enumerate(lines) for _ in line]
    rng.shuffle(turns)
    rest = [iter(line) for line in lines]
    return [next(rest[turn]) for turn in turns]
