"""The same decision on one cluster at several companies: at all of them or at none, also with keys (P17, P33, F-17)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.browser import CHROMIUM, Watched, chromium, served
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import company, item
from watch import review
from watch.house import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Two companies share an item; each has one of its own."""
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch, company(), company("berg", name="Berg GmbH"))
    for no, key in enumerate(("tind", "berg"), 1):
        stock(made, item("both", title="Seals for two"), item(key, title=f"For {key}"), need_key=f"{key}/valves", no=no)
    for login in ("bo", "ada"):
        make_person(made, login, serves=("tind", "berg"))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def shared(browser: Browser) -> tuple[str, dict[str, str]]:
    """Where the shared item is decided, and the fields of that form with the other company ticked."""
    page = browser.get("/queue").text
    where = re.search(r'data-here="([^"]+)"', page)
    seen, also = re.search(r'name="seen" value="([^"]+)"', page), re.search(r'name="also" value="([^"]+)"', page)
    assert where and seen and also, page[:2000]
    return where[1], {"act": "accept", "seen": seen[1], "also": also[1]}


def test_one_decision_for_both(app: FastAPI, house: House) -> None:
    """Named by the company's name, decided for both."""
    bo = enter(app)
    where, fields = shared(bo)
    assert re.search(r"> (Berg GmbH|Tind Valves AS)</label>", bo.get(where).text)
    assert bo.post(f"{where}/decide", **fields).status_code == 303
    assert review.queue(house).decided == 2
    assert {one.item.title for one in review.queue(house).waiting} == {"For tind", "For berg"}


def test_none_is_decided_where_a_colleague_holds_one_of_them(app: FastAPI, house: House) -> None:
    """Nothing was changed is what is said, and it is true."""
    bo, ada = enter(app), enter(app, "ada")
    where, fields = shared(bo)
    company_key, ref, _ = fields["also"].split(" ")
    assert ada.post(f"/queue/{company_key}/{ref}/claim").status_code == 204
    answer = bo.post(f"{where}/decide", **fields)
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text
    assert review.queue(house).decided == 0


def test_none_is_decided_where_one_was_decided_since(app: FastAPI, house: House) -> None:
    """The page was made before a colleague's decision."""
    bo, ada = enter(app), enter(app, "ada")
    where, fields = shared(bo)
    company_key, ref, seen = fields["also"].split(" ")
    assert ada.post(f"/queue/{company_key}/{ref}/decide", act="reject:other", seen=seen).status_code == 303
    assert bo.post(f"{where}/decide", **fields).status_code == 409
    assert review.queue(house).decided == 1


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as started:
        yield started


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no chromium at {CHROMIUM}: apt-get install chromium")
def test_a_key_decides_while_the_tick_has_the_focus(browser: Chromium, house: House) -> None:
    """A tick takes no letters, so single keys go on; the space bar still sets it."""
    with served(house) as address:
        page = Watched(browser, address, "bo").page
        page.locator("[name=also]").focus()
        page.keyboard.press("Space")
        expect(page.locator("[name=also]")).to_be_checked()
        page.keyboard.press("1")
        expect(page.locator("#said")).to_contain_text("Accepted")
        assert review.queue(house).decided == 2
