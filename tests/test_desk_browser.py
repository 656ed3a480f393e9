"""The desk in a real browser: worked off with keys alone, light and dark; no complaint, no other host (P30, F-23)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from terms.item import Call
from tests.browser import CHROMIUM, Watched, chromium, served
from tests.desks import hurry, make_person
from tests.houses import make_house, stock
from tests.make import NOW, item
from watch import digest, review
from watch.companies import find_company
from watch.house import House
from watch.people import find_login, set_preferences

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no chromium at {CHROMIUM}: apt-get install chromium"),
]
KEYS = ("1", "2", ("3", "2"), ("h", "1"), "1", ("3", "6"), "2", "1", ("h", "3"), "1")


PAGES = (
    "/queue", "/queue?view=closing", "/queue?view=second", "/search?q=seals", "/account", "/nothing", "/digests",
    "/digests/tind", "/digests/tind?view=text", "/archive", "/outbox", "/closing", "/closing/tind",
    "/projects", "/companies", "/companies/tind",
    "/companies/tind/needs/valves", "/companies/tind/add-need", "/sources", "/sources/journal", "/runs", "/incidents",
    "/learning",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    made = make_house(tmp_path, monkeypatch)
    items = [item(str(n), title=f"Seals of kind {n:02}, {n * 7919} cycles") for n in range(1, 15)]
    call = item("c", kind="call", title="Call for seals", call=Call(deadlines_at=(NOW + timedelta(days=9),)))
    stock(made, *items, call)
    for login in ("bo", "ada"):
        make_person(made, login)
    return made


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with served(house) as at:
        yield at


def title(page: Page) -> str:
    return page.locator("#item-title").inner_text()


def press(page: Page, keys: str | tuple[str, ...]) -> None:
    """Keys that decide; waits until the next one stands there and the desk has answered."""
    before = title(page)
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("#item-title")).not_to_have_text(before)
    expect(page.locator("#said button")).to_be_visible()


def test_ten_opportunities_with_keys_alone_and_one_undone(browser: Browser, address: str, house: House) -> None:
    """P30: no mouse, no page load; focus stays with the work and the outcome is announced."""
    bo = Watched(browser, address, "bo")
    seen = []
    for keys in KEYS:
        seen.append(title(bo.page))
        press(bo.page, keys)
        assert bo.page.evaluate("document.activeElement.id") == "item-title"
    assert len(set(seen)) == len(KEYS)
    assert review.queue(house).decided == len(KEYS)
    assert "Accepted" in bo.page.locator("#said").inner_text()
    bo.page.keyboard.press("z")
    expect(bo.page.locator("#item-title")).to_have_text(seen[-1])
    assert review.queue(house).decided == len(KEYS) - 1
    assert bo.complaints == []


def test_a_second_broker_hears_of_the_conflict(browser: Browser, address: str) -> None:
    """F-17: what was shown ahead of the answer is taken back, and said."""
    bo, ada = Watched(browser, address, "bo"), Watched(browser, address, "ada")
    held = title(bo.page)
    ada.page.goto(bo.page.locator("#rail a").first.evaluate("link => link.href"))
    assert title(ada.page) == held
    press(bo.page, "1")
    ada.page.keyboard.press("2")
    expect(ada.page.locator("#said")).to_contain_text("Nothing was changed: Bo: accept")
    expect(ada.page.locator("#item-title")).to_have_text(held)
    assert [c for c in ada.complaints if "409" not in c] == []


def test_moving_noting_helping_and_switching_keys_off(browser: Browser, address: str, house: House) -> None:
    """j, k, n, ?, Escape; with shortcuts switched off a key does nothing."""
    bo = Watched(browser, address, "bo")
    first = title(bo.page)
    bo.page.keyboard.press("j")
    expect(bo.page.locator("#item-title")).not_to_have_text(first)
    bo.page.keyboard.press("k")
    expect(bo.page.locator("#item-title")).to_have_text(first)
    bo.page.keyboard.press("?")
    expect(bo.page.locator("#keys")).to_be_visible()
    bo.page.keyboard.press("Escape")
    bo.page.keyboard.press("n")
    bo.page.keyboard.type("1 and 2 are words here")
    bo.page.keyboard.press("Escape")
    press(bo.page, "1")
    assert review.queue(house).decided == 1
    set_preferences(house, find_login(house, "bo").person, language="en", shortcuts=False)
    bo.page.reload()
    bo.page.keyboard.press("1")
    bo.page.wait_for_timeout(300)
    assert review.queue(house).decided == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_f_23_no_serious_finding_on_any_page(browser: Browser, address: str, scheme: str) -> None:
    """axe-core, and no sideways scrolling at 360 px and at 200 %."""
    bo = Watched(browser, address, "bo", scheme)
    for path in PAGES:
        bo.page.goto(address + path)
        assert bo.serious() == [], path
        for width in (360, 640):  # 640 px is a window of 1280 at 200 %
            bo.page.set_viewport_size({"width": width, "height": 740})
            assert bo.page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        bo.page.set_viewport_size({"width": 1280, "height": 740})
    assert [c for c in bo.complaints if "404" not in c] == []


def test_a_need_is_edited_and_a_digest_ordered_and_approved_with_keys(
    browser: Browser, address: str, house: House
) -> None:
    """P02, P35: a block moves by Shift and an arrow, a test mail aside; then nothing can be moved any more."""
    for one in review.queue(house).waiting[:3]:
        review.decide(house, one, "accept", broker="Bo")
    digest.draft_all(house)
    bo = Watched(browser, address, "bo")
    page = bo.page
    page.goto(f"{address}/digests/tind")
    first = page.locator(".block .title").first.inner_text()
    page.keyboard.press("j")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".block .title").nth(1)).to_have_text(first)
    assert page.evaluate("document.activeElement.innerText.includes(document.querySelectorAll('.title')[1].innerText)")
    expect(page.frame_locator("iframe").locator("h1")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("#said")).to_contain_text("Approved")
    assert page.locator("[data-down]").count() == 0
    page.goto(f"{address}/companies/tind/needs/valves")
    page.fill("[name=title]", "Valves that stay tight")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.locator("#said")).to_contain_text("1 needs got a new version")
    assert find_company(house, "tind").needs[0].title == "Valves that stay tight"
    assert bo.complaints == []
