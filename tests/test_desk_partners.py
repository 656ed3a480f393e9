"""Outside partners at the desk: organisations with evidence for a need one serves, and for no other (P41, P34)."""

import re
import time
from pathlib import Path

import pytest
from fastapi import FastAPI

from terms.item import Organisation, Person
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import company, item, need
from watch.house import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    paused = need("old", title="Old gaskets", status="paused")
    rock = need(title="Boring i granitt", description="Kroner som tåler granitt.", language="nb")
    every = (company(needs=(need(), paused)), company("fjell", name="Fjell Hemmelig AS", needs=(rock,)))
    made = make_house(tmp_path, monkeypatch, *every)
    who = (Organisation(name="Institutt <b>for</b> Ventiler", country="NO"),)
    people = (Person(name="Kari Forsker"),)
    papers = [item(str(n), title=f"Metal seals of hydrogen valves {n}", organisations=who, people=people)
              for n in range(2)]  # fmt: skip
    stock(made, *papers)
    make_person(made, "bo")
    make_person(made, "mo", "mentor")
    make_person(made, "fia", serves=("fjell",))
    make_person(made, "nil", serves=())
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def settled(browser: Browser, path: str) -> str:
    for _ in range(80):
        page = browser.get(path).text
        if "every 2s" not in page:
            return page
        time.sleep(0.1)
    raise AssertionError(path)


@pytest.mark.parametrize("login", ["bo", "mo"])
def test_organisations_with_their_evidence_and_no_person(app: FastAPI, login: str) -> None:
    """Hostile names are text; what speaks for each is linked; nobody is named as a person."""
    page = settled(enter(app, login), "/partners?need=tind/valves")
    assert "Institutt &lt;b&gt;for&lt;/b&gt; Ventiler" in page
    assert 'href="https://journal.example/' in page
    assert "Kari" not in page


def test_only_needs_of_ones_own_companies(app: FastAPI) -> None:
    """By its key, by a key there is not, by a company alone; the list offers active needs only."""
    fia = enter(app, "fia")
    for wanted in ("tind/valves", "fjell/nosuch", "fjell", "nosuch/valves", "../x"):
        assert fia.get(f"/partners?need={wanted}").status_code == 404, wanted
    assert re.findall(r'<option value="([^"]+)"', enter(app).get("/partners").text) == ["tind/valves"]
    assert "Choose a need" in fia.get("/partners").text


def test_empty_pages_say_what_to_do(app: FastAPI) -> None:
    """Nobody found; no company served."""
    assert "varde collect cordis ror" in settled(enter(app, "fia"), "/partners?need=fjell/valves")
    assert 'href="/companies"' in enter(app, "nil").get("/partners").text
