"""Sources, runs, incidents and learning at the desk: plots with tables, nothing of others' companies (P34, P36)."""

import re
import time
from pathlib import Path

import pytest
from fastapi import FastAPI

from desk.frame import draw
from ledger import incidents
from terms.incident import Incident
from tests.desks import enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from warehouse.checks import Checked
from watch.desk_learning import Lesson
from watch.desk_sources import bars
from watch.desk_trial import Work
from watch.house import House

TROUBLE = (
    Incident(where="source:arxiv", level="error", message="no answer", facts={"status": "503"}),
    Incident(where="digest:fjell", message="a digest is due", facts={"digest": "fjell/2026-W48/digest"}),
    Incident(where="digests", level="error", message="a mail's delivery is unknown", facts={"mail": "fjell/2026-W48"}),
    Incident(where="digests", message="refused", facts={"detail": "ola@fjell.example said no"}),
    Incident(where="digests", message="a card for Fjell Hemmelig AS", facts={}),
    Incident(where="answers:tind", message="a reader asks for more", facts={"broker": "Bo Broker"}),
)


LESSON = Lesson("tind", "tind/valves", 40, 0.8, 0.5, "on", 12, "0.01–0.20")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch, company(), company("fjell", name="Fjell Hemmelig AS", needs=(need(),)))
    stock(made, item("1", source="arxiv"))
    with made.ledger.write() as connection:
        incidents.note_incidents(connection, TROUBLE, at=NOW, run="r1")
    make_person(made, "bo")
    make_person(made, "olga", "operator", serves=("*",))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def test_sources_worst_first_and_one_over_time(app: FastAPI) -> None:
    """A plot made here, and the same numbers as a table."""
    bo = enter(app)
    rows = re.findall(r'<a href="(/sources/\w+)">', bo.get("/sources").text)
    assert rows[0] == "/sources/arxiv"
    page = bo.get(rows[0]).text
    assert page.count("<rect") == 1
    assert '<th scope="row">23 Nov 2026' in page
    assert "never collected" in bo.get("/sources").text
    assert "It was never collected" in bo.get(rows[1]).text
    assert "arxiv" in bo.get("/runs").text
    assert bo.get("/sources/nosuch").status_code == 404


def test_bars_keep_their_share() -> None:
    """Oldest first, the tallest is the most, none vanishes."""
    runs = [Checked("s", str(n), state, NOW, n, 0, {}, "", ()) for n, state in ((40, "complete"), (0, "failed"))]
    oldest, newest = bars(runs, 40)
    assert (oldest.height, oldest.is_bad) == (1.0, True)
    assert (newest.x, newest.y, newest.height, newest.is_bad) == (10.0, 0.0, 80.0, False)


def test_incidents_of_others_are_not_there(app: FastAPI) -> None:
    """By key, by address, by name; who serves all sees all."""
    mine, every = enter(app).get("/incidents").text, enter(app, "olga").get("/incidents").text
    assert "no answer" in mine
    assert "a reader asks for more" in mine
    assert not re.search("fjell|hemmelig", mine, re.I)
    assert every.count('<th scope="row">') == len(TROUBLE)
    assert every.index("no answer") < every.index("a digest is due")


def test_learning_of_ones_own_needs(app: FastAPI) -> None:
    """Worked out aside; a plot and its table."""
    bo = enter(app)
    for _ in range(100):
        page = bo.get("/learning", hx_request="true").text
        if "hx-trigger" not in page:
            break
        time.sleep(0.3)
    assert "tind/valves" in page
    assert "waits for more decisions" in page
    assert "fjell" not in page
    assert "<rect" not in page  # nothing to compare yet


def test_what_was_learned_is_a_plot_with_its_table() -> None:
    """Both bars of a need that can be compared."""
    work = Work("", outcome=[LESSON])
    work.done.set()
    page = bytes(draw("learning_part.html", "nb", {"work": work, "rows": [LESSON]}).body).decode()
    assert re.findall(r'width="([\d.]+)" height="9"', page) == ["170.0", "272.0"]
    assert '<td class="num">0.80</td><td class="num">0.50</td>' in page
