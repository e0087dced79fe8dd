"""The synthetic tariffs: both settlement models, with and without caps and age limits, deferred 42, 28 or 0 days."""

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

Tariff = dict[str, Any]

LIFE = "leben"
GENERAL = "sach"


def _illness(months: int, deferred: int, settlement: str, **more: Any) -> dict[str, Any]:
    required = {"deferred_days": deferred, "max_months": months, "settlement": settlement}
    return {"waiting_months": 0, "relapse_months": 6, **required, "legal_entity": GENERAL, **more}


def _unemployment(months: int, deferred: int, settlement: str, **more: Any) -> dict[str, Any]:
    required = {"deferred_days": deferred, "max_months": months, "settlement": settlement}
    return {"waiting_months": 3, **required, "legal_entity": GENERAL, **more}


def _death(cap: str | None, **more: Any) -> dict[str, Any]:
    return {"waiting_months": 0, "cap": cap, "legal_entity": LIFE, **more}


TARIFFS: tuple[Tariff, ...] = (
    {
        "id": "KS-BASIS-2014",
        "illness": _illness(12, 42, "due_date", waiting_months=3, monthly_cap="1000.00", age_limit=60),
        "death": _death("25000.00", age_limit=70),
    },
    {
        "id": "KS-KOMFORT-2019",
        "illness": _illness(24, 42, "due_date", monthly_cap="1500.00", age_limit=65),
        "unemployment": _unemployment(12, 30, "due_date", monthly_cap="1500.00", age_limit=65),
        "death": _death("50000.00"),
    },
    {
        "id": "KS-PREMIUM-2021",
        "illness": _illness(36, 42, "due_date"),
        "unemployment": _unemployment(18, 0, "due_date", waiting_months=6),
        "death": _death(None),
    },
    {
        "id": "KS-KURZ-2022",
        "illness": _illness(18, 28, "due_date", waiting_months=1),
        "death": _death("75000.00"),
    },
    {
        "id": "KS-SOFORT-2023",
        "illness": _illness(24, 0, "due_date", waiting_months=6, monthly_cap="2500.00", relapse_months=3),
        "death": _death("50000.00"),
    },
    {
        "id": "KS-TAG-2020",
        "illness": _illness(24, 42, "daily", monthly_cap="2000.00", age_limit=67),
        "unemployment": _unemployment(12, 30, "daily", monthly_cap="2000.00"),
        "death": _death("50000.00", age_limit=75),
    },
    {
        "id": "KS-TAG-FLEX-2023",
        "illness": _illness(18, 28, "daily"),
        "unemployment": _unemployment(12, 42, "daily"),
        "death": _death(None),
    },
    {
        "id": "KS-TAG-60-2018",
        "illness": _illness(24, 42, "daily", monthly_cap="1500.00", age_limit=60),
        "death": _death("40000.00", age_limit=65),
    },
    {"id": "KS-LEBEN-2016", "death": _death("100000.00", age_limit=75)},
)


class Pool(NamedTuple):
    """Tariffs to draw from, and those of them without age limit for persons who are close to one."""

    tariffs: tuple[Tariff, ...]
    ageless: tuple[Tariff, ...]

    def draw(self, rng: Random, *, born: int, year: int) -> Tariff:
        """A tariff whose age limits somebody born in the year `born` does not reach within two years of `year`."""
        tariff = self.tariffs[int(rng.random() * len(self.tariffs))]
        limit = LOWEST_AGE_LIMIT[tariff["id"]]
        if limit is None or born + limit > year + 2:
            return tariff
        return self.ageless[int(rng.random() * len(self.ageless))]


def lowest_age_limit(tariff: Tariff) -> int | None:
    """The lowest age limit, in years, of the illness and unemployment covers, or None."""
    limits = [tariff[cause].get("age_limit") for cause in ("illness", "unemployment") if cause in tariff]
    return min((limit for limit in limits if limit is not None), default=None)


def copied(tariff: Tariff) -> Tariff:
    """A copy that a caller may change."""
    return {name: {**part} if isinstance(part, dict) else part for name, part in tariff.items()}


LOWEST_AGE_LIMIT = {tariff["id"]: lowest_age_limit(tariff) for tariff in TARIFFS}


def _pool(wanted: Callable[[Tariff], bool]) -> Pool:
    tariffs = tuple(tariff for tariff in TARIFFS if wanted(tariff))
    return Pool(tariffs, tuple(tariff for tariff in tariffs if LOWEST_AGE_LIMIT[tariff["id"]] is None))


def _illness_pool(wanted: Callable[[dict[str, Any]], bool]) -> Pool:
    return _pool(lambda tariff: "illness" in tariff and wanted(tariff["illness"]))


ANY_TARIFF = _pool(lambda tariff: True)
DEATH_ONLY = _pool(lambda tariff: "illness" not in tariff)
WITH_UNEMPLOYMENT = _pool(lambda tariff: "unemployment" in tariff)
WITH_ILLNESS = _illness_pool(lambda cover: True)
DUE_DATE = _illness_pool(lambda cover: cover["settlement"] == "due_date")
DAILY = _illness_pool(lambda cover: cover["settlement"] == "daily")
DEFERRED = _illness_pool(lambda cover: cover["deferred_days"] >= 28)
UNCAPPED = _illness_pool(lambda cover: "monthly_cap" not in cover)
UNCAPPED_DUE_DATE = _illness_pool(lambda cover: "monthly_cap" not in cover and cover["settlement"] == "due_date")
UNTIL_60 = _illness_pool(lambda cover: cover.get("age_limit") == 60)
