"""Helpers of the tests of members: case files, notices, and a world in which they are loaded, received and worked."""

from __future__ import annotations

from datetime import date
from typing import Any

from work_support import Thing, World, write_lines

ON = date(2026, 11, 23)
#: valid tax IDs, none of them anybody's (facts.md)
TAX_IDS = ("86095742719", "65929970489", "57549285017", "36574261809")
OWN_IBAN, OTHER_IBAN = "DE02120300000000202051", "DE44500105175407324931"
NOTICES: dict[str, Thing] = {
    "tax_id": {"tax_id": TAX_IDS[0]},
    "sepa_mandate": {
        **{"iban": OWN_IBAN, "own_account": True, "recurrence": "recurring", "signed_on": "2026-11-22"},
        "mandate_text": "2026-1",
    },
    "accident": {
        **{"accident": True, "occurred_on": "2026-10-12", "setting": "private", "kind": "traffic"},
        **{"third_party_involved": True, "own_fault": False, "severity": "hospital", "answers": {"kind": "traffic"}},
    },
}


def member(who: int, /, *mandates: Thing, **changes: Any) -> Thing:
    """The case file of member ``M-n``, with a name and birth date of their own."""
    own = {
        **{"number": f"M-{who}", "salutation": "Frau", "first_name": f"Vorname{who}"},
        **{"last_name": f"Nachname{who}", "birth_date": f"{1950 + who % 50}-03-02", "street": "Domstr."},
        **{"house_number": "1", "postal_code": "50667", "city": "Köln", "country": "DE"},
    }
    return {"key": f"M-{who}", "member": own | changes, "mandates": list(mandates)}


def mandate(reference: str, **changes: Any) -> Thing:
    """An active recurring mandate for another account."""
    usual = {"iban": OTHER_IBAN, "recurrence": "recurring", "signed_on": "2025-01-15", "status": "active"}
    return {"reference": reference} | usual | changes


def notice(process: str, number: int, *, name: str | None = None, **changes: Any) -> Thing:
    """The usual notice of a process, of member ``M-n``."""
    who = member(number)["member"]
    known = {field: who[field] for field in ("first_name", "last_name", "birth_date")}
    signed = {"signed_name": f"{who['first_name']} {who['last_name']}"} if process == "sepa_mandate" else {}
    own = {
        "id": name or f"{process}-{number}",
        "process": process,
        "member": who["number"],
        "received_on": "2026-11-22",
    }
    return own | known | NOTICES[process] | signed | changes


class Members(World):
    """A database with members."""

    def load(self, *lines: Thing) -> None:
        """Load case files of members."""
        assert self.refusals(*lines) == []

    def refusals(self, *lines: Thing) -> list[str]:
        """Load case files of members; the sentences about those that are refused."""
        self.enter()
        from dunkelwerk.lines.members.intake import load_files

        faults: list[str] = []
        path = write_lines(self.folder / "members.jsonl", lines)
        load_files([path], actor="test", complain=faults.append, advance=lambda count: None)
        return faults

    def work(self, **options: Any) -> Any:
        """Work until nothing waits, on the day of these tests."""
        return super().work(**{"on": ON.isoformat(), **options})

    def case_files(self) -> dict[str, Thing]:
        """The case files as they stand, by member number."""
        self.enter()
        import json

        from dunkelwerk.infra.snapshot import snapshot
        from dunkelwerk.lines.members.queries import case_file_lines

        with snapshot():
            lines = [json.loads(line) for batch in case_file_lines() for line in batch]
        return {line["key"]: line for line in lines}

    def proposal(self, name: str) -> int:
        """The pending proposal about a notice."""
        where = f"n.external_id = '{name}' AND p.state = 'pending'"
        found: int = self.value(f"SELECT p.id FROM proposal p JOIN notice n ON n.id = p.notice WHERE {where}")
        return found

    def item(self, name: str, task: str = "referral") -> int:
        """The work item of a task that came from a notice."""
        decided = (
            f"(SELECT d.id FROM decision_record d JOIN notice n ON n.id = d.notice WHERE n.external_id = '{name}')"
        )
        found: int = self.value(f"SELECT id FROM work_item WHERE task = '{task}' AND decision IN {decided}")
        return found

    def decision(self, name: str) -> int:
        """The decision on a notice."""
        found: int = self.value(f"SELECT decision FROM notice WHERE external_id = '{name}'")
        return found

    def reverse(self, name: str) -> None:
        """Reverse the decision on a notice, with everything that builds upon it, by two persons."""
        self.enter()
        from dunkelwerk.runner import reversing, second_check
        from dunkelwerk.runner.acting import Person

        clerk, examiner = (Person(each, ON, "aus gutem Grund") for each in ("lang", "berg"))
        chain = reversing.find_with_following(reversing.Wanted(decisions=[self.decision(name)]))
        proposed = reversing.propose(chain, clerk)
        assert proposed.refused == {}
        for each in proposed.proposals:
            assert second_check.confirm(each, examiner).state == "confirmed"

    def confirm(self, name: str) -> str:
        """Confirm the proposal about a notice; its state."""
        self.enter()
        from dunkelwerk.runner import second_check
        from dunkelwerk.runner.acting import Person

        return second_check.confirm(self.proposal(name), Person("weber", ON, "geprüft")).state
