"""Incidents have an owner and a state that people set; nothing is settled for good, nothing is of others (P36, P34)."""

from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from ledger import incidents
from ledger.incidents import key_of
from terms.incident import Incident
from tests.desks import enter, hurry, make_desk, make_person
from tests.houses import make_house
from tests.make import NOW, company, need
from watch.house import House
from watch.people import find_login

SOURCE = Incident(where="source:arxiv", level="error", message="no <b>answer</b>", facts={"status": "503"})
OTHERS = Incident(where="digest:fjell", message="a digest is due")
OLD = Incident(where="digests", message="an old one")
PAGE, HIDDEN = f"/incidents/{key_of(SOURCE)}", f"/incidents/{key_of(OTHERS)}"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch, company(), company("fjell", name="Fjell Hemmelig AS", needs=(need(),)))
    note(made, [SOURCE, OTHERS], 0)
    note(made, [OLD], -9)
    make_person(made, "bo")
    make_person(made, "ada")
    make_person(made, "mo", "mentor")
    make_person(made, "fia", serves=("fjell",))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def note(house: House, found: list[Incident], days: float) -> None:
    """Seen so many days from now."""
    with house.ledger.write() as connection:
        incidents.note_incidents(connection, found, at=NOW + timedelta(days=days), run=f"r{days}")


def row(page: str, words: str) -> str:
    """The row of the list that holds these words."""
    return next(part for part in page.split("<tr>") if words in part)


def test_an_owner_and_a_state_are_set_and_stay_on_record(app: FastAPI, house: House) -> None:
    """What needs somebody stands first; each step keeps its note, its author and its time."""
    bo, ada = enter(app), find_login(house, "ada").person.person_key
    page = bo.get("/incidents").text
    assert "going on" in row(page, "&lt;b&gt;answer")
    assert "not seen for a week" in row(page, "an old one")
    done = bo.post(PAGE, state="in hand", owner=ada, note="Asked  the publisher.")
    assert done.headers["location"] == f"{PAGE}?done=1"
    bo.post(PAGE, state="settled", owner=ada, note="Answers again.")
    page = bo.get(PAGE).text
    assert page.index("Answers again.") < page.index("Asked the publisher.")
    listed = bo.get("/incidents").text
    assert "settled" in row(listed, "&lt;b&gt;answer")
    assert "Ada" in row(listed, "&lt;b&gt;answer")
    assert listed.index("an old one") < listed.index("&lt;b&gt;answer")
    with house.ledger.read() as connection:
        rows = connection.exec_driver_sql("select who from audit where what = 'took care of incident'").fetchall()
    assert len(rows) == 2


def test_what_is_settled_and_seen_again_is_back(app: FastAPI, house: House) -> None:
    """On top, and said so."""
    bo = enter(app)
    bo.post(PAGE, state="settled")
    note(house, [SOURCE], 1)
    page = bo.get("/incidents").text
    assert "back after it was settled" in row(page, "&lt;b&gt;answer")
    assert page.index("&lt;b&gt;answer") < page.index("an old one")


def test_nothing_of_others(app: FastAPI, house: House) -> None:
    """Neither an incident of another's company, nor a note that names it, nor a colleague who shares none."""
    bo, fia = enter(app), enter(app, "fia")
    answers = {bo.get(path).text for path in (HIDDEN, f"/incidents/{'0' * 64}")}
    assert len(answers) == 1
    assert bo.get(HIDDEN).status_code == 404
    assert bo.post(HIDDEN, state="settled").status_code == 404
    assert fia.get(HIDDEN).status_code == 200
    assert "Bo" not in fia.get(HIDDEN).text
    stranger = find_login(house, "bo").person.person_key
    assert fia.post(HIDDEN, state="in hand", owner=stranger).status_code == 404
    fia.post(PAGE, state="in hand", note="Fjell waits for it.")
    assert "Fjell waits" in fia.get(PAGE).text
    assert "Fjell" not in bo.get(PAGE).text


def test_who_reads_only_changes_nothing(app: FastAPI) -> None:
    """Mentors see and set nothing; a state there is not is refused."""
    mo = enter(app, "mo")
    assert "<select" not in mo.get(PAGE).text
    assert mo.post(PAGE, state="settled").status_code == 403
    assert enter(app).post(PAGE, state="gone").status_code == 400
    assert enter(app).post(PAGE, state="open", note="x" * 2_001).status_code == 400
