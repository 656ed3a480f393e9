"""Joint opportunities at the desk: sets, rules with their quotes, who could fill a gap; for their broker only (P42)."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from terms.item import Call, Item, Organisation
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from watch.house import House
from watch.people import find_login, set_preferences

RULE = "The consortium must consist of at least three partners from three different countries."
TEXT = f"Seals for hydrogen at sea. {RULE}"


def call(source_id: str, days: int = 40) -> Item:
    facts = Call(deadlines_at=(NOW + timedelta(days=days),))
    return item(source_id, kind="call", title=f"Call {source_id} <b>x</b>", text=TEXT, language="en", call=facts)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """One call fits all three companies, one fits one; Bo serves two of them, Fia the third."""
    hurry(monkeypatch)
    third = company("fjell", name="Fjell Hemmelig AS", needs=(need(),))
    made = make_house(tmp_path, monkeypatch, company(), company("berg", name="Berg GmbH", country="DE"), third)
    abroad = (Organisation(name="Institutt for Ventiler", country="SE"),)
    for no, key in enumerate(("tind", "berg", "fjell"), 1):
        more = (call("lone"), item("w", title="On metal seals", organisations=abroad)) if key == "tind" else ()
        stock(made, call("wide"), *more, need_key=f"{key}/valves", no=no)
    make_person(made, "bo", serves=("tind", "berg"))
    make_person(made, "fia", serves=("fjell",))
    make_person(made, "mo", "mentor", serves=("tind", "berg"))
    make_person(made, "olga", "operator", serves=("*",))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def settled(browser: Browser, path: str) -> str:
    """The page once it is worked out."""
    for _ in range(60):
        page = browser.get(path).text
        if "every 2s" not in page:
            return page
    raise AssertionError(path)


def test_a_call_with_its_companies_and_its_quoted_rules(app: FastAPI) -> None:
    """Two of three are served: the third is neither named nor counted, and hostile titles are text."""
    page = settled(enter(app), "/joint")
    assert re.findall(r'<h2 id="j-\w+"><a [^>]+>([^<]+)', page) == ["Call wide &lt;b&gt;x&lt;/b&gt;"]
    assert "Tind Valves AS" in page
    assert "Berg GmbH" in page
    assert not re.search("fjell|hemmelig", page, re.I)
    assert "lacking: 1 more partner and 1 more country" in page
    assert f"“{RULE}”" in page
    assert "Call lone" in settled(enter(app), "/joint?single=1")


def test_who_from_outside_could_fill_the_gap(app: FastAPI) -> None:
    """As a page of its own without a script; nothing under a ref that is no joint opportunity of this broker."""
    bo, fia = enter(app), enter(app, "fia")
    link = re.search(r'href="(/joint/\w+/partners)"', settled(bo, "/joint"))
    assert link
    page = settled(bo, link[1])
    assert "Institutt for Ventiler" in page
    settled(fia, "/joint")
    assert fia.get(link[1]).status_code == 404
    assert fia.get("/joint/NOSUCH/partners").status_code == 404


def test_an_empty_page_says_what_to_do(app: FastAPI) -> None:
    """Who serves one company has no two that fit."""
    fia = enter(app, "fia")
    page = settled(fia, "/joint")
    assert "No open call fits two of your companies" in page
    assert 'href="/joint?single=1"' in page
    assert "Call wide" in settled(fia, "/joint?single=1")


@pytest.mark.parametrize("login", ["mo", "olga"])
def test_brokers_only(app: FastAPI, login: str) -> None:
    """Not for mentors, not for operators; not in their menu."""
    browser = enter(app, login)
    assert browser.get("/joint").status_code == 403
    assert "/joint" not in browser.get("/account").text


def test_a_decision_is_seen_at_the_next_look(app: FastAPI, house: House) -> None:
    """What is worked out aside is worked out again: a rejected call is no joint opportunity any more."""
    bo = enter(app)
    link = re.search(r'href="(/queue/berg/\w+)"', settled(bo, "/joint"))
    assert link
    seen = re.search(r'name="seen" value="([^"]+)"', bo.get(link[1]).text)
    assert seen
    assert bo.post(f"{link[1]}/decide", act="reject:too late", seen=seen[1]).status_code == 303
    assert "Call wide" not in settled(bo, "/joint")


def test_rules_in_the_readers_language(app: FastAPI, house: House) -> None:
    """Norwegian words around a quote that stays as the call wrote it."""
    set_preferences(house, find_login(house, "bo").person, language="nb", shortcuts=True)
    page = settled(enter(app), "/joint")
    assert f"“{RULE}”" in page
    assert "at least" not in page.replace(RULE, "")
    assert "mangler: 1 partner til" in page
