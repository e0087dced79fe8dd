"""Seeded generator of case files, notices and parameters for follow_up_sick_note, concentrated on the limits.

generate(seed, n, ambiguous=False) -> (case_lines: list[bytes], notice_lines: list[bytes], parameters: dict)

With ambiguous=False little is produced on which the page allows two defensible readings.
"""

import calendar
import copy
import json
import random
from datetime import date, timedelta

import oracle
from oracle import DAY, add_months, chapter_days

ICD = {
    "A": "A09.9",
    "B": "B34.9",
    "J": "J06.9",
    "K": "K52.9",
    "N": "N20.0",
    "H": "H66.9",
    "L": "L30.9",
    "R": "R51",
    "E": "E11.9",
    "G": "G43.0",
    "M": "M54.5",
    "S": "S82.6",
    "T": "T81.4",
    "I": "I21.9",
    "F": "F32.1",
    "C": "C50.9",
    "O": "O26.8",
    "D": "D50.9",
    "Z": "Z50",
    "Q": "Q21.0",
}

SPECIAL_DAYS = [
    date(2024, 2, 28),
    date(2024, 2, 29),
    date(2024, 3, 1),
    date(2025, 2, 28),
    date(2025, 3, 1),
    date(2023, 12, 22),
    date(2024, 12, 23),
    date(2024, 12, 27),
    date(2025, 1, 2),
    date(2025, 12, 31),
    date(2026, 4, 7),
    date(2026, 4, 2),
    date(2026, 5, 29),
    date(2026, 6, 5),
    date(2026, 10, 30),
    date(2025, 10, 31),
    date(2026, 11, 2),
    date(2025, 6, 20),
    date(2026, 1, 7),
    date(2027, 12, 27),
    date(2025, 1, 2),
    date(2026, 1, 2),
    date(2024, 1, 2),
    date(2024, 12, 30),
    date(2026, 2, 20),
    date(2025, 2, 20),
]

# (last name, first name in the file, variants that match, variants that do not)
NAMES = [
    (
        ("Groß", "Jürgen"),
        [
            ("Gross", "Juergen"),
            ("GROSS", "JÜRGEN"),
            ("Groß", "Ju\u0308rgen"),
            ("Dr. Groß", "Jürgen"),
            ("Groẞ", "Jürgen-Peter"),
            ("Groß", "Dr.Jürgen"),
            (" groß ", "jürgen  Karl"),
            ("Prof.Dr.Groß", "Jürgen"),
            ("prof dr Groß", "Jürgen"),
        ],
        [("Gros", "Jürgen"), ("Groß", "Jurgen"), ("Groß", "Jürg"), ("Dr.-Ing. Groß", "Jürgen"), ("Groß", "")],
    ),
    (
        ("O\u2019Neill", "Sean"),
        [
            ("O'Neill", "Sean"),
            ("ONeill", "Sean"),
            ("O`Neill", "Seán"),
            ("O\u00b4Neill", "Sean"),
            ("O\u02bcNeill", "Sean"),
            ("o\u2018neill", "sean patrick"),
            ("O'Neıll", "Sean"),
        ],
        [("O Neill", "Sean"), ("O-Neill", "Sean"), ("O\uff07Neill", "Sean"), ("O\u2032Neill", "Sean")],
    ),
    (
        ("Müller-Lüdenscheidt", "Karl-Heinz"),
        [
            ("Mueller Luedenscheidt", "Karl Heinz"),
            ("Müller\u2013Lüdenscheidt", "Karl"),
            ("Müller - Lüdenscheidt", "Karl\u00a0Heinz"),
            ("Mu\u0308ller\u2011Lüdenscheidt", "KARL-OTTO"),
            ("Müller\tLüdenscheidt", "Karl\u2014H."),
        ],
        [
            ("Müller", "Karl-Heinz"),
            ("MüllerLüdenscheidt", "Karl-Heinz"),
            ("Müller-Lüdenscheidt", "Karlheinz"),
            ("Lüdenscheidt-Müller", "Karl-Heinz"),
            ("Müller\u2212Lüdenscheidt", "Karl-Heinz"),
        ],
    ),
    (
        ("Dr. Łukaszewska", "Anna Maria"),
        [
            ("Lukaszewska", "Anna Maria"),
            ("ŁUKASZEWSKA", "Anna"),
            ("Dr Łukaszewska", "anna-maria"),
            ("Dr.Dr. Lukaszewska", "Prof. Anna"),
            ("Prof.dr.Łukaszewska", "Anna Lena"),
            ("\uff2cukaszewska", "Anna"),
        ],
        [
            ("DrLukaszewska", "Anna"),
            ("Dr. med. Lukaszewska", "Anna"),
            ("Lukaszewska Dr.", "Anna"),
            ("Lukaszewska", "Maria"),
            ("Dr.", "Anna"),
            ("", "Anna"),
            ("Lukaszewska", "Annamaria"),
        ],
    ),
    (
        ("Øster", "Đorđe"),
        [("Oester", "Dorde"), ("ØSTER", "ĐORĐE"), ("Öster", "đorđe"), ("Œster", "Dorđe M.")],
        [("Oster", "Đorđe"), ("Øster", "Djordje")],
    ),
    (
        ("Drago", "Profira"),
        [("DRAGO", "profira"), ("Dr. Drago", "Prof. Profira"), ("Dragó", "Profira-Dr.")],
        [("ago", "Profira"), ("Drago", "ira"), ("Dr. ago", "Profira")],
    ),
    (
        ("Yıldız", "İbrahim"),
        [("Yildiz", "Ibrahim"), ("YILDIZ", "I\u0307brahim"), ("Yıldız", "ibrahim")],
        [("Yildis", "İbrahim"), ("Yıldız", "Ebrahim")],
    ),
    (
        ("Weiß", "Æmilia"),
        [("Weiss", "Aemilia"), ("WEISS", "ÄMILIA"), ("Weiß", "æmilia sophie")],
        [("Weis", "Emilia"), ("Weiß", "Amilia")],
    ),
    (
        ("Schäfer", "Zoë"),
        [("Schaefer", "Zoe"), ("Scha\u0308fer", "Zoe\u0308"), ("SCHÄFER", "ZOË")],
        [("Schafer", "Zoë"), ("Schäffer", "Zoë")],
    ),
]


def iso(d):
    return None if d is None else d.isoformat()


def month_end(d):
    return d.replace(day=calendar.monthrange(d.year, d.month)[1])


class Maker:
    def __init__(self, seed, ambiguous):
        self.rng = random.Random(seed)
        self.ambiguous = ambiguous
        self.counter = 0
        self.base = 100000 + seed % 1000 * 500

    def chance(self, p):
        return self.rng.random() < p

    def pick(self, *pairs):
        """pick((weight, value), ...)"""
        return self.rng.choices([v for _, v in pairs], [w for w, _ in pairs])[0]

    def around(self, d, spread=3):
        return d + timedelta(days=self.rng.randint(-spread, spread))

    def number(self, prefix):
        self.counter += 1
        return f"{prefix}-{self.base + self.counter}"

    # -------------------------------------------------------------------------------------------- parameters
    def parameters(self):
        rng = self.rng
        if self.chance(0.06):
            return self.bad_parameters()
        p = {}
        if self.chance(0.7):
            p["isolation"] = self.pick((8, "per_claim"), (2, "all_or_nothing"))
        if self.chance(0.12):
            p["mode"] = self.pick((3, "second_check"), (1, "dark"))
        if self.chance(0.3):
            p["adverse_needs_human"] = self.chance(0.8)
        if self.chance(0.6):
            p["gap_tolerance"] = rng.choice([0, 1, 1, 2, 3, 5])
        if self.chance(0.6):
            p["authority_limit"] = rng.choice(
                ["5000.00", "2000.00", "937.50", "937.49", "625", 1000, "312.50", "10000.00", 500.5]
            )
        if self.chance(0.6):
            p["federal_state"] = rng.choice(["BY", "NW", "SN", "BE", "BW", "TH", "NI", None])
        if self.chance(0.2):
            p["report_months"] = rng.choice([3, 12])
        if self.chance(0.1):
            p["excluded_icd"] = rng.choice([["F"], ["M54", "O"], []])
        dispositions = {}
        codes = [c for c, _ in oracle.FINDINGS if c not in oracle.ONLY_REFER]
        loose = self.pick((2, 0.0), (3, 0.3), (3, 0.7))
        for code in codes:
            if self.chance(loose):
                dispositions[code] = rng.choice(["ignore", "ignore", "second_check", "refer"])
        if self.chance(0.4):
            dispositions["recourse_open"] = "offset"
        if self.chance(0.1):
            dispositions[rng.choice(sorted(oracle.ONLY_REFER))] = "refer"
        if dispositions or self.chance(0.2):
            p["dispositions"] = dispositions
        return p

    def bad_parameters(self):
        return self.rng.choice(
            [
                {"isolaton": "per_claim"},
                {"isolation": "by_claim"},
                {"mode": "bright"},
                {"adverse_needs_human": "ja"},
                {"dispositions": {"no_benefit_left": "ignore"}},
                {"dispositions": {"person_deceased": "second_check"}},
                {"dispositions": {"unemployment_overlap": "ignore"}},
                {"dispositions": {"amount_changed": "second_check"}},
                {"dispositions": {"contract_unknown": "ignore"}},
                {"dispositions": {"technical_failure": "second_check"}},
                {"dispositions": {"no_open_claim": "ignore"}},
                {"dispositions": {"proof_gap": "offset"}},
                {"dispositions": {"proof_gaps": "ignore"}},
                {"dispositions": {"proof_gap": "documents_requested"}},
                {"dispositions": {"recourse_open": "auto"}},
                {"dispositions": ["proof_gap"]},
                {"gap_tolerance": -1},
                {"gap_tolerance": "viel"},
                {"authority_limit": "-5.00"},
                {"authority_limit": "viel"},
                {"federal_state": "XX"},
                {"excluded_icd": "F"},
            ]
        )

    # -------------------------------------------------------------------------------------------- small parts
    def money(self, text):
        """A JSON form of an amount: text or number."""
        if self.chance(0.85):
            return text
        value = float(text)
        return int(value) if value == int(value) else value

    def icd_list(self, code):
        if self.chance(0.2):
            code = self.rng.choice([code.lower(), f" {code}", f"{code} G", f"{code} "])
        return [code]

    def cover(self, deferred, settlement=None):
        c = {
            "waiting_months": 0,
            "deferred_days": deferred,
            "max_months": 24,
            "settlement": settlement or self.pick((5, "due_date"), (5, "daily")),
        }
        if self.chance(0.3):
            del c["waiting_months"]
        if self.chance(0.3):
            c["monthly_cap"] = self.pick(
                (1, "2500.00"), (1, self.money("200.00")), (1, "300.01"), (1, "250.5"), (1, None)
            )
        if self.chance(0.1):
            c["legal_entity"] = "Sach AG"
        if self.chance(0.3):
            c["relapse_months"] = 6
        return c

    def person(self, pid, names, birth):
        p = {"id": pid, "first_name": names[1], "last_name": names[0], "birth_date": iso(birth)}
        if self.chance(0.3):
            p["deceased_on"] = None
        if self.chance(0.1):
            p.update(
                salutation="Herr",
                street="Lindenstr.\u2028Hinterhaus",
                house_number="7",
                postal_code="50667",
                city="Köln",
                country="DE",
            )
        return p

    def contract(self, number, tariff, insured, start, end):
        c = {
            "number": number,
            "tariff": tariff,
            "start": iso(start),
            "end": iso(end),
            "status": "active",
            "insured": insured,
            "instalment": self.money(
                self.rng.choice(
                    ["312.50", "312.50", "333.33", "99.99", "1250.00", "0.50", "100.01", "777.77", "2600.00"]
                )
            ),
            "due_day": self.rng.choice([1, 1, 2, 15, 15, 27, 28, 28, self.rng.randint(1, 28)]),
        }
        if self.chance(0.7):
            c["payee"] = {"name": "Beispielbank AG", "iban": "DE02120300000000202051", "blocked_since": None}
        if self.chance(0.5):
            c["arrears"] = None
        if self.chance(0.5):
            c["recourse_open"] = self.money("0.00")
        c["claims"] = []
        return c

    # -------------------------------------------------------------------------------------------- notice and claim times
    def notice_times(self, issued, days, proven):
        """until, final"""
        rng = self.rng
        kind = self.pick(
            (14, "open"),
            (12, "reach"),
            (10, "reach+1"),
            (4, "reach-1"),
            (30, "within"),
            (14, "beyond"),
            (5, "past"),
            (6, "month_end"),
            (6, "proven"),
            (2, "far"),
        )
        reach = issued + timedelta(days=days)
        until = {
            "open": None,
            "reach": reach,
            "reach+1": reach + DAY,
            "reach-1": reach - DAY,
            "within": issued + timedelta(days=rng.randint(0, max(days, 5))),
            "beyond": reach + timedelta(days=rng.randint(2, 40)),
            "past": issued - timedelta(days=rng.randint(0, 20)),
            "month_end": month_end(issued),
            "proven": self.around(proven, 1),
            "far": date(9999, 12, 31),
        }[kind]
        final = until is not None and self.chance(0.2)
        return until, final

    def running_claim(self, number, person_id, cause, issued, deferred, u, code_list):
        """A claim whose days lie near the notice's."""
        rng = self.rng
        proven = issued + timedelta(
            days=self.pick((35, 0), (20, rng.randint(0, 5)), (10, -1), (3, -2), (3, -3), (8, rng.randint(5, 40)))
        )
        if self.chance(0.1):
            proven = self.around(u, 1)
        # the day before the notice that leaves no working day between: keep the gap empty mostly
        kind = self.pick((58, "running"), (14, "first_release"), (14, "starting"), (14, "deferred"))
        released = None
        if kind == "running":
            benefit_from = issued - timedelta(days=rng.randint(20, 160))
            if self.chance(0.3):
                benefit_from = benefit_from.replace(day=1)
            released = self.pick(
                (40, proven),
                (15, proven - timedelta(days=rng.randint(1, 15))),
                (12, issued.replace(day=1) - DAY),
                (8, month_end(issued)),
                (10, self.around(u, 1)),
                (6, issued.replace(day=rng.randint(1, 28))),
                (3, None),
                (4, issued - timedelta(days=rng.randint(20, 70))),
            )
        elif kind == "first_release":
            benefit_from = issued - timedelta(days=rng.randint(0, 45))
            released = self.pick(
                (8, None), (1, benefit_from - DAY), (1, benefit_from), (1, self.around(benefit_from, 3))
            )
        elif kind == "starting":
            benefit_from = self.pick((3, self.around(u, 1)), (2, self.around(u, 20)), (1, self.around(issued, 2)))
            released = self.pick((8, None), (1, benefit_from - DAY), (2, benefit_from))
        else:
            benefit_from = u + timedelta(days=rng.randint(1, 50))
        if released is not None and released < benefit_from - DAY:
            released = benefit_from - DAY if self.chance(0.3) else None
        claim = {
            "number": number,
            "person": person_id,
            "cause": cause,
            "status": "accepted",
            "onset": min(benefit_from - timedelta(days=deferred), issued - timedelta(days=rng.randint(0, 9))),
            "icd": code_list,
            "benefit_from": benefit_from,
            "benefit_limit": add_months(benefit_from, 24) - DAY,
            "proven_until": proven,
            "released_until": released,
            "recovered_on": None,
            "closed_on": None,
            "closing_reason": None,
            "months_used_before": 0,
            "instalments": [],
        }
        if self.chance(0.1):
            claim["months_used_before"] = 7
        return claim

    def history(self, claim, contract, cover):
        """Instalments that fit what has been released."""
        if claim["released_until"] is None or claim["released_until"] < claim["benefit_from"]:
            return
        if claim["released_until"] > claim["benefit_from"] + timedelta(days=900):
            return
        fake_contract = {
            "instalment": oracle.as_amount(json_amount(contract["instalment"])),
            "due_day": contract["due_day"],
        }
        cap = cover.get("monthly_cap")
        fake_cover = {
            "settlement": cover["settlement"],
            "monthly_cap": None if cap is None else oracle.as_amount(json_amount(cap)),
        }
        fresh = {"benefit_from": claim["benefit_from"], "released_until": None}
        lines = oracle.release_lines(fresh, fake_contract, fake_cover, claim["benefit_from"], claim["released_until"])
        split = cover["settlement"] == "daily" and self.chance(0.3)
        for i, (due, amount) in enumerate(lines[-3:]):
            parts = [amount]
            if split and amount > 1:
                parts = [amount - 1, 1]
            for j, part in enumerate(parts):
                entry = {
                    "due": iso(due),
                    "amount": self.money(f"{part:.2f}"),
                    "status": self.pick((6, "paid"), (3, "released"), (1, "offset")),
                }
                if self.chance(0.7):
                    entry["id"] = f"I-{i}{j}"
                if self.chance(0.3):
                    entry["replaces"] = None
                claim["instalments"].append(entry)

    def set_limit(self, kind, claim, contract, cover, person, u, own_person):
        """Put the claim's limit near u, in one of the ways a limit comes about."""
        rng = self.rng
        at = u + timedelta(days=self.pick((30, 0), (12, -1), (12, 1), (10, -2), (6, 7), (6, -7), (4, 30), (5, -25)))
        if at < claim["benefit_from"] and self.chance(0.8):
            at = claim["benefit_from"] + timedelta(days=self.pick((3, 0), (1, -1), (4, rng.randint(1, 40))))
        if kind == "contract_end":
            contract["end"] = iso(at)
            if self.chance(0.4):
                claim["benefit_limit"] = at
        elif kind == "max_duration":
            claim["benefit_limit"] = at
            if self.chance(0.3):
                cover["age_limit"] = 65
        elif kind in ("age_limit", "age_and_end") and own_person:
            age = rng.choice([55, 60, 63, 65, 67])
            leap_eve = date(u.year, 2, 28)  # born on 29 February: the age is reached on 1 March
            if not calendar.isleap(u.year) and abs((u - leap_eve).days) < 50 and self.chance(0.8):
                at, age = leap_eve, rng.choice([a for a in range(55, 68) if calendar.isleap(u.year - a)])
                at = max(at, claim["benefit_from"])
            claim["benefit_limit"] = at
            birthday = at + DAY
            try:
                birth = birthday.replace(year=birthday.year - age)
            except ValueError:
                birth = date(birthday.year - age, 3, 1)
            if (
                (birthday.month, birthday.day) == (3, 1)
                and not calendar.isleap(birthday.year)
                and calendar.isleap(birthday.year - age)
            ):
                birth = date(birthday.year - age, 2, 29)
            cover["age_limit"] = age
            person["birth_date"] = iso(birth)
            if kind == "age_and_end":
                contract["end"] = iso(at)
            elif self.chance(0.15):
                person["birth_date"] = iso(self.around(birth, 1))
        else:
            claim["benefit_limit"] = at

    # -------------------------------------------------------------------------------------------- one case
    def case(self):
        rng = self.rng
        issued = self.pick(
            (35, rng.choice(SPECIAL_DAYS)), (65, date(2024, 1, 10) + timedelta(days=rng.randint(0, 1050)))
        )
        key = self.number("RS")
        letter = self.pick(
            (8, rng.choice("ABJ")),
            (8, rng.choice("KNHLR")),
            (6, rng.choice("EG")),
            (10, rng.choice("MSTI")),
            (6, rng.choice("FC")),
            (1.5, "O"),
            (3, rng.choice("DZQ")),
        )
        claim_codes, notice_codes = [], []
        code = ICD[letter]
        where = self.pick((70, "claim"), (12, "notice"), (8, "both"), (10, "none"))
        if where in ("claim", "both"):
            claim_codes = self.icd_list(code)
            if self.chance(0.2):
                claim_codes.append(ICD[rng.choice(list(ICD))])
        if where in ("notice",):
            notice_codes = self.icd_list(code)
        if where == "both":
            notice_codes = [ICD[rng.choice(list(ICD))]]
        days = chapter_days(
            {"icd": [c.strip().upper() for c in claim_codes]}, {"icd": [c.strip().upper() for c in notice_codes]}
        )

        deferred = rng.choice([42, 42, 30, 0, 14, 90])
        until, final = self.notice_times(issued, days, issued)
        reach = issued + timedelta(days=days)
        u = reach if (until is None or (until > reach and not final)) else min(until, date(2100, 1, 1))

        names = rng.choice(NAMES)
        birth = self.pick((3, date(1980, 2, 29)), (7, date(1965, 1, 1) + timedelta(days=rng.randint(0, 12000))))
        person = self.person("P1", names[0], birth)
        persons = [person]
        insured = ["P1"]
        tariffs = []
        same_numbers = self.chance(0.3)  # claim numbers that coincide on several contracts
        count = {"n": 0}

        def claim_number(contract_count=[0]):
            count["n"] += 1
            return f"C-{count['n']}" if not same_numbers else None

        def add_contract(number, insured_ids):
            tariff = {"id": f"T-{len(tariffs) + 1}", "illness": self.cover(deferred)}
            if self.chance(0.8):
                tariff["unemployment"] = self.cover(30)
            if self.chance(0.5):
                tariff["death"] = {"waiting_months": 0, "cap": "50000.00"}
            elif self.chance(0.3):
                tariff["death"] = None
            tariffs.append(tariff)
            end = self.pick((8, date(2031, 2, 28)), (1, date(9999, 12, 31)), (2, add_months(issued, 30)))
            c = self.contract(number, tariff["id"], insured_ids, date(2021, 3, 1), end)
            return c, tariff

        contract, tariff = add_contract(key, insured)
        cover = tariff["illness"]
        claim = self.running_claim("C-1", "P1", "illness", issued, deferred, u, claim_codes)
        count["n"] = 1
        contract["claims"].append(claim)
        contracts = [contract]
        live = [(claim, contract, tariff)]

        limit_kind = self.pick(
            (60, None), (12, "contract_end"), (12, "max_duration"), (9, "age_limit"), (4, "age_and_end")
        )
        if limit_kind:
            self.set_limit(limit_kind, claim, contract, cover, person, u, True)

        # joint contract
        other_person = None
        if self.chance(0.3):
            other_person = self.person("P2", rng.choice([n[0] for n in NAMES] + [("Groß", "Ilse")]), date(1975, 6, 30))
            persons.append(other_person)
            insured.append("P2")
            rng.shuffle(insured)
        # further contracts
        for _ in range(self.pick((48, 0), (38, 1), (14, 2))):
            number = self.number("RS")
            who = ["P1"] if other_person is None or self.chance(0.6) else rng.choice([["P1", "P2"], ["P2"]])
            c, t = add_contract(number, who)
            if "P1" in who and self.chance(0.8):
                further = self.running_claim(
                    claim_number() or "C-1",
                    "P1",
                    "illness",
                    issued,
                    deferred,
                    u,
                    claim_codes if self.chance(0.7) else [],
                )
                # the same illness: mostly the same onset and proof
                if self.chance(0.75):
                    shift = claim["onset"] - further["onset"]
                    if further["released_until"] is None or shift <= timedelta(0):
                        further["onset"], further["benefit_from"] = claim["onset"], claim["benefit_from"]
                    else:
                        further["onset"] = claim["onset"]
                    further["benefit_limit"] = add_months(further["benefit_from"], 24) - DAY
                if self.chance(0.7):
                    further["proven_until"] = claim["proven_until"]
                c["claims"].append(further)
                live.append((further, c, t))
                kind = self.pick((70, None), (15, "contract_end"), (15, "max_duration"))
                if kind:
                    self.set_limit(kind, further, c, t["illness"], person, u, False)
            contracts.append(c)
        # harmless company: closed and declined claims
        if self.chance(0.25):
            old = self.running_claim(
                claim_number() or "C-9",
                "P1",
                "illness",
                issued - timedelta(days=400),
                deferred,
                issued - timedelta(days=390),
                [],
            )
            old.update(
                status=self.pick((3, "closed"), (2, "declined"), (1, "reported")),
                closed_on=issued - timedelta(days=300),
                closing_reason="recovered",
            )
            if old["status"] == "reported":
                old.update(
                    benefit_from=None,
                    benefit_limit=None,
                    proven_until=None,
                    released_until=None,
                    closed_on=None,
                    closing_reason=None,
                )
            contract["claims"].insert(rng.randint(0, 1), old)
        if other_person is not None and self.chance(0.4):
            # the other person's claim: without benefit days, or declined, or long ago
            x = self.running_claim(
                claim_number() or "C-8",
                "P2",
                rng.choice(["illness", "unemployment"]),
                issued - timedelta(days=300),
                deferred,
                issued - timedelta(days=290),
                [],
            )
            x["status"] = self.pick((2, "declined"), (2, "closed"), (1, "accepted"))
            contract["claims"].append(x)

        incapacity_from = self.pick((6, claim["onset"]), (4, None))
        notice = {
            "id": self.number("N"),
            "contract": key,
            "last_name": person["last_name"],
            "first_name": person["first_name"],
            "birth_date": person["birth_date"],
            "incapacity_from": iso(incapacity_from),
            "incapacity_until": iso(until),
            "issued_on": iso(issued),
            "formally_correct": True,
            "received_on": iso(issued + timedelta(days=rng.randint(0, 5))),
            "final": final,
            "icd": notice_codes,
        }

        n_troubles = self.pick((36, 0), (42, 1), (10, 2), (5, 3), (4, 5))
        situation = dict(
            issued=issued,
            until=until,
            final=final,
            u=u,
            persons=persons,
            person=person,
            contracts=contracts,
            tariffs=tariffs,
            contract=contract,
            claim=claim,
            live=live,
            notice=notice,
            deferred=deferred,
            claim_number=claim_number,
            other_person=other_person,
            claim_codes=claim_codes,
        )
        early, late = [], []
        for _ in range(n_troubles):
            trouble = self.pick(*TROUBLES)
            (late if trouble in LATE else early).append(trouble)
        for trouble in early:
            target = situation["live"][0] if self.chance(0.6) else rng.choice(live)
            trouble(self, situation, *target)
        for c in contracts:
            t = next((t for t in tariffs if t["id"] == c["tariff"]), {})
            for cl in c["claims"]:
                if cl["cause"] in ("illness", "unemployment") and cl["benefit_from"] and t.get(cl["cause"]):
                    self.history(cl, c, t[cl["cause"]])
        for trouble in late:
            target = situation["live"][0] if self.chance(0.6) else rng.choice(live)
            trouble(self, situation, *target)

        for c in contracts:  # no claim number twice under one contract
            seen = set()
            for cl in c["claims"]:
                while cl["number"] in seen:
                    cl["number"] += "a"
                seen.add(cl["number"])
        if len(contracts) > 1:
            rng.shuffle(contracts)
        if len(persons) > 1 and self.chance(0.5):
            rng.shuffle(persons)
        # dates to text; sparse forms
        for c in contracts:
            for cl in c["claims"]:
                for name, value in list(cl.items()):
                    if isinstance(value, date):
                        cl[name] = iso(value)
                    elif value in (None, [], 0) and name != "number" and self.chance(0.3):
                        del cl[name]
            if c["claims"] == [] and self.chance(0.5):
                del c["claims"]
        body = {"key": key, "persons": persons, "tariffs": tariffs, "contracts": contracts}
        if self.chance(0.05):
            body["schema"] = 3
            persons[0]["hobby"] = None
            tariffs[0]["colour"] = "blue"
            contract["x"] = [1]
        # notices: the tailored one, and variations of it
        notices = [self.dress(notice, names)]
        for _ in range(self.pick((50, 0), (30, 1), (20, 2))):
            notices.append(self.dress(self.vary(notice, issued, days, claim), names))
        return body, notices

    def vary(self, notice, issued, days, claim):
        other = dict(notice, id=self.number("N"))
        proven = claim["proven_until"] if isinstance(claim.get("proven_until"), date) else issued
        for _ in range(1 if self.chance(0.7) else 2):
            what = self.rng.choice(["until", "until", "until", "final", "issued", "from", "icd"])
            if what == "until":
                until, final = self.notice_times(issued, days, proven)
                other.update(incapacity_until=iso(until), final=final)
            elif what == "final":
                other["final"] = not other["final"] if other["incapacity_until"] is not None else False
            elif what == "issued":
                moved = self.around(issued, 4)
                other.update(issued_on=iso(moved), received_on=iso(moved + timedelta(days=self.rng.randint(0, 4))))
            elif what == "from":
                other["incapacity_from"] = None
            else:
                other["icd"] = self.icd_list(ICD[self.rng.choice(list(ICD))])
        return other

    def dress(self, notice, names):
        """Name variants, absent fields, process field."""
        notice = dict(notice)
        roll = self.rng.random()
        if roll < 0.45:
            notice["last_name"], notice["first_name"] = self.rng.choice(names[1])
        elif roll < 0.48:
            notice["last_name"], notice["first_name"] = self.rng.choice(names[2])
        elif roll < 0.488:
            notice["birth_date"] = self.rng.choice(["1980-03-01", "1979-02-28", notice["birth_date"][:4] + "-07-07"])
        if notice["incapacity_from"] is None and self.chance(0.5):
            del notice["incapacity_from"]
        if notice["final"] is False and self.chance(0.3):
            del notice["final"]
        if notice["icd"] == [] and self.chance(0.4):
            del notice["icd"]
        if self.chance(0.1):
            notice["process"] = "follow_up_sick_note"
        if self.chance(0.03):
            del notice["id"]
        if self.ambiguous and notice["incapacity_until"] is None and self.chance(0.3):
            del notice["incapacity_until"]
        if self.ambiguous and self.chance(0.05):
            notice["final"] = None
        return notice


def json_amount(v):
    return v if isinstance(v, (str, int)) else f"{v:.2f}"


# ------------------------------------------------------------------------------------------------ troubles
# each: (maker, situation, claim, contract, tariff), claim/contract/tariff being the one aimed at
def t_formal(m, s, claim, contract, tariff):
    s["notice"]["formally_correct"] = False


def t_implausible(m, s, claim, contract, tariff):
    n, issued = s["notice"], s["issued"]
    kind = m.rng.randint(0, 5)
    if kind == 0:
        n["received_on"] = iso(issued - timedelta(days=m.rng.randint(0, 2)))
    elif kind == 1:
        n["final"], n["incapacity_until"] = True, None
    elif kind == 2:
        n["incapacity_from"] = iso(issued + timedelta(days=m.rng.choice([2, 3, 3, 4, 4])))
    elif kind == 3 and n["incapacity_until"] and s["until"]:
        n["incapacity_from"] = (
            iso(s["until"] + timedelta(days=m.rng.choice([0, 1]))) if s["until"].year < 9999 else None
        )
    elif kind == 4 and n["incapacity_from"]:
        n["incapacity_until"] = iso(date.fromisoformat(n["incapacity_from"]) - m.rng.randint(0, 1) * DAY)
        n["final"] = m.chance(0.3)
    else:
        n["received_on"] = iso(issued - DAY)


def extra_claim(m, s, claim, cause, person_id, **fields):
    x = m.running_claim(
        s["claim_number"]() or m.rng.choice(["C-5", "C-6"]), person_id, cause, s["issued"], s["deferred"], s["u"], []
    )
    x.update(fields)
    return x


def t_disability(m, s, claim, contract, tariff):
    target = m.rng.choice(s["contracts"])
    person = "P2" if s["other_person"] and m.chance(0.5) else "P1"
    x = extra_claim(
        m,
        s,
        claim,
        "disability",
        person,
        status=m.pick((3, "accepted"), (2, "reported"), (2, "closed"), (2, "declined")),
    )
    if m.chance(0.5):
        x.update(benefit_from=None, benefit_limit=None, proven_until=None, released_until=None)
    target["claims"].append(x)


def t_deceased(m, s, claim, contract, tariff):
    who = s["other_person"] if s["other_person"] and m.chance(0.3) else s["person"]
    who["deceased_on"] = iso(m.around(s["issued"], 10))


def t_onset(m, s, claim, contract, tariff):
    s["notice"]["incapacity_from"] = iso(m.around(claim["onset"], 2))


def t_gap(m, s, claim, contract, tariff):
    claim["proven_until"] = s["issued"] - timedelta(days=m.rng.randint(1, 9))


def t_status(m, s, claim, contract, tariff):
    contract["status"] = m.rng.choice(["cancelled", "expired", "ended"])


def t_arrears(m, s, claim, contract, tariff):
    contract["arrears"] = {
        "reminded_on": iso(s["issued"] - timedelta(days=90)),
        "deadline": iso(m.around(claim["onset"], 5)),
    }


def t_returned(m, s, claim, contract, tariff):
    kind = m.rng.randint(0, 7)
    if kind == 0:
        contract["payee"] = {"name": "B", "iban": "DE02120300000000202051", "blocked_since": iso(s["issued"] - DAY)}
        return
    due = iso(s["issued"] - timedelta(days=200))
    m.counter += 1
    first, second = f"R-{m.counter}-1", f"R-{m.counter}-2"
    claim["instalments"].append({"id": first, "due": due, "amount": "10.00", "status": "returned", "replaces": None})
    if kind in (2, 3):
        claim["instalments"].append(
            {
                "id": second,
                "due": due,
                "amount": "10.00",
                "status": m.rng.choice(["paid", "released", "offset"]),
                "replaces": first,
            }
        )
    elif kind == 4:
        claim["instalments"].append(
            {"id": second, "due": due, "amount": "10.00", "status": "cancelled", "replaces": first}
        )
    elif kind == 5:  # chain: the replacement came back too, and was replaced
        claim["instalments"].append(
            {"id": second, "due": due, "amount": "10.00", "status": "returned", "replaces": first}
        )
        if m.chance(0.6):
            claim["instalments"].insert(0, {"due": due, "amount": "10.00", "status": "paid", "replaces": second})
    elif kind == 6:  # no id, nothing can replace it
        del claim["instalments"][-1]["id"]
        claim["instalments"].append({"due": due, "amount": "10.00", "status": "paid"})
    elif kind == 7:  # replaces itself
        claim["instalments"][-1]["replaces"] = first


def t_recovery(m, s, claim, contract, tariff):
    claim["recovered_on"] = m.around(min(s["u"] if s["until"] is None else s["until"], date(2100, 1, 1)), 1)


def t_beyond(m, s, claim, contract, tariff):
    n = s["notice"]
    if claim["released_until"] is not None:
        n["incapacity_until"] = iso(claim["released_until"] + timedelta(days=m.rng.choice([-1, -1, -2, 0, 1])))
        n["final"] = m.chance(0.9)


def t_recourse(m, s, claim, contract, tariff):
    contract["recourse_open"] = m.money(
        m.rng.choice(["0.01", "100.00", "312.50", "312.51", "450.00", "625.00", "5000.00", "0.00", "150.5", "99"])
    )


def benefit_days_near(m, s, claim):
    """First and last benefit day of another claim, touching or just missing the days to be released."""
    begin = (
        claim["benefit_from"]
        if claim["released_until"] is None
        else max(claim["benefit_from"], claim["released_until"] + DAY)
    )
    kind = m.rng.randint(0, 4)
    if kind == 0:
        return begin - timedelta(days=30), begin - DAY
    if kind == 1:
        return begin - timedelta(days=30), begin
    if kind == 2:
        return m.around(s["u"], 1), s["u"] + timedelta(days=20)
    if kind == 3:
        return begin, None
    return begin + DAY, begin + timedelta(days=m.rng.randint(0, 9))


def t_second_person(m, s, claim, contract, tariff):
    if s["other_person"] is None:
        s["other_person"] = m.person("P2", m.rng.choice([n[0] for n in NAMES]), date(1975, 6, 30))
        s["persons"].append(s["other_person"])
    if "P2" not in contract["insured"]:
        contract["insured"].append("P2")
    first, last = benefit_days_near(m, s, claim)
    contract["claims"].append(
        extra_claim(
            m,
            s,
            claim,
            m.rng.choice(["illness", "unemployment"]),
            "P2",
            benefit_from=first,
            released_until=last,
            status=m.pick((4, "accepted"), (3, "closed"), (1, "declined"), (1, "reported")),
        )
    )
    if m.chance(0.1):
        contract["claims"][-1]["benefit_from"] = None


def t_unemployment(m, s, claim, contract, tariff):
    first, last = benefit_days_near(m, s, claim)
    tariff["unemployment"] = m.cover(30)
    contract["claims"].append(
        extra_claim(
            m,
            s,
            claim,
            "unemployment",
            "P1",
            benefit_from=first,
            released_until=last,
            status=m.pick((3, "accepted"), (4, "closed"), (1, "declined"), (1, "reported")),
        )
    )


def t_dread(m, s, claim, contract, tariff):
    person = "P2" if s["other_person"] and "P2" in contract["insured"] and m.chance(0.5) else "P1"
    contract["claims"].insert(
        m.rng.randint(0, 1),
        extra_claim(
            m,
            s,
            claim,
            m.rng.choice(["dread_disease", "death"]),
            person,
            status=m.pick((3, "accepted"), (2, "reported"), (2, "closed"), (2, "declined")),
            benefit_from=None,
            benefit_limit=None,
            proven_until=None,
            released_until=None,
        ),
    )


def t_amount(m, s, claim, contract, tariff):  # late: after the instalments were made
    if not claim["instalments"] or tariff.get("illness", {}).get("settlement") != "daily":
        for other, c, t in s["live"]:
            if other["instalments"] and t.get("illness", {}).get("settlement") == "daily":
                claim, contract, tariff = other, c, t
    if claim["instalments"]:
        i = m.rng.choice(claim["instalments"][-2:])
        kind = m.rng.randint(0, 3)
        if kind == 0:
            i["amount"] = "1.23"
        elif kind == 1:
            i["status"] = m.rng.choice(["cancelled", "offset", "returned"])
        elif kind == 2:
            contract["instalment"] = "350.00"
        else:
            claim["instalments"].remove(i)


def t_authority(m, s, claim, contract, tariff):
    contract["instalment"] = m.rng.choice(["2500.00", "5000.00", "5000.01", "6000.00", "312.50", "937.50"])
    if m.chance(0.5):
        claim["released_until"] = None
        tariff["illness"].pop("monthly_cap", None)


def t_chapter_o(m, s, claim, contract, tariff):
    if m.chance(0.6):
        claim["icd"] = [m.rng.choice(["O26.8", "o26.8", " O26.83 G"])]
    else:
        claim["icd"] = []
        s["notice"]["icd"] = ["O26.8"]
    if m.chance(0.2):
        s["notice"]["incapacity_until"] = s["notice"]["issued_on"]


def t_no_benefit_left(m, s, claim, contract, tariff):
    if m.chance(0.8):
        contract["end"] = iso(claim["benefit_from"] - timedelta(days=m.rng.choice([0, 1, 1, 5])))
    else:
        claim["benefit_limit"] = claim["benefit_from"] - timedelta(days=m.rng.choice([0, 1, 3]))


def t_no_open(m, s, claim, contract, tariff):
    claim["status"] = m.rng.choice(["reported", "declined", "closed"])
    if claim["status"] == "closed":
        claim["closed_on"], claim["closing_reason"] = s["issued"], "recovered"


def t_ambiguous(m, s, claim, contract, tariff):
    second = copy.deepcopy(claim)
    second["number"] = s["claim_number"]() or "C-7"
    contract["claims"].append(second)


def t_incomplete_open(m, s, claim, contract, tariff):
    target = claim
    if m.chance(0.4):
        tariff["unemployment"] = m.cover(30)
        target = extra_claim(m, s, claim, "unemployment", "P2" if s["other_person"] and m.chance(0.3) else "P1")
        contract["claims"].append(target)
    target[m.rng.choice(["benefit_from", "benefit_limit", "proven_until"])] = None


def t_cover_missing(m, s, claim, contract, tariff):
    if m.chance(0.5):
        tariff.pop("illness", None)
    else:
        tariff["unemployment"] = None
        contract["claims"].append(
            extra_claim(
                m, s, claim, "unemployment", "P1", released_until=None, status=m.pick((3, "accepted"), (1, "closed"))
            )
        )


def t_twin(m, s, claim, contract, tariff):
    twin = dict(
        s["person"],
        id="P7",
        first_name=m.rng.choice(
            [
                s["person"]["first_name"],
                s["person"]["first_name"].split()[0].split("-")[0],
                s["person"]["first_name"] + " Lena",
                s["person"]["first_name"].split()[0].split("-")[0] + "-Lena",
            ]
        ),
    )
    s["persons"].append(twin)
    s["contract"]["insured"].append("P7")
    if m.chance(0.3):
        twin["birth_date"] = "1980-02-28"
    if m.chance(0.3):
        s["notice"]["first_name"] = twin["first_name"]


def t_other_person_named(m, s, claim, contract, tariff):
    if s["other_person"]:
        s["notice"].update(
            last_name=s["other_person"]["last_name"],
            first_name=s["other_person"]["first_name"],
            birth_date=s["other_person"]["birth_date"],
        )


def t_not_insured(m, s, claim, contract, tariff):
    """The named person stands in the file, but is insured under another contract only."""
    outsider = m.person("P9", s["person"]["last_name"] and ("Weiß", "Uwe"), date(1970, 1, 1))
    s["persons"].append(outsider)
    s["notice"].update(last_name="Weiss", first_name="Uwe", birth_date="1970-01-01")


TROUBLES = [
    (2, t_formal),
    (4, t_implausible),
    (3, t_disability),
    (2, t_deceased),
    (4, t_onset),
    (5, t_gap),
    (3, t_status),
    (3, t_arrears),
    (5, t_returned),
    (4, t_recovery),
    (4, t_beyond),
    (15, t_recourse),
    (10, t_second_person),
    (10, t_unemployment),
    (4, t_dread),
    (14, t_amount),
    (6, t_authority),
    (4, t_chapter_o),
    (4, t_no_benefit_left),
    (2, t_no_open),
    (2, t_ambiguous),
    (2, t_incomplete_open),
    (2, t_cover_missing),
    (3, t_twin),
    (1.5, t_other_person_named),
    (0.7, t_not_insured),
]
# those that must come after the history was written
LATE = {t_amount, t_returned, t_incomplete_open, t_cover_missing}


# ------------------------------------------------------------------------------------------------ broken lines
def encode(m, value):
    text = json.dumps(value, ensure_ascii=m.chance(0.5))
    return text.encode("utf-8")


def break_notice(m, notice):
    """Bytes of a notice with an error."""
    n = dict(notice)
    required = ["contract", "last_name", "first_name", "birth_date", "issued_on", "formally_correct", "received_on"]
    kind = m.rng.randint(0, 13)
    if kind == 0:
        return encode(m, n)[: -m.rng.randint(1, 30)]
    if kind == 1:
        return m.rng.choice(
            [b"[]", b'"N-1"', b"5", b"null", b"true", b"{", b"N-1;RS-1", b"{'id': 1}", b'[{"id": "N-1"}]']
        )
    if kind == 2:
        return encode(m, n) + b"\xff"
    if kind == 3:
        n[m.rng.choice(["Final", "remark", "diagnosis", "key", "incapacity_til", "occupation"])] = m.rng.choice(
            [None, "x", 1]
        )
    elif kind == 4:
        del n[m.rng.choice(required)]
    elif kind == 5:
        n[m.rng.choice(required)] = None
    elif kind == 6:
        n[m.rng.choice(["formally_correct", "final"])] = m.rng.choice(["true", 1, 0, "ja"])
    elif kind in (7, 8):
        n[m.rng.choice(["birth_date", "issued_on", "received_on", "incapacity_from", "incapacity_until"])] = (
            m.rng.choice(
                [
                    "2026-02-30",
                    "30.10.2026",
                    "2026-2-3",
                    "2026-10-30T00:00:00",
                    "20261030",
                    "2025-02-29",
                    "",
                    "heute",
                    20261030,
                    "2026-W10-1",
                    "٢٠٢٦-١٠-٣٠",
                    " 2026-10-30",
                    True,
                    "0000-01-01",
                ]
            )
        )
    elif kind == 9:
        n["id"] = m.rng.choice([5, ["N-1"], True])
    elif kind == 10:
        n["contract"] = m.rng.choice([5, ["RS-1"], {"number": "RS-1"}, False])
    elif kind == 11:
        n["process"] = m.rng.choice(["first_sick_note", "follow-up-sick-note", 3])
    elif kind == 12:
        n["icd"] = m.rng.choice(["M54.5", [5], {"code": "M54.5"}, [None], [["M54.5"]]])
    else:
        n[m.rng.choice(["last_name", "first_name"])] = m.rng.choice([7, ["Groß"], True])
    return encode(m, n)


def break_case(m, body):
    """Bytes (one or two lines) of a case file with an error; the named contract stays recognisable."""
    b = copy.deepcopy(body)
    contract = next(c for c in b["contracts"] if c["number"] == b["key"])
    any_contract = m.rng.choice(b["contracts"])
    claims = [c for x in b["contracts"] for c in x.get("claims", [])]
    claim = m.rng.choice(claims)
    instalments = [i for c in claims for i in c.get("instalments", [])]
    kind = m.rng.randint(0, 19)
    if kind == 0:
        return [encode(m, b)[: -m.rng.randint(1, 40)]]
    if kind == 1:
        return [m.rng.choice([b"[]", b'"x"', b"17", b"null"])]
    if kind == 2:
        b["key"] = m.rng.choice([5, None, ["RS-1"]])
    elif kind == 3:
        return [encode(m, b) + b"\xfe"]
    elif kind == 4:
        del b[m.rng.choice(["persons", "tariffs"])]
    elif kind == 5:
        name = m.rng.choice(["tariff", "start", "end", "status", "insured", "instalment", "due_day"])
        if m.chance(0.5):
            del any_contract[name]
        else:
            any_contract[name] = None
    elif kind == 6:
        del claim[m.rng.choice(["number", "person", "cause", "status", "onset"])]
    elif kind == 7:
        what = m.rng.randint(0, 4)
        if what == 0:
            any_contract["status"] = m.rng.choice(["aktiv", "Active", "paused", 1])
        elif what == 1:
            claim["status"] = m.rng.choice(["open", "rejected", "Accepted"])
        elif what == 2:
            claim["cause"] = m.rng.choice(["accident", "Illness", "au"])
        elif what == 3:
            t = m.rng.choice(b["tariffs"])
            (t.get("unemployment") or t.get("illness") or t.setdefault("illness", {}))["settlement"] = "weekly"
        elif instalments:
            m.rng.choice(instalments)["status"] = m.rng.choice(["open", "Paid"])
        else:
            claim["instalments"] = [{"due": "2026-01-01", "amount": "1.00", "status": "planned"}]
    elif kind == 8:
        any_contract["instalment"] = m.rng.choice(
            ["0.00", 0, "-1.00", "312.555", "312,50", "viel", True, -5, 10.125, ["1.00"], ""]
        )
    elif kind == 9:
        any_contract["due_day"] = m.rng.choice([0, 29, 31, "15", True, -1, 1.5])
    elif kind == 10:
        any_contract["insured"] = any_contract["insured"] + ["P-unknown"]
    elif kind == 11:  # two lines with one key
        second = copy.deepcopy(b)
        if m.chance(0.5):
            second = {"key": b["key"]}
        return [encode(m, b), encode(m, second)]
    elif kind == 12:  # the named contract twice
        twice = copy.deepcopy(contract)
        if m.chance(0.5):
            twice["claims"] = []
        b["contracts"].append(twice)
    elif kind == 13:  # the named contract not in the file
        b["contracts"] = [c for c in b["contracts"] if c is not contract]
        if m.chance(0.5):
            b["contracts"].append(dict(copy.deepcopy(contract), number=contract["number"] + "-X"))
        elif m.chance(0.5):
            b["contracts"].append(dict(copy.deepcopy(contract), number=contract["number"].lower()))
    elif kind == 14:
        name = m.rng.choice(
            ["onset", "benefit_from", "benefit_limit", "proven_until", "released_until", "recovered_on", "closed_on"]
        )
        claim[name] = m.rng.choice(["2026-02-30", "1.3.2026", "", 5, "2026-03-01 "])
    elif kind == 15:
        p = m.rng.choice(b["persons"])
        name = m.rng.choice(["first_name", "last_name", "birth_date", "id"])
        if name == "id" or m.chance(0.5):
            p[name] = None
        else:
            p[name] = m.rng.choice([5, True, ["x"]]) if name != "birth_date" else "29.02.1980"
    elif kind == 16:
        covers = [t[x] for t in b["tariffs"] for x in ("illness", "unemployment") if t.get(x)]
        if covers:
            cover = m.rng.choice(covers)
            name = m.rng.choice(["deferred_days", "max_months", "settlement"])
            if m.chance(0.5):
                del cover[name]
            else:
                cover[name] = m.rng.choice(["42", None, True, 1.5]) if name != "settlement" else None
        else:
            del b["tariffs"]
    elif kind == 17:
        any_contract["recourse_open"] = m.rng.choice(["-0.01", "0.001", "null", True, {}])
    elif kind == 18:
        claim["instalments"] = m.rng.choice(
            [
                {},
                [5],
                [{"due": "2026-01-01", "amount": "1.00"}],
                [{"due": "2026-01-01", "status": "paid"}],
                [{"amount": "1.00", "status": "paid"}],
                [{"due": "2026-01-01", "amount": "-1.00", "status": "paid"}],
                [{"due": "2026-01-01", "amount": "1.005", "status": "paid"}],
            ]
        )
    else:
        what = m.rng.randint(0, 3)
        if what == 0:
            b["persons"] = m.rng.choice([{}, "P1", [5], [["P1"]]])
        elif what == 1:
            any_contract["claims"] = m.rng.choice([{}, "none", [7]])
        elif what == 2:
            claim["icd"] = m.rng.choice(["M54.5", [7], {}])
        else:
            # a tariff that is not in the file, under a contract with an open claim of the person (A7)
            contract["tariff"] = "T-unknown"
    return [encode(m, b)]


def make_ambiguous(m, body):
    kind = m.rng.randint(0, 6)
    contract = next(c for c in body["contracts"] if c["number"] == body["key"])
    if kind == 0:
        body["contracts"] = m.rng.choice([None, {}, "x"])
    elif kind == 1:
        body["persons"].append(dict(body["persons"][0]))
    elif kind == 2:
        body["tariffs"].append(copy.deepcopy(body["tariffs"][0]))
    elif kind == 3:
        body["contracts"] += [dict(copy.deepcopy(contract), number="RS-X", claims=[]) for _ in range(2)]
    elif kind == 4 and contract.get("claims"):
        contract["claims"].append(
            {"number": "C-77", "person": "P-nobody", "cause": "illness", "status": "accepted", "onset": "2026-01-01"}
        )
    elif kind == 5 and contract.get("claims"):
        contract["claims"][0]["closing_reason"] = "withdrawn"
    else:
        del contract["number"]


def generate(seed, n, ambiguous=False):
    m = Maker(seed, ambiguous)
    parameters = m.parameters()
    case_lines, notice_lines = [], []
    while len(notice_lines) < n:
        body, notices = m.case()
        if ambiguous and m.chance(0.1):
            make_ambiguous(m, body)
            case_lines.append(encode(m, body))
        elif m.chance(0.035):
            case_lines += break_case(m, body)
        elif not m.chance(0.008):  # else: no case file at all
            case_lines.append(encode(m, body))
        for notice in notices[: n - len(notice_lines)]:
            if m.chance(0.02):
                notice_lines.append(break_notice(m, notice))
            else:
                notice_lines.append(encode(m, notice))
        if ambiguous and m.chance(0.02):
            notice_lines.append(b"")
    if m.chance(0.5):
        m.rng.shuffle(case_lines)
    if m.chance(0.3):
        m.rng.shuffle(notice_lines)
    return case_lines, notice_lines, parameters
