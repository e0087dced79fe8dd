"""Nothing personal is printed or logged by what deletes, holds and discloses, nor by what clerks do in own words."""

from __future__ import annotations

from pathlib import Path

import pytest
from retention_support import close_claim
from test_silence import WHO, Terminal, assert_silent, sick_household
from work_support import TODAY, World, household, note, write_lines

WORDS = "Frau Wolkenstein, geboren 13.07.1961, hat F43.2"
#: the server quotes the row in every field it has
TALKATIVE = """
    CREATE FUNCTION talk() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE it text := (SELECT string_agg(last_name || ' ' || birth_date, ' ') FROM person);
    BEGIN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = {message}, DETAIL = it, HINT = it; END $$
"""


def fill(world: World) -> Terminal:
    """A referred and a settled notice, a closed claim, and a proposal."""
    sick = sick_household()
    sick["persons"][0] |= {"house_number": "7", "postal_code": "50667", "city": "Köln", "salutation": "Herr"}
    world.load(sick, household(2), household(3))
    world.receive(note(1, **WHO, icd=["F43.2"]), note(2, formally_correct=False), note(3))
    world.work(dispositions={"formally_defective": "second_check"})
    return Terminal(world.url)


def test_a_life_from_letter_to_deletion(world: World, tmp_path: Path) -> None:
    terminal = fill(world)
    actor = ("--actor", "d.schutz", "--reason", WORDS)
    terminal.run("letters", "render", "--out", tmp_path / "letters", "--on", TODAY, code=0)
    terminal.run("proposals", "list", code=0)
    terminal.run("work-items", "list", code=0)
    terminal.run("decisions", "find", code=0)
    terminal.run("proposals", "discard", 1, *actor, "--on", TODAY, code=0)
    terminal.run("replay", code=0)
    terminal.run("persons", "disclose", "P-1", *actor, "--out", tmp_path / "out", "--on", TODAY, code=0)
    terminal.run("persons", "disclose", "P-1", *actor, "--out", tmp_path / "out", "--on", TODAY, code=1)
    terminal.run("persons", "disclose", "P-9", *actor, "--out", tmp_path / "no", code=1)
    terminal.run("retention", "hold", "add", "--person", "P-1", *actor, code=0)
    terminal.run("retention", "hold", "add", "--person", "P-1", *actor, code=1)
    terminal.run("retention", "hold", "list", code=0)
    world.run("UPDATE notice SET received_at = '2026-11-02'")
    close_claim(world, 1)
    run = ("retention", "run", "--actor", "d.schutz", "--on", "2126-01-01")
    terminal.run(*run, "--dry-run", code=0)
    terminal.run(*run, code=0)
    assert "N-1" in world.states()
    terminal.run("retention", "hold", "lift", 1, *actor, code=0)
    terminal.run(*run, code=0)
    assert "N-1" not in world.states()
    terminal.run("check", code=0)
    assert_silent(terminal.said, terminal.log())
    assert "Traceback" not in terminal.said
    page = (tmp_path / "out" / "auskunft.html").read_text("utf-8")
    assert "Wolkenstein" in page


@pytest.mark.parametrize("state", ["23514", "42501", "XX000", "53100", "22003"])
def test_a_server_that_quotes_what_it_should_delete(world: World, state: str) -> None:
    terminal = fill(world)
    world.run(
        "UPDATE notice SET received_at = '2026-11-02', state = 'handled' WHERE state = 'proposed'",
        "UPDATE proposal SET state = 'discarded'",
        "UPDATE work_item SET state = 'done'",
        TALKATIVE.format(state=state, message="'no space'" if state == "53100" else "it"),
        "CREATE TRIGGER talk BEFORE DELETE ON notice FOR EACH ROW EXECUTE FUNCTION talk()",
    )
    terminal.run("retention", "run", "--actor", "d.schutz", "--on", "2126-01-01", code=1)
    assert_silent(terminal.said, terminal.log())
    assert "Traceback" not in terminal.said


def test_a_changed_record_is_named_by_its_number(world: World, tmp_path: Path) -> None:
    terminal = fill(world)
    world.run("UPDATE notice SET payload = set_byte(payload, 40, get_byte(payload, 40) # 1)")
    terminal.run("persons", "disclose", "P-1", "--actor", "d.schutz", "--out", tmp_path / "out", code=1)
    assert "notice:scan:N-1:1" in terminal.said
    assert_silent(terminal.said, terminal.log())


def test_impossible_terms_and_texts(world: World, tmp_path: Path) -> None:
    terminal = fill(world)
    bad = write_lines(tmp_path / "bad.yaml", [{"voucher": WORDS}])
    terminal.run("retention", "run", "--actor", "d.schutz", "--terms", bad, code=2)
    terminal.run("persons", "disclose", "P-1", "--actor", "d.schutz", "--texts", bad, code=2)
    assert_silent(terminal.said, terminal.log())
