"""The network map: what is drawn, where, as which SVG; scoped, and without closed needs (P04, P34)."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from network.map import MOST_EACH, Ties, laid_out, map_rows, network_map
from network.map_svg import HEIGHT, WIDTH, svg_of
from terms.item import Organisation
from terms.network_map import MapEdge, MapNode, NetworkMap
from tests.door import Door
from tests.houses import make_house, stock
from tests.make import company, item, need
from watch.house import House
from watch.people import add_person

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert(1)</script>&"\u202e\x00'


def ties(key: str, partners: dict[str, int] | None = None, topics: dict[str, int] | None = None) -> Ties:
    return Ties(key, key.title(), partners or {}, topics or {})


def three() -> NetworkMap:
    """Two that share a partner under two spellings and a topic; one that is alone."""
    return network_map(
        [
            ties("tind", {"SINTEF AS": 2, "NTNU": 1}, {"Seals": 3}),
            ties("fjord", {"Sintef": 1}, {"seals": 1, "foils": 1}),
            ties("berg"),
        ]
    )


def test_spellings_are_one_and_shared_ones_come_first() -> None:
    """In the table, with the companies tied to each."""
    rows = map_rows(three())
    assert [(row["what"], row["companies"], row["items"]) for row in rows[:2]] == [
        ("topic", "Fjord, Tind", "4"),
        ("partner", "Fjord, Tind", "3"),
    ]
    assert [node.label for node in three().nodes if node.kind == "company"] == ["Berg", "Fjord", "Tind"]


def test_a_company_keeps_its_strongest_ties_and_those_that_it_shares() -> None:
    """However many words counted."""
    many = {f"w{n}": n for n in range(1, 20)}
    drawn = network_map([ties("tind", topics=many), ties("fjord", topics={"w1": 1})])
    mine = {edge.other for edge in drawn.edges if edge.company == "tind"}
    assert len(mine) == MOST_EACH
    assert {"topic:w1", "topic:w19"} <= mine


def test_filters() -> None:
    """One company with those tied to the same; one kind only."""
    around = three().around("fjord")
    assert {node.key for node in around.nodes} == {"tind", "fjord", "partner:sintef", "topic:seals", "topic:foils"}
    assert {node.kind for node in three().only(frozenset({"topic"})).nodes} == {"company", "topic"}
    assert three().around("berg").edges == ()


def test_the_same_map_has_the_same_places() -> None:
    """Inside the picture; none and one are drawn too."""
    drawn = laid_out(three())
    assert laid_out(three()) == drawn
    assert all(0 <= place <= 1 for node in drawn.nodes for place in (node.x, node.y))
    assert len({(node.x, node.y) for node in drawn.nodes}) == len(drawn.nodes)
    assert laid_out(NetworkMap(nodes=(), edges=())).nodes == ()
    assert laid_out(network_map([ties("tind")])).nodes[0].x == 0.5


def test_the_picture_can_be_read_by_all() -> None:
    """Title and description, a label a node, a shape a kind, both colour schemes."""
    svg = svg_of(laid_out(three()), "Network map")
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert [root.find(f"{SVG}{name}") is not None for name in ("title", "desc", "style")] == [True] * 3
    labels = {text.text for text in root.iter(f"{SVG}text")}
    assert {"Tind", "Fjord", "Berg", "SINTEF AS", "NTNU", "foils"} <= labels
    for kind, shape in (("company", "rect"), ("partner", "circle"), ("topic", "polygon")):
        groups = [g for g in root.iter(f"{SVG}g") if g.get("class") == kind]
        assert groups, kind
        assert all(g.find(f"{SVG}{shape}") is not None for g in groups)
    assert "prefers-color-scheme: dark" in svg
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x", -1)) <= WIDTH
        assert 0 <= float(text.get("y", -1)) <= HEIGHT


def test_names_from_outside_are_text_and_nothing_else() -> None:
    """Markup, direction marks and control characters."""
    node = MapNode(key="partner:x", kind="partner", label=HOSTILE)
    drawn = NetworkMap(
        nodes=(MapNode(key="tind", kind="company", label="T"), node),
        edges=(MapEdge(company="tind", other="partner:x", weight=1),),
    )
    svg = svg_of(laid_out(drawn), HOSTILE)
    tags = {element.tag.removeprefix(SVG) for element in ET.fromstring(svg).iter()}
    assert "script" not in tags
    assert not {"\u202e", "\x00"} & set(svg)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """Two companies on papers of one institute; a third whose need is closed, on papers of another."""
    closed = need(title="Quasar foils", description="Nobody may hear of them.", confidentiality="closed")
    made = make_house(
        tmp_path,
        monkeypatch,
        company(),
        company("fjord", name="Fjord AS"),
        company("berg", name="Berg AS", needs=(closed,)),
    )
    for number, key in enumerate(("tind", "fjord", "berg"), 1):
        institute = Organisation(name="Quasar Institute" if key == "berg" else "SINTEF")
        papers = [item(f"{key}{n}", title=f"Paper {key} {n}", organisations=(institute,)) for n in range(2)]
        stock(made, *papers, need_key=f"{key}/valves", no=number)
    return made


@pytest.fixture
def door(house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Door:
    return Door(tmp_path, capsys, monkeypatch)


def test_varde_map(house: House, door: Door, tmp_path: Path) -> None:
    """As table, JSON and picture; nothing that was found for a closed need."""
    rows = {node["key"]: node for node in door("map", "--json").rows["nodes"]}
    assert set(rows) == {"berg", "fjord", "tind", "partner:sintef", "topic:seals", "topic:700 bar"}
    assert "SINTEF" in door("map").out
    picture = tmp_path / "map.svg"
    assert door("map", "--svg", str(picture), "--no-topics").code == 0
    svg = picture.read_text("utf-8")
    assert "SINTEF" in svg
    assert "700 bar" not in svg
    assert "Quasar" not in svg + door("map").out + door("map", "--json").out
    with house.ledger.read() as connection:
        assert connection.exec_driver_sql("select count(*) from audit where what = 'map exported'").scalar() == 1


def test_a_broker_sees_his_own_companies_only(house: House, door: Door) -> None:
    """On the map, in its table, and around one company."""
    add_person(house, "bo", "Bo", "broker", "a long quiet evening", serves=("tind", "berg"), by="test")
    add_person(house, "mia", "Mia", "mentor", "a long quiet evening", serves=("*",), by="test")
    assert "jord" not in door("map", "--as", "bo", "--json").out + door("map", "--as", "bo").out
    assert door("map", "--as", "bo", "--company", "fjord").code == 1
    assert door("map", "--as", "mia").code == 1
    around = door("map", "--company", "tind", "--json").rows["nodes"]
    assert {node["key"] for node in around if node["kind"] == "company"} == {"tind", "fjord"}
