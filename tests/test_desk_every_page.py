"""Every other page of the route table in a real browser, with a company that has all that one can have (F-23)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests import test_desk_browser, test_desk_pages_browser
from tests.browser import CHROMIUM, Watched, chromium, served
from tests.desks import hurry, make_person
from tests.deskworld import addresses, fill
from tests.houses import make_house
from watch.house import House

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no chromium at {CHROMIUM}: apt-get install chromium"),
]
NO_PAGES = (".csv", ".yaml", "/pdf", "/docx", "/bytes", "/file", "/health", "/preview", "/page", "/calendar", "/")
"""Files, mails shown in frames of ours, and what only leads elsewhere."""
SEEN = {path.split("?")[0] for path in (*test_desk_browser.PAGES, *test_desk_pages_browser.PAGES)}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        made = make_house(tmp_path_factory.mktemp("every"), patch)
        fill(made, "tind", 1, say=lambda what: f"A {what} of seals")
        make_person(made)
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_f_23_no_serious_finding_on_what_is_left(browser: Browser, house: House, scheme: str) -> None:
    """axe-core; no sideways scrolling at 360 px and at 200 %; no complaint, no other host."""
    every = [path for path in addresses(house, "GET", "tind") if not path.endswith(NO_PAGES)]
    left = list(dict.fromkeys(path for path in every if path not in SEEN))
    assert len(left) > 8
    with served(house) as address:
        bo = Watched(browser, address, "bo", scheme)
        for path in left:
            bo.page.goto(address + path)
            assert bo.serious() == [], path
            for width in (360, 640):  # 640 px is a window of 1280 at 200 %
                bo.page.set_viewport_size({"width": width, "height": 740})
                assert bo.page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            bo.page.set_viewport_size({"width": 1280, "height": 740})
        assert [c for c in bo.complaints if not any(code in c for code in ("404", "400", "409"))] == []
