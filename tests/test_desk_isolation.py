"""Two companies, two brokers: a crawl of every route tells neither anything of the other (P34, RELIABILITY F-08)."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.deskworld import BROKERS, FIELDS, ITEMS, addresses, everything, fill, secretive
from tests.houses import make_house
from watch.house import House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        hurry(patch)
        made = make_house(tmp_path_factory.mktemp("two"), patch, secretive("tind"), secretive("fjell"))
        for no, key in enumerate(BROKERS, start=1):
            fill(made, key, no)
            make_person(made, BROKERS[key], serves=(key,))
        yield made


@pytest.fixture
def app(house: House, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    hurry(monkeypatch)
    return make_desk(house)


def strange(text: str, other: str) -> list[str]:
    """What of the other company stands in a page, but for what the address itself said."""
    return re.findall(rf"(?i).{{0,40}}{other}secret(?! finding| call).{{0,30}}", text)


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Every log line so far, with its facts, at the finest level."""
    caplog.set_level(logging.DEBUG)

    def every() -> str:
        ours = [record for record in caplog.records if record.name != "httpx"]  # httpx is the test's own browser
        return "\n".join(f"{record.getMessage()} {record.__dict__} {record.exc_text}" for record in ours)

    return every


@pytest.mark.parametrize("own", BROKERS)
def test_f_08_no_page_tells_of_the_other(app: FastAPI, house: House, own: str, said: Callable[[], str]) -> None:
    """With the other's keys in every place, and with one's own: no name, need, note, address or sum of the other."""
    other = next(key for key in BROKERS if key != own)
    browser = enter(app, BROKERS[own])
    asked = [*addresses(house, "GET", other), *addresses(house, "GET", own)]
    asked += [f"{path}?company={other}" for path in ("/queue", "/projects", "/archive")] + ["/search?q=secret"]
    for path in asked:
        answer = browser.get(path)
        assert answer.status_code in (200, 303, 400, 404), path
        if f"/{other}" in path or f"={other}" in path:
            assert path.startswith(("/queue?", "/sources/")) or answer.status_code in (400, 404), path
        text = answer.content.decode("utf-8", "replace")
        assert strange(text, other) == [], path
        if not path.startswith("/search"):  # items are everybody's, and only search shows those of no queue
            assert f"{other}secret" not in text, path
    assert "secret" not in said()


@pytest.mark.parametrize("own", BROKERS)
def test_f_08_no_form_changes_anything_of_the_other(
    app: FastAPI, house: House, own: str, said: Callable[[], str]
) -> None:
    """Every unsafe route with the other's keys: 404, or refused before; the ledger stays as it was."""
    other = next(key for key in BROKERS if key != own)
    browser = enter(app, BROKERS[own])
    before = everything(house)
    token = browser.token("/account")
    for path in addresses(house, "POST", other):
        if other in path or "opinions" in path:
            files = {"file": ("m.yaml", b"id: x")} if path.endswith("/map") else None
            answer = browser.client.post(path, data={"csrf": token, **FIELDS}, files=files)
            assert answer.status_code == 404, (path, answer.status_code)
            assert f"{other}secret" not in answer.text
    assert everything(house) == before
    assert "secret" not in said()


def test_counts_are_of_ones_own(app: FastAPI) -> None:
    """The queue says how many wait: one was accepted, the other's are not among them."""
    for key, login in BROKERS.items():
        waiting = re.search(r'data-count="(\d+)"', enter(app, login).get("/queue").text)
        assert waiting
        assert int(waiting[1]) == ITEMS[key] - 1


def test_what_is_worked_out_aside_is_its_owners(app: FastAPI) -> None:
    """A trial's address, known to another, opens nothing."""
    bo, fia = enter(app, "bo"), enter(app, "fia")
    page = bo.get("/companies/tind/needs/valves").text
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    form = {"title": "Seals", "description": "Seals.", "priority": "3", "language": "en", "status": "active",
            "confidentiality": "open", "act": "try", "seen": seen[1]}  # fmt: skip
    where = bo.post("/companies/tind/needs/valves", **form).headers["location"]
    assert fia.get(where).status_code == 404
    wait_for(bo, where)
    assert fia.get(where).status_code == 404


def wait_for(browser: Browser, path: str) -> None:
    """Until what is worked out aside is there."""
    for _ in range(100):
        if "hx-trigger" not in browser.get(path, hx_request="true").text:
            return
        time.sleep(0.3)


def test_f_22_who_changed_what_is_on_record(app: FastAPI, house: House, tmp_path: Path) -> None:
    """Accept and undo stay both; edits of a map and of a digest have a name and a time."""
    bo = enter(app, "bo")
    where = re.search(r'data-here="([^"]+)"', bo.get("/queue").text)
    seen = re.search(r'name="seen" value="([^"]+)"', bo.get("/queue").text)
    assert where and seen
    bo.post(f"{where[1]}/decide", act="accept", seen=seen[1])
    bo.post("/queue/undo")
    page = bo.get(where[1]).text
    assert page.count("Bo: <strong>") == 2
    text = bo.get("/companies/tind/map.yaml").text.replace("many words", "a few words")
    token = bo.token("/companies/tind")
    bo.client.post("/companies/tind/map", data={"csrf": token}, files={"file": ("m.yaml", text.encode())})
    with house.ledger.read() as connection:
        rows = connection.exec_driver_sql("select who, what, facts_json from audit order by at").fetchall()
    assert ("Bo", "changed need map", '{"company": "tind", "versions": "valves v2"}') in [tuple(row) for row in rows]
