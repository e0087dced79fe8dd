"""Made-up persons with their addresses, and the banks that their loans are paid to."""

from datetime import date
from random import Random
from typing import Any, TypeVar

from dunkelwerk.lines.credit_protection.synthetic.names import (
    BANKS,
    CITIES,
    FEMALE_FIRST_NAMES,
    LAST_NAMES,
    MALE_FIRST_NAMES,
    STREETS,
)

Person = dict[str, Any]
T = TypeVar("T")

OLDEST_BIRTH_YEAR = 1961
YOUNGEST_BIRTH_YEAR = 2004
ADULT_YEARS = 22

_FIRST_NAMES = {"Frau": FEMALE_FIRST_NAMES, "Herr": MALE_FIRST_NAMES}
_PARTNER = {"Frau": "Herr", "Herr": "Frau"}
_TITLES = ("Dr. ", "Dr. ", "Dr. ", "Dr. ", "Prof. Dr. ")


def pick(rng: Random, options: tuple[T, ...]) -> T:
    """One of the options; three times as fast as `Random.choice`."""
    return options[int(rng.random() * len(options))]


def household(rng: Random, *, number: int, count: int, on: date) -> list[Person]:
    """The persons insured under a cluster of contracts that begins with this number, all at one address."""
    address = _address(rng)
    salutation = "Frau" if rng.random() < 0.5 else "Herr"
    first = _person(rng, number=number, place=1, salutation=salutation, last_name=_last_name(rng), on=on)
    persons = [first | address]
    for place in range(2, count + 1):
        last_name = first["last_name"] if rng.random() < 0.65 else _last_name(rng)
        partner = _PARTNER[salutation] if rng.random() < 0.96 else salutation
        persons.append(
            _person(rng, number=number, place=place, salutation=partner, last_name=last_name, on=on) | address
        )
    return persons


def payee(rng: Random) -> dict[str, Any]:
    """A bank with a loan account of its own for this contract."""
    name, bank_code = pick(rng, BANKS)
    account = f"{int(rng.random() * 10**10):010d}"
    return {
        "name": name,
        "iban": iban(bank_code=bank_code, account=account),
        "reference": f"Darlehen {account[2:]}",
        "blocked_since": None,
    }


def iban(*, bank_code: str, account: str) -> str:
    """The German IBAN of an account, with its check digits (ISO 7064 MOD 97-10)."""
    basic = bank_code + account
    return f"DE{98 - int(basic + '131400') % 97:02d}{basic}"


def _address(rng: Random) -> dict[str, Any]:
    city, low, high = pick(rng, CITIES)
    suffix = "" if rng.random() < 0.9 else "abc"[int(rng.random() * 3)]
    return {
        "street": pick(rng, STREETS),
        "house_number": f"{1 + int(rng.random() ** 2 * 180)}{suffix}",
        "postal_code": f"{low + int(rng.random() * (high - low + 1)):05d}",
        "city": city,
        "country": "DE",
    }


def _person(rng: Random, *, number: int, place: int, salutation: str, last_name: str, on: date) -> Person:
    first_name = pick(rng, _FIRST_NAMES[salutation])
    if rng.random() < 0.06:
        first_name = f"{first_name} {pick(rng, _FIRST_NAMES[salutation])}"
    if rng.random() < 0.02:
        title = pick(rng, _TITLES)
        first_name, last_name = (
            (title + first_name, last_name) if rng.random() < 0.5 else (first_name, title + last_name)
        )
    return {
        "id": f"P-{number}-{place}",
        "first_name": first_name,
        "last_name": last_name,
        "birth_date": birth_date(rng, on=on).isoformat(),
        "deceased_on": None,
        "salutation": salutation,
    }


def _last_name(rng: Random) -> str:
    name = pick(rng, LAST_NAMES)
    if rng.random() < 0.03 and " " not in name and "-" not in name:
        return f"{name}-{pick(rng, LAST_NAMES[:120])}"
    return name


def birth_date(rng: Random, *, on: date) -> date:
    """A birth date of an adult, 1961 to 2004; 29 February more often than in life."""
    last_year = min(YOUNGEST_BIRTH_YEAR, on.year - ADULT_YEARS)
    if rng.random() < 0.006:
        return date(1964 + 4 * int(rng.random() * ((last_year - 1964) // 4 + 1)), 2, 29)
    first = date(OLDEST_BIRTH_YEAR, 1, 1).toordinal()
    return date.fromordinal(first + int(rng.random() * (date(last_year, 12, 31).toordinal() - first + 1)))
