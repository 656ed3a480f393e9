"""Clusters in the store: near-identical text joins, a split stays split, members stay visible (P17, C-03, C-05)."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from terms.errors import NotFound
from terms.item import Call, Item, Patent, Person, Publication
from tests.houses import make_house
from tests.make import NOW, item, match, paper
from warehouse import items, matches, runs, signatures
from warehouse.store import Connection
from watch import twins
from watch.house import House
from watch.match import match as match_new

TITLE = "Lice counting with stereo cameras in salmon cages"
KARI, OLA = (Person(name="Kari Nordmann"),), (Person(name="Ola Berg"),)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(tmp_path, monkeypatch)


def absorb(house: House, *arriving: Item, no: int = 1) -> int:
    """One load as watch.absorb makes it; returns how many found a twin."""
    with house.warehouse.write() as connection:
        absorbed = items.absorb(connection, arriving, absorb_no=no, seen_at=NOW + timedelta(days=no))
        return twins.join(connection, absorbed.new + absorbed.changed)


def homes(house: House, *keys: str) -> list[str]:
    with house.warehouse.read() as connection:
        found = items.read_clusters_of(connection, list(keys))
    return [found[key] for key in keys]


def told(source: str, source_id: str, title: str = TITLE, **facts: object) -> Item:
    return paper(source, source_id, title).model_copy(update={"people": KARI, **facts})


@pytest.mark.parametrize("at_once", [True, False])
def test_near_identical_titles_join_within_a_load_and_across_loads(house: House, at_once: bool) -> None:
    """P17: a slip of the hand is no new paper; the first seen names the cluster."""
    one, other = told("arxiv", "1"), told("journal", "2", "Lice counting with stereo camers in salmon cages.")
    if at_once:
        assert absorb(house, one, other) == 1
    else:
        assert [absorb(house, one), absorb(house, other, no=2)] == [0, 1]
    assert homes(house, "arxiv:1", "journal:2") == ["arxiv:1", "arxiv:1"]
    with house.warehouse.read() as connection:
        assert items.read_members(connection, ["arxiv:1"]) == {"arxiv:1": ["arxiv:1", "journal:2"]}


def test_three_ways_of_telling_one_thing(house: House) -> None:
    """C-05: by DOI, by address, by words: one cluster, three members."""
    first = told("crossref", "1", publication=Publication(doi="10.1/x"))
    second = told("feed", "2", "A title of the publisher's own", publication=Publication(doi="10.1/X"))
    third = told("blog", "3", "Lice counting with stereo cameras in salmon cages (preprint)", people=KARI)
    absorb(house, first)
    absorb(house, second, third, no=2)
    assert homes(house, "crossref:1", "feed:2", "blog:3") == ["crossref:1"] * 3


def test_a_guid_that_changes_each_fetch_is_one_thing(house: House) -> None:
    """C-03, C-15: the same page under tracking parameters, another id and the same short title."""
    for number in range(5):
        url = f"http://www.paper.example/news/9?utm_source=feed{number}&utm_campaign=x"
        absorb(house, item(f"guid-{number}", title="Lice news", url=url), no=number + 1)
    assert set(homes(house, *(f"journal:guid-{n}" for n in range(5)))) == {"journal:guid-0"}


def test_what_only_shares_a_page_a_title_or_a_number_stays_apart(house: House) -> None:
    """A list's page, a column's heading, other people, and call ids that are mere numbers."""
    page = "https://list.example/all"
    absorb(house, item("1", title="One thing here", url=page), item("2", title="Another thing here", url=page))
    absorb(house, told("arxiv", "3"), told("journal", "4", people=OLA), no=2)
    absorb(house, call("ukri", "1234", "Battery call"), call("other", "1234", "Ocean call"), no=3)
    keys = ["journal:1", "journal:2", "arxiv:3", "journal:4", "ukri:1234", "other:1234"]
    assert homes(house, *keys) == keys


def call(source: str, source_id: str, title: str, day: int = 1) -> Item:
    deadline = datetime(2027, 1, day, 16, tzinfo=UTC)
    return item(source_id, source=source, kind="call", title=title, call=Call(deadlines_at=(deadline,)))


def test_calls_join_by_words_only_on_one_deadline(house: House) -> None:
    """The same call told by two sources; next year's call has the same words."""
    name = "Seabed mapping with small autonomous vessels"
    absorb(house, call("eu", "HORIZON-1", name, 1), call("national", "n/1", name, 1), call("other", "o/1", name, 2))
    assert homes(house, "eu:HORIZON-1", "national:n/1", "other:o/1") == ["eu:HORIZON-1"] * 2 + ["other:o/1"]


def test_patents_of_one_family_join(house: House) -> None:
    """A WO number shared by two offices."""
    family = [
        item(n, source=s, kind="patent", patent=Patent(number=n, kind_code="A1", family="WO2025123456"))
        for s, n in (("epo", "EP1"), ("uspto", "US2"))
    ]
    absorb(house, *family)
    assert homes(house, "epo:EP1", "uspto:US2") == ["epo:EP1", "epo:EP1"]


def test_a_split_stays_split_whatever_arrives(house: House) -> None:
    """A broker's word outlives changes of either item, a third twin, and every kind of identity."""
    doi = Publication(doi="10.1/x")
    absorb(house, told("arxiv", "1", publication=doi), told("journal", "2", publication=doi))
    assert twins.split(house, "journal:2", broker="Bo").left == ("arxiv:1",)
    assert homes(house, "arxiv:1", "journal:2") == ["arxiv:1", "journal:2"]
    absorb(house, told("journal", "2", publication=doi, text="A new text of the same paper."), no=2)
    absorb(house, told("third", "3", publication=doi), told("arxiv", "1", publication=doi, text="Mended."), no=3)
    assert homes(house, "arxiv:1", "journal:2", "third:3") == ["arxiv:1", "journal:2", "arxiv:1"]


def test_a_split_holds_against_near_identical_text(house: House) -> None:
    """The same, where only words made them one."""
    slip = "Lice counting with stereo camers in salmon cages"
    absorb(house, told("arxiv", "1"), told("journal", "2", slip))
    twins.split(house, "arxiv:1", broker="Bo")
    absorb(house, told("journal", "2", slip, text="Changed."), told("arxiv", "1", text="Changed too."), no=2)
    assert homes(house, "arxiv:1", "journal:2") == ["arxiv:1", "journal:2"]


def test_the_item_that_names_a_cluster_can_be_split_off(house: House) -> None:
    """What is left goes by the name of its first seen; both halves are read again by the matcher."""
    for number, source in enumerate(("arxiv", "journal", "repo"), 1):
        absorb(house, told(source, "1"), no=number)
    with house.warehouse.write() as connection:
        matches.store_matches(connection, [match("arxiv:1")], (), at=NOW)
    match_new(house)
    assert match_new(house).scored == 0
    twins.split(house, "arxiv:1", broker="Bo")
    assert homes(house, "arxiv:1", "journal:1", "repo:1") == ["arxiv:1", "journal:1", "journal:1"]
    assert match_new(house).scored == 2
    assert match_new(house).scored == 0


def test_a_split_needs_a_name_an_item_and_a_twin(house: House) -> None:
    """Clear errors, nothing changed; what was done is in the audit log."""
    absorb(house, told("arxiv", "1"))
    before = dump(house)
    with pytest.raises(ValueError, match="needs a name"):
        twins.split(house, "arxiv:1", broker=" ")
    with pytest.raises(ValueError, match="no twin"):
        twins.split(house, "arxiv:1", broker="Bo")
    with pytest.raises(NotFound, match="no item 'x:1'"):
        twins.split(house, "x:1", broker="Bo")
    assert dump(house) == before


def dump(house: House) -> list[str]:
    with house.warehouse.read() as connection:
        return runs.dump(connection)


def test_the_same_items_again_change_no_row(house: House) -> None:
    """P11, fingerprints and clusters too; and any order within a load gives the same store."""
    load = [told(s, str(n), f"{TITLE} number {n}") for n in range(12) for s in ("arxiv", "journal")]
    absorb(house, *load)
    before = dump(house)
    absorb(house, *reversed(load), no=2)
    assert dump(house) == before


def test_a_bucket_of_equal_headings_is_looked_at_within_bounds(house: House) -> None:
    """Six hundred columns of one heading: at most twelve stored items a number, not 180 000 pairs."""
    absorb(house, *(told("journal", str(n), "Letters to the editor", people=(), url=page(n)) for n in range(600)))
    with house.warehouse.write() as connection:
        assert 0 < pairs_of(connection) <= 600 * 12
    assert len(set(homes(house, *(f"journal:{n}" for n in range(600))))) == 600


def page(number: int) -> str:
    return f"https://column.example/{number}"


def pairs_of(connection: Connection) -> int:

    every = [row[0] for row in connection.execute("select item_key from signatures order by item_key").fetchall()]
    return len(signatures.sign(connection, signatures.read_signatures(connection, every)))
