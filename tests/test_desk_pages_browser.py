"""The network's, the engagement's and the people's pages in a real browser, with something on each of them (F-23)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect

from ledger import incidents
from ledger.incidents import key_of
from terms.incident import Incident
from terms.item import Call, Organisation
from tests.browser import CHROMIUM, Watched, chromium, served
from tests.desks import hurry, make_person
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from watch.house import House
from watch.inside import inside_pairs
from watch.joint import broker_scope
from watch.outcomes import add_outcome
from watch.people import find_login
from watch.review import decide, opportunity_ref, queue

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no chromium at {CHROMIUM}: apt-get install chromium"),
]
TROUBLE = Incident(where="source:arxiv", level="error", message="no answer", facts={"status": "503"})
RULE = "The consortium must consist of at least three partners from three different countries."
SEEKS = need(title="Sealing by laser welding", description="Metal seals by laser welding of thin foils.")
PAGES = (
    "/queue?view=exploration", "/partners?need=tind/valves", "/joint", "/joint?single=1", "/pairs", "/pairs/{pair}",
    "/map", "/map?show=partner", "/engagements",
    "/companies/tind/engagement", "/network-report", "/incidents", "/incidents/{incident}",
)  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Two companies with a joint call, a pair, shared partners, outcomes and an incident."""
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        can = company("berg", name="Berg GmbH", country="DE", competences=("laser welding of thin metal foils",))
        made = make_house(tmp_path_factory.mktemp("pages"), patch, company(needs=(SEEKS.model_copy(
            update={"id": "valves"}),)), can)  # fmt: skip
        who = (Organisation(name="SINTEF", country="NO"),)
        for no, key in enumerate(("tind", "berg"), 1):
            facts = Call(deadlines_at=(NOW + timedelta(days=40),))
            shared = item("c", kind="call", title="Call for seals", text=RULE, language="en", call=facts)
            papers = [item(f"{key}{n}", title=f"Paper {n} of {key}", organisations=who) for n in range(2)]
            stock(made, shared, *papers, need_key=f"{key}/valves", no=no)
        first = next(one for one in queue(made, "tind").waiting if one.item.kind == "publication")
        decide(made, first, "accept", broker="Bo")
        scope = broker_scope(made, None)
        for step in ("conversation", "application"):
            add_outcome(made, scope, opportunity_ref(first), step, who="Bo")
        with made.ledger.write() as connection:
            incidents.note_incidents(connection, [TROUBLE], at=NOW, run="r")
        make_person(made, "bo", serves=("tind", "berg"))
        make_person(made, "olga", "operator", serves=("*",))
        yield made


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    with served(house) as at:
        yield at


def inspect(bo: Watched, path: str) -> None:
    """No serious finding, nothing wider than a phone, nor than a window at 200 %."""
    bo.page.goto(bo.address + path)
    expect(bo.page.locator("[hx-trigger*=every]")).to_have_count(0, timeout=20_000)
    assert bo.serious() == [], path
    for width in (360, 640):
        bo.page.set_viewport_size({"width": width, "height": 740})
        assert bo.page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    bo.page.set_viewport_size({"width": 1280, "height": 740})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_f_23_no_serious_finding_on_the_new_pages(browser: Browser, house: House, address: str, scheme: str) -> None:
    """axe-core, 360 px and 200 %, no complaint of the browser, no other host."""
    pair = inside_pairs(house, broker_scope(house, "bo"))[0].pair.pair_key
    bo = Watched(browser, address, "bo", scheme)
    for path in PAGES:
        inspect(bo, path.format(pair=pair, incident=key_of(TROUBLE)))
    assert bo.complaints == []
    olga = Watched(browser, address, "olga", scheme)
    for path in ("/people", f"/people/{find_login(house, 'bo').person.person_key}"):
        inspect(olga, path)
    assert olga.complaints == []


def test_the_menu_folds_on_a_phone(browser: Browser, address: str) -> None:
    """A button opens it by keyboard, Escape closes it and gives the focus back."""
    page = Watched(browser, address, "bo").page
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{address}/runs")
    fold, menu = page.get_by_role("button", name="Menu"), page.locator("#menu")
    expect(menu).to_be_hidden()
    expect(page.get_by_role("navigation", name="Watch").get_by_role("link", name="Incidents")).to_be_visible()
    fold.focus()
    page.keyboard.press("Enter")
    expect(menu).to_be_visible()
    expect(fold).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(fold).to_be_focused()


def test_an_outcome_and_an_owner_by_keyboard_forms(browser: Browser, address: str) -> None:
    """What is said after each is announced in the live region."""
    bo = Watched(browser, address, "bo")
    page = bo.page
    page.goto(f"{address}/companies/tind/engagement")
    page.locator("select[name=ref]").select_option(index=1)
    page.locator("select[name=verb]").select_option("result")
    page.locator("select[name=ending]").select_option("lost")
    page.get_by_role("button", name="Note it").click()
    expect(page.locator("#said")).to_have_text("Noted.")
    expect(page.locator("svg .lost circle")).to_have_count(1)
    page.get_by_role("button", name="Take the last step back").first.click()
    expect(page.locator("#said")).to_contain_text("Taken back")
    page.goto(f"{address}/incidents/{key_of(TROUBLE)}")
    page.locator("select[name=owner]").select_option(label="Bo (broker)")
    page.locator("select[name=state]").select_option("in hand")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#said")).to_have_text("Saved.")
    expect(page.locator("main .badge", has_text="in hand")).to_be_visible()
    assert bo.complaints == []
