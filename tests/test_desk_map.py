"""The network map at the desk: a picture with its table, a filter, a file on record; nothing of others (P04, P34)."""

import re
import time
from pathlib import Path

import pytest
from fastapi import FastAPI

from terms.item import Organisation
from terms.network_map import MapEdge, MapNode, NetworkMap
from tests.desks import Browser, enter, hurry, make_desk, make_person
from tests.houses import make_house, stock
from tests.make import company, item, need
from watch.desk_map import shared_only
from watch.house import House

HOSTILE = "</text><script>alert(1)</script>"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Two companies share SINTEF, one has an organisation of its own, one need is closed; Fia serves another."""
    hurry(monkeypatch)
    closed = need("hidden", title="Quasar", description="Quasar foils.", confidentiality="closed")
    every = (company(needs=(need(), closed)), company("berg", name="Berg GmbH"), company("fjell", name="Fjell AS"))
    made = make_house(tmp_path, monkeypatch, *every)

    def papers(no: int, need_key: str, *names: str) -> None:
        who = tuple(Organisation(name=name, country="NO") for name in names)
        told = [item(f"{no}{n}", title=f"Paper {n} for {need_key}", organisations=who) for n in range(2)]
        stock(made, *told, need_key=need_key, no=no)

    papers(1, "tind/valves", "SINTEF AS", HOSTILE)
    papers(2, "berg/valves", "SINTEF AS")
    papers(3, "fjell/valves", "Hemmelig Institutt")
    papers(4, "tind/hidden", "Quasar Institute")
    make_person(made, "bo", serves=("tind", "berg"))
    make_person(made, "fia", serves=("fjell",))
    make_person(made, "olga", "operator", serves=("*",))
    return made


@pytest.fixture
def app(house: House) -> FastAPI:
    return make_desk(house)


def settled(browser: Browser, path: str) -> str:
    for _ in range(80):
        page = browser.get(path).text
        if "every 2s" not in page:
            return page
        time.sleep(0.1)
    raise AssertionError(path)


def names(page: str) -> list[str]:
    """What the table lists."""
    return re.findall(r'<th scope="row">([^<]+)</th>', page)


def test_picture_and_table_hold_the_same(app: FastAPI) -> None:
    """Shared ones first; a closed need and what others serve leave no trace; hostile names are text."""
    page = settled(enter(app), "/map")
    listed = names(page)
    assert listed.index("SINTEF AS") < listed.index("&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;")
    drawn = re.findall(r'<g class="(\w+)"><title>\w+: ([^<]+)</title>', page)
    assert {name for kind, name in drawn if kind != "company"} == set(listed)
    assert {name for kind, name in drawn if kind == "company"} == {"Tind Valves AS", "Berg GmbH"}
    assert "<script>alert" not in page
    assert not re.search("quasar|fjell|hemmelig", page, re.I)
    assert "<style" not in page


def test_the_filter(app: FastAPI) -> None:
    """By company, by kind, by what is shared; nothing of another's company by its key."""
    bo = enter(app)
    assert names(settled(bo, "/map?show=partner&shared=1")) == ["SINTEF AS"]
    assert "SINTEF AS" not in names(settled(bo, "/map?show=topic"))
    assert "SINTEF AS" in names(settled(bo, "/map?company=berg&show=partner"))
    for path in ("/map?company=fjell", "/map?company=nosuch", "/map/file?company=fjell"):
        assert bo.get(path).status_code == 404, path
    assert bo.get("/map?show=all").status_code == 400
    for path in ("/map", "/map/file"):
        assert enter(app, "olga").get(path).status_code == 403


def test_the_file_is_put_on_record(app: FastAPI, house: House) -> None:
    """With the filter of the page."""
    answer = enter(app).get("/map/file?show=partner")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.text.startswith("<svg ")
    assert "SINTEF AS" in answer.text
    with house.ledger.read() as connection:
        rows = connection.exec_driver_sql("select who, facts_json from audit where what = 'map exported'").fetchall()
    assert [tuple(row) for row in rows] == [("Bo", '{"companies": "2"}')]


def test_an_empty_map_says_what_to_do(app: FastAPI) -> None:
    """Nothing is shared by one company."""
    page = settled(enter(app, "fia"), "/map?shared=1")
    assert "Nothing to draw" in page
    assert 'href="/queue"' in page


def test_only_what_is_shared_keeps_its_places() -> None:
    """Companies stay, also those that share nothing."""
    nodes = [MapNode(key=key, kind="company", label=key) for key in "abc"]
    topics = [MapNode(key=f"topic:{n}", kind="topic", label=str(n), x=0.1 * n) for n in (1, 2)]
    edges = tuple(MapEdge(company=c, other=f"topic:{n}", weight=1) for c, n in (("a", 1), ("b", 1), ("c", 2)))
    left = shared_only(NetworkMap(nodes=(*nodes, *topics), edges=edges))
    assert [node.key for node in left.nodes] == ["a", "b", "c", "topic:1"]
    assert left.nodes[-1].x == topics[0].x
    assert len(left.edges) == 2
