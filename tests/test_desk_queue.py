"""The queue's pages: decide, take back, claim, ask; one effect of two, and nothing of others' companies (P30-P34)."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from terms.item import Call
from tests.desks import Browser, Wall, enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from warehouse import items, revisions
from watch import review
from watch.house import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    hurry(monkeypatch)
    other = company("fjell", name="Fjell Hemmelig AS", needs=(need(description="Drilling in secret rock."),))
    made = make_house(tmp_path, monkeypatch, company(), other)
    stock(made, *(item(str(n)) for n in range(1, 5)))
    stock(made, item("99", title="Only for Fjell"), need_key="fjell/valves", no=2)
    make_person(made, "bo")
    make_person(made, "ada")
    make_person(made, "fia", serves=("fjell",))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def first(browser: Browser, query: str = "") -> tuple[str, str]:
    """(path, what was seen) of what the queue shows first."""
    page = browser.get(f"/queue{query}").text
    where = re.search(r'data-here="([^"]+)"', page)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert where and seen, page[:2000]
    return where[1], seen[1]


def titles(browser: Browser, query: str = "") -> list[str]:
    """What the list beside the work shows."""
    return re.findall(r'<span class="title">([^<]+)</span>', browser.get(f"/queue{query}").text)


def decide(browser: Browser, act: str, where: str, seen: str, **more: str) -> int:
    """The form, sent as our script sends it."""
    token = browser.token("/account")
    fields = {"csrf": token, "act": act, "seen": seen, **more}
    return browser.client.post(f"{where}/decide", data=fields, headers={"accept": "application/json"}).status_code


@pytest.mark.parametrize(
    ("act", "verb"),
    [("accept", "accept"), ("duplicate", "duplicate"), ("reject:too late", "reject"), ("later:7", "later")],
)
def test_each_verb_decides_and_the_next_comes(app: FastAPI, house: House, act: str, verb: str) -> None:
    """P30, without JavaScript: a form, a redirect, the next one and an undo."""
    bo = enter(app)
    where, seen = first(bo)
    done = bo.post(f"{where}/decide", "/account", act=act, seen=seen, note="said so")
    assert done.headers["location"] == "/queue?done=1"
    assert len(titles(bo)) == 3
    assert 'action="/queue/undo' in bo.get("/queue?done=1").text
    assert review.queue(house).decided == 1
    history = bo.get(where).text
    assert "said so" in history
    assert bo.post("/queue/undo").headers["location"] == where
    assert len(titles(bo)) == 4


def test_the_list_is_the_command_lines(app: FastAPI, house: House) -> None:
    """One rule, written twice for speed: both give the same."""
    bo = enter(app)
    decide(bo, "reject:other", *first(bo))
    decide(bo, "later:7", *first(bo))
    assert titles(bo) == [o.item.title for o in review.queue(house, "tind").waiting]


@pytest.mark.parametrize(
    "act", ["", "undo", "reject", "reject:because", "later:", "later:x", "later:-1", "later:99999", "drop"]
)
def test_what_is_no_verb_is_refused(app: FastAPI, act: str) -> None:
    """400, and nothing is decided."""
    bo = enter(app)
    assert decide(bo, act, *first(bo)) == 400
    assert len(titles(bo)) == 4


def test_f_17_two_who_saw_the_same(app: FastAPI) -> None:
    """D-06: one decision; the second hears who was faster. A double click is one effect, too."""
    bo, ada = enter(app), enter(app, "ada")
    where, seen = first(bo)
    assert decide(bo, "accept", where, seen) == 200
    assert decide(bo, "accept", where, seen) == 409
    late = ada.post(f"{where}/decide", act="reject:other", seen=seen)
    assert late.status_code == 409
    assert "Bo: accept" in late.text


def test_f_17_a_page_from_before_the_item_changed(app: FastAPI, house: House) -> None:
    """What was seen is no more: 409, nothing decided."""
    bo = enter(app)
    where, seen = first(bo)
    stock(house, item("1", text="Something else altogether is written here now."), no=3)
    app.state.desk.room.shelf.newest()
    assert decide(bo, "accept", where, seen) == 409
    assert "Something else altogether" in bo.get(where).text


def test_p33_a_claim_keeps_others_off_for_ten_minutes(house: House) -> None:
    """The other's queue begins with the next one; after ten minutes it is free."""
    wall = Wall()
    app = make_desk(house, wall)
    bo, ada = enter(app), enter(app, "ada")
    where, seen = first(bo)
    assert bo.post(f"{where}/claim").status_code == 204
    assert ada.post(f"{where}/claim").status_code == 409
    assert first(ada)[0] != where
    assert decide(ada, "accept", where, seen) == 409
    wall.pass_by(minutes=11)
    assert decide(ada, "accept", where, seen) == 200


def test_p33_second_opinion_of_a_named_colleague(app: FastAPI, house: House) -> None:
    """It waits in that view until the colleague has said it; nobody else can be asked."""
    bo, ada, fia = enter(app), enter(app, "ada"), enter(app, "fia")
    where, _ = first(bo)
    page = bo.get(where).text
    keys = re.findall(r'<option value="([0-9a-f]{16})">', page)
    assert len(keys) == 1
    assert bo.post(f"{where}/opinion", of=keys[0], question="Is <b>this</b> ours?").status_code == 303
    assert len(titles(bo)) == 3
    asked = ada.get("/queue?view=second").text
    assert "Is &lt;b&gt;this&lt;/b&gt; ours?" in asked
    assert fia.post("/opinions/1", said="no").status_code == 404
    assert ada.post("/opinions/1", said="Yes").status_code == 303
    assert ada.post("/opinions/1", said="No").status_code == 409
    assert len(titles(bo)) == 4
    assert "Ada says: Yes" in bo.get(where).text
    assert bo.post(f"{where}/opinion", of="0" * 16, question="?").status_code == 404


def test_f_08_p34_nothing_of_anothers_company(app: FastAPI) -> None:
    """No page, list, count or error tells one broker of the other's; every path to it is 404."""
    bo, fia = enter(app), enter(app, "fia")
    where, seen = first(fia)
    assert where.startswith("/queue/fjell/")
    answers = [
        bo.get(where),
        bo.get(where, hx_request="true"),
        bo.get(f"{where}/gate"),
        bo.post(f"{where}/claim"),
        bo.post(f"{where}/decide", act="accept", seen=seen),
        bo.post(f"{where}/opinion", of="x", question="?"),
    ]
    assert [a.status_code for a in answers] == [404] * len(answers)
    pages = [bo.get(p) for p in ("/queue", "/queue?company=fjell", "/queue?need=fjell/valves", "/account")]
    for answer in (*answers, *pages):
        for word in ("Hemmelig", "Only for Fjell", "secret rock"):
            assert word not in answer.text


def test_p32_what_changed_since_it_was_rejected(house: House) -> None:
    """A moved deadline brings it back, and the page says from what to what."""
    call = {"kind": "call", "title": "Call on hydrogen valves"}
    march = Call(deadlines_at=(NOW + timedelta(days=120),))
    stock(house, item("c", **call, call=march), no=3)
    app = make_desk(house)
    bo = enter(app)
    links = re.findall(r'href="(/queue/tind/\w+)"[^>]*>\s*<span class="title">Call', bo.get("/queue").text)
    where = links[0]
    page = bo.get(where).text
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    assert decide(bo, "reject:too late", where, seen[1]) == 200
    assert where not in bo.get("/queue").text
    moved = item("c", **call, call=Call(deadlines_at=(NOW + timedelta(days=160),)))
    with house.warehouse.write() as connection:
        absorbed = items.absorb(connection, [moved], absorb_no=4, seen_at=NOW + timedelta(hours=1))
        revisions.store_changes(connection, absorbed.changed)
    app.state.desk.room.shelf.newest()
    again = bo.get(where).text
    assert "because it changed since it was rejected: deadline" in again


def test_p33_views_and_counts(app: FastAPI, house: House) -> None:
    """Closing soon by its deadline; by company; what nobody has decided; empty pages say what to do."""
    stock(house, item("c", kind="call", call=Call(deadlines_at=(NOW + timedelta(days=9),))), no=3)
    app.state.desk.room.shelf.newest()
    bo = enter(app)
    assert len(titles(bo, "?view=closing")) == 1
    assert len(titles(bo, "?company=tind")) == 5
    assert "5 wait, 1 close soon" in bo.get("/queue").text
    assert "Nothing waits here" in bo.get("/queue?view=unassigned").text
    assert bo.get("/queue?view=everything").status_code == 400


def test_a_row_of_rejections_asks_whether_to_stop(app: FastAPI, house: House) -> None:
    """Eight in a row, and what is left."""
    stock(house, *(item(f"x{n}", title=f"Other seal number {n} of many kinds {n * 7919}") for n in range(9)), no=3)
    app.state.desk.room.shelf.newest()
    bo = enter(app)
    for _ in range(8):
        assert decide(bo, "reject:other", *first(bo)) == 200
    assert "8 rejections in a row" in bo.get("/queue").text


def test_a_mentor_reads_and_does_not_decide(app: FastAPI, house: House) -> None:
    """P34."""
    make_person(house, "mia", "mentor")
    mia = enter(app, "mia")
    page = mia.get("/queue").text
    assert "data-decide" not in page
    where = re.search(r'data-here="([^"]+)"', page)
    assert where
    assert mia.post(f"{where[1]}/decide", act="accept", seen="x").status_code == 403


def test_the_desk_speaks_norwegian(app: FastAPI) -> None:
    """P58: words, dates."""
    bo = enter(app)
    bo.post("/account", language="nb", shortcuts="on")
    page = bo.get("/queue").text
    assert '<html lang="nb">' in page
    assert "Beste først" in page


def test_p23_the_gate_is_read_apart_with_its_quotes(app: FastAPI, house: House) -> None:
    """The page links to it for those without scripts; a publication has none."""
    says = "Only enterprises established in Norway may apply."
    call = Call(deadlines_at=(NOW + timedelta(days=30),), countries=("NO",), conditions=says)
    stock(house, item("c", kind="call", title="Call for valves", call=call), no=3)
    app.state.desk.room.shelf.newest()
    bo = enter(app)
    links = re.findall(r'href="(/queue/tind/\w+)"[^>]*>\s*<span class="title">(Call|On)', bo.get("/queue").text)
    of_call = next(path for path, kind in links if kind == "Call")
    of_paper = next(path for path, kind in links if kind == "On")
    assert f'hx-get="{of_call}/gate"' in bo.get(of_call).text
    part = bo.get(f"{of_call}/gate", hx_request="true").text
    assert "<html" not in part
    assert '<dl class="verdicts">' in part
    assert "Country" in part
    assert "Only calls pass the gate" in bo.get(f"{of_paper}/gate").text
