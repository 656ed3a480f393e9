"""Two brokers at one desk in real browsers: a claim, a second opinion asked and said, the stop hint, search (P33)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import CHROMIUM, Watched, chromium, served
from tests.desks import hurry, make_person
from tests.houses import make_house, stock
from tests.make import company, item
from watch import review
from watch.house import House

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no chromium at {CHROMIUM}: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch, company())
    stock(made, *(item(str(n), title=f"Seals of kind {n:02}, {n * 7919} cycles") for n in range(1, 14)))
    for login in ("bo", "ada"):
        make_person(made, login)
    return made


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with served(house) as at:
        yield at


def title(page: Page) -> str:
    return page.locator("#item-title").inner_text()


def test_p33_claim_and_second_opinion(browser: Browser, address: str) -> None:
    """What one works on the other is told; a question reaches a named colleague, the answer comes back."""
    bo = Watched(browser, address, "bo").page
    with bo.expect_response("**/claim"):
        bo.goto(f"{address}/queue")
    here = bo.locator("[data-here]").get_attribute("data-here") or ""
    asked_of = title(bo)
    ada = Watched(browser, address, "ada").page
    assert title(ada) != asked_of  # the first that nobody else works on
    ada.goto(address + here)
    expect(ada.locator(".item .alert")).to_contain_text("Bo is deciding this until")
    bo.get_by_text("Ask a colleague").click()
    bo.locator("select[name=of]").select_option(label="Ada (broker)")
    bo.locator("textarea[name=question]").fill("Is this new?")
    bo.get_by_role("button", name="Ask", exact=True).click()
    expect(bo.locator("#said")).to_contain_text("Asked.")
    expect(bo.locator("#rail")).not_to_contain_text(asked_of)
    ada.goto(f"{address}/queue?view=second")
    assert title(ada) == asked_of
    ada.locator("textarea[name=said]").fill("Yes: new.")
    ada.get_by_role("button", name="Say it").click()
    expect(ada.locator("#said")).to_contain_text("is with your colleague")
    bo.goto(f"{address}/queue?view=second")
    expect(bo.locator(".opinions")).to_contain_text("Ada says: Yes: new.")


def test_p33_the_stop_hint_after_a_row_of_rejections(browser: Browser, address: str, house: House) -> None:
    """Nine with keys; the page says how many are left, and an acceptance ends the row."""
    bo = Watched(browser, address, "bo").page
    for _ in range(9):
        before = title(bo)
        bo.keyboard.press("3")
        bo.keyboard.press("1")
        expect(bo.locator("#item-title")).not_to_have_text(before)
        expect(bo.locator("#said button")).to_be_visible()
    bo.goto(f"{address}/queue")
    expect(bo.locator(".hint")).to_contain_text("9 rejections in a row")
    bo.keyboard.press("1")
    expect(bo.locator("#said")).to_contain_text("Accepted")
    bo.goto(f"{address}/queue")
    expect(bo.locator(".hint")).to_have_count(0)
    assert review.queue(house).decided == 10


def test_search_as_one_types_and_by_enter(browser: Browser, address: str) -> None:
    """The / key leads there; the beginning of a word is enough; what waits is linked by the company's name."""
    bo = Watched(browser, address, "bo")
    page = bo.page
    page.keyboard.press("/")
    page.wait_for_url("**/search")
    page.keyboard.type("seals 790")
    expect(page.locator("#found")).to_contain_text("Nothing stored", timeout=10_000)
    for _ in range(3):
        page.keyboard.press("Backspace")
    page.keyboard.type("791")
    expect(page.locator("#found .found li").first).to_be_visible(timeout=10_000)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.get_by_role("link", name="In the queue of Tind Valves AS").first.click()
    expect(page.locator("#item-title")).to_be_visible()
    assert bo.complaints == []
