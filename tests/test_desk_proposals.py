"""Proposals at the desk: ticked ones go into the form, nothing is saved by itself, nobody else sees them (P03)."""

import re
import time
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import company, item, need
from watch.companies import find_company
from watch.house import House
from watch.snapshot import snapshot

HERE = "/companies/tind/needs/valves"
FORM = {
    "title": "Tight hydrogen valves", "description": "We have a prototype. <b>Metal seals</b> hold at 700 bar.",
    "include": "graphite", "priority": "4", "language": "en", "status": "active", "confidentiality": "open",
    "act": "propose",
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A paper and three patents that carry one class."""
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch, company(), company("fjell", name="Fjell Hemmelig AS", needs=(need(),)))
    patents = [
        item(
            f"p{n}",
            source="epo",
            kind="patent",
            title=f"Metal seal for a hydrogen valve, {n}",
            codes=("cpc:F16J15/08",),
        )
        for n in range(3)
    ]
    stock(made, item("1"), *patents)
    for login, role, serves in (("bo", "broker", None), ("mia", "mentor", None), ("fia", "broker", ("fjell",))):
        make_person(made, login, role, **({"serves": serves} if serves else {}))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def proposals(browser: Browser) -> tuple[str, str]:
    """Where the proposals of the form stand, and the page once they are worked out."""
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(HERE).text)
    assert seen
    where = browser.post(HERE, HERE, **FORM, seen=seen[1]).headers["location"]
    for _ in range(600):  # the first one of a process compiles for some seconds
        if "<progress" not in (page := browser.get(where).text):
            break
        time.sleep(0.1)
    return where, page


def test_what_is_ticked_goes_into_the_form_and_is_not_saved(app: FastAPI, house: House) -> None:
    bo, before = enter(app), snapshot(house)
    where, page = proposals(bo)
    assert 'name="term" value="Tight hydrogen valves"' in page
    assert 'name="code" value="F16J"' in page
    assert "carried by 3 of the nearest patents" in page
    assert "<q>We have a prototype.</q>" in page
    form = bo.post(where, where, term="Tight hydrogen valves", code="F16J", trl_now="1").text
    assert "It is not saved yet" in form
    assert re.search(r'name="include"[^>]*>\n?graphite\nTight hydrogen valves</textarea>', form)
    assert re.search(r'name="cpc"[^>]*>\n?F16J</textarea>', form)
    assert re.search(r'name="trl_now" value="5"', form)
    assert re.search(r'name="trl_target" value=""', form)
    assert snapshot(house) == before
    seen = re.search(r'name="seen" value="(\w+)"', form)
    assert seen
    bo.post(HERE, HERE, **{**FORM, "include": "graphite", "cpc": "F16J", "act": "save", "seen": seen[1]})
    assert find_company(house, "tind").needs[0].cpc == ("F16J",)


def test_what_was_not_proposed_is_not_taken(app: FastAPI) -> None:
    """Whatever the browser sends; and nothing ticked drops everything."""
    bo = enter(app)
    where, _ = proposals(bo)
    form = bo.post(where, where, term="<script>", code="H01L", trl_target="1").text
    assert "<script>alert" not in form
    assert re.search(r'name="include"[^>]*>\n?graphite</textarea>', form)
    assert re.search(r'name="cpc"[^>]*>\n?</textarea>', form)


def test_they_are_the_brokers_of_the_company(app: FastAPI) -> None:
    """Another company's broker does not find them; a mentor may look, not take over."""
    where, _ = proposals(enter(app))
    assert enter(app, "fia").get(where).status_code == 404
    mia = enter(app, "mia")
    assert 'name="term"' in mia.get(where).text
    assert mia.post(where, "/account", term="x").status_code == 403
    assert enter(app).get("/proposals/none").status_code == 404


def test_a_description_cannot_write_markup_into_the_page(app: FastAPI) -> None:
    assert "<b>Metal seals</b>" not in proposals(enter(app))[1]
