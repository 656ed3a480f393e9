"""Blocks of a digest dragged to another place among their own kind; the same by keys and buttons (P35)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import expect

from tests.browser import CHROMIUM, Watched, chromium, served
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import item
from watch import digest, review
from watch.house import House

HERE = "/digests/tind"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """A draft of four lines of evidence."""
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch)
    stock(made, *(item(str(n), title=f"Seals of kind {n:02}, {n * 7919} cycles") for n in range(1, 5)))
    make_person(made, "bo")
    for one in review.queue(made).waiting:
        review.decide(made, one, "accept", broker="Bo")
    digest.draft_all(made)
    return made


def titles(page: str) -> list[str]:
    return re.findall(r'<p class="title">([^<]+)', page)


def move(browser: Browser, what: str) -> int:
    seen = re.search(r'name="seen" value="(\w+)"', browser.get(HERE).text)
    assert seen
    return browser.post(f"{HERE}/move", move=what, seen=seen[1]).status_code


def test_by_several_places_at_once(house: House) -> None:
    """Down by two; past an end is no move; what is no way is refused."""
    bo = enter(make_desk(house))
    page = bo.get(HERE).text
    before, refs = titles(page), re.findall(r'data-block="(\w+)"', page)
    assert move(bo, f"down:2 {refs[0]}") == 303
    assert titles(bo.get(HERE).text) == [before[1], before[2], before[0], before[3]]
    assert move(bo, f"down:9 {refs[0]}") == 303
    assert titles(bo.get(HERE).text) == [before[1], before[2], before[0], before[3]]
    for bad in ("down:x", "down:-1", "down:٣", "down:10000", "aside:1"):
        assert move(bo, f"{bad} {refs[0]}") == 400, bad


def test_lines_of_the_archive_lead_back_to_their_bytes(house: House) -> None:
    """Each line of what was sent has its explanation."""
    bo = enter(make_desk(house))
    refs = re.findall(r'data-block="(\w+)"', bo.get(HERE).text)
    digest.approve(house, "tind", by="Bo")
    page = bo.get("/archive/tind/2026-W48").text
    assert re.findall(r'href="/explain/(\w+)"', page) == refs


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with chromium() as started:
        yield started


@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no chromium at {CHROMIUM}: apt-get install chromium")
def test_with_a_mouse(browser: Chromium, house: House) -> None:
    """The first is dropped below the third; it lands there, is focused, and the page complains of nothing."""
    with served(house) as address:
        bo = Watched(browser, address, "bo")
        page = bo.page
        page.set_viewport_size({"width": 1280, "height": 1600})
        page.goto(address + HERE)
        first, third = page.locator("[data-block]").nth(0), page.locator("[data-block]").nth(2)
        title = first.locator(".title").inner_text()
        box = third.bounding_box()
        assert box
        first.locator("[data-grip]").hover()
        page.mouse.down()
        page.mouse.move(box["x"] + 60, box["y"] + box["height"] - 4)
        expect(third).to_have_class(re.compile("after"))
        with page.expect_navigation():
            page.mouse.up()
        expect(page.locator("[data-block] .title").nth(2)).to_have_text(title)
        assert title in page.evaluate("document.activeElement.innerText")
        assert bo.complaints == []
