"""Two companies, two brokers: a crawl of every route tells neither anything of the other (P34, RELIABILITY F-08)."""

import re
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from desk.access import ROWS
from ledger import incidents
from network.lines import ref_of
from terms.aid import Aid
from terms.company import Company, Contact
from terms.incident import Incident
from terms.item import Call
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.fetches import kept_bytes
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from watch import digest, review
from watch.gate import add_aid
from watch.house import House

BROKERS = {"tind": "bo", "fjell": "fia"}
ITEMS = {"tind": 3, "fjell": 4}
FIELDS = {"act": "accept", "seen": "x", "move": "up x", "until": "next", "ref": "x", "of": "x", "question": "x",
          "said": "x", "verb": "conversation", "title": "x", "description": "x", "sentence": "x"}  # fmt: skip


def secretive(key: str) -> Company:
    """A company of which every text has `KEYsecret` in it, beside its key."""
    reader = Contact(name=f"{key}secret Reader", address=f"reader@{key}secret.example")
    its = need("valves", title=f"{key}secret need", description=f"What {key}secret wants solved, in many words.")
    return company(key, name=f"{key}secret AS", contacts=(reader,), needs=(its,))


def fill(house: House, key: str, no: int) -> None:
    """Whatever a company can have: items, decisions with notes, an approved digest, aid, trouble."""
    every = [item(f"{key}{n}", title=f"{key}secret finding {n}") for n in range(ITEMS[key] - 1)]
    call = item(f"{key}c", kind="call", title=f"{key}secret call", call=Call(deadlines_at=(NOW + timedelta(days=60),)))
    kept = [kept_bytes(house, one, one.title.encode()) for one in (*every, call)]
    stock(house, *kept, need_key=f"{key}/valves", no=no)
    waiting = [one for one in review.queue(house).waiting if one.company_key == key]
    review.decide(house, waiting[0], "accept", broker=f"{key}secret Broker", note=f"{key}secret note")
    digest.draft_all(house)
    digest.approve(house, key, by=f"{key}secret Broker")
    add_aid(house, Aid(key, date(2026, 3, 1), 31_000 + no, f"{key}secret giver"), "Bo")
    told = Incident(where=f"digest:{key}", message="a digest waits", facts={"title": f"{key}secret trouble"})
    with house.ledger.write() as connection:
        incidents.note_incidents(connection, [told], at=NOW, run="r")


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


def addresses(house: House, method: str, key: str) -> Iterator[str]:
    """Every route of a method, with everything of this company in its places."""
    entries = [o for o in review.queue(house).waiting if o.company_key == key]
    refs = [ref_of(key, entry.match.cluster_key) for entry in entries]
    with house.ledger.read() as connection:
        told = connection.exec_driver_sql("select ref from digest_lines where company_key = ?", (key,)).scalars().all()
    values = {"company_key": [key], "ref": [*refs, *told], "need_id": ["valves"], "week": ["2026-W48"],
              "number": ["0"], "kind": ["docx"], "name": ["journal", key], "key": [key],
              "opinion_no": ["1"], "pair_key": ["AAAAAAAA"], "incident_key": ["0" * 64],
              "half": ["2026-H2"]}  # fmt: skip
    for row, access in ROWS.items():
        made, path = row.split()
        if made == method and "broker" in access.roles:
            yield from _filled(path, values)


def _filled(path: str, values: dict[str, list[str]]) -> Iterator[str]:
    found = re.search(r"\{(\w+)\}", path)
    if not found:
        yield path
        return
    for value in values[found[1]]:
        yield from _filled(path.replace(found[0], value), values)


def strange(text: str, other: str) -> list[str]:
    """What of the other company stands in a page, but for what the address itself said."""
    return re.findall(rf"(?i).{{0,40}}{other}secret(?! finding| call).{{0,30}}", text)


@pytest.mark.parametrize("own", BROKERS)
def test_no_page_tells_of_the_other(app: FastAPI, house: House, own: str) -> None:
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


@pytest.mark.parametrize("own", BROKERS)
def test_no_form_changes_anything_of_the_other(app: FastAPI, house: House, own: str) -> None:
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


def everything(house: House) -> dict[str, list[tuple[object, ...]]]:
    """Every row of what companies have."""
    tables = ("companies", "need_versions", "decisions", "digests", "outbox", "digest_edits", "held_lines", "claims",
              "opinions", "aid")  # fmt: skip
    with house.ledger.read() as connection:
        return {name: [tuple(row) for row in connection.exec_driver_sql(f"select * from {name}")] for name in tables}


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
