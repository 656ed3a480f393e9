"""RELIABILITY C: which records are one thing, fetch after fetch, feed to store."""

from pathlib import Path

import pytest

from spiders.kinds.address import canonical_address
from tests.fetches import entry, feed, fetched, flagged, parsed
from tests.houses import make_house
from tests.make import item, paper
from warehouse import items, runs
from watch import digest as digests
from watch import review
from watch.absorb import Load
from watch.house import House

TITLE = "Lice counting with stereo cameras in salmon cages"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(tmp_path, monkeypatch, now="2026-11-27T08:00:00Z")


def counts(load: Load) -> tuple[int, int, int]:
    """New, changed, unchanged."""
    return load.new, load.changed, load.unchanged


def homes(house: House, *keys: str) -> set[str]:
    with house.warehouse.read() as connection:
        found = items.read_clusters_of(connection, list(keys))
    assert len(found) == len(keys)
    return set(found.values())


def stored(house: House) -> list[str]:
    with house.warehouse.read() as connection:
        return [row for row in runs.dump(connection) if not row.startswith(("check", "cursor"))]


@pytest.mark.parametrize("link", ["https://x.example/{n}", "https://x.example/", ""])
def test_c_01_ten_items_with_one_guid_are_ten(house: House, link: str) -> None:
    """miniflux #4197 showed one of them: own addresses, one address for all, none."""
    body = feed(*(entry(f"News of valves, number {n}", link.format(n=n), "one") for n in range(10)))
    assert counts(fetched(house, parsed(body))) == (10, 0, 0)
    assert counts(fetched(house, parsed(body), day=1)) == (0, 0, 10)


def test_c_02_a_reordered_feed_with_a_reused_guid_on_top(house: House) -> None:
    """What was there keeps its identity; what is new is new."""
    first = [entry("Valves", "https://x.example/a", "1"), entry("Pumps", "https://x.example/b", "2")]
    assert counts(fetched(house, parsed(feed(*first)))) == (2, 0, 0)
    second = [entry("Seals", "https://x.example/new", "1"), *reversed(first)]
    assert counts(fetched(house, parsed(feed(*second)), day=1)) == (1, 0, 2)


def test_c_03_a_guid_that_changes_at_each_fetch_is_one_item(house: House) -> None:
    """Five fetches with other tracking, session and guid; nothing is told a second time."""
    for day in range(5):
        link = f"https://x.example/a?utm_term={day}&amp;sid=s{day}"
        load = fetched(house, parsed(feed(entry(TITLE, link, f"guid-{day}"))), day)
        assert counts(load) == ((1, 0, 0) if day == 0 else (0, 0, 1))


@pytest.mark.parametrize(
    "guid", [None, "", "0", "&lt;b&gt;x&lt;/b&gt;", "g" * 1_000_000, "\u202e", "=?utf-8?q?=0D=0A?="]
)
def test_c_04_an_odd_guid_loses_no_item(house: House, guid: str | None) -> None:
    """FreshRSS #5412 and its like."""
    body = feed(entry("Valves", "", guid), entry("Pumps", "", guid))
    assert counts(fetched(house, parsed(body))) == (2, 0, 0)
    assert counts(fetched(house, parsed(body), day=1)) == (0, 0, 2)


def test_c_05_one_thing_from_three_sources_is_one_line(house: House) -> None:
    """By DOI, by title; three members stay visible, one opportunity, one line in the digest."""
    fetched(house, [paper("crossref", "1", TITLE, "10.1/x")], 0, "crossref")
    fetched(house, [paper("feed", "2", "The publisher's own heading of it", "10.1/X")], 1, "feed")
    fetched(house, [paper("arxiv", "3", TITLE.upper(), "10.48550/arXiv.3")], 2, "arxiv")
    keys = ("crossref:1", "feed:2", "arxiv:3")
    assert homes(house, *keys) == {"crossref:1"}
    flagged(house, *keys)
    (waiting,) = review.queue(house).waiting
    assert sorted(waiting.member_keys) == sorted(keys)
    review.decide(house, waiting, "accept", broker="Bo")
    assert [drafted.lines for drafted in digests.draft_all(house)] == [1]


def test_c_07_a_feed_emptied_and_refilled_changes_nothing(house: House) -> None:
    """No deletion while it is empty, no second telling when it is back."""
    body = feed(entry(TITLE, "https://x.example/a"), entry("Pumps", "https://x.example/b"))
    fetched(house, parsed(body))
    key = "trade_rss:https://x.example/a"
    flagged(house, key)
    review.decide(house, review.queue(house).waiting[0], "accept", broker="Bo")
    digests.draft_all(house)
    digests.approve(house, "tind", by="Bo")
    before = stored(house)
    assert counts(fetched(house, parsed(feed()), day=1)) == (0, 0, 0)
    assert stored(house) == before
    assert counts(fetched(house, parsed(body), day=2)) == (0, 0, 2)
    assert stored(house) == before
    assert review.queue(house).waiting == ()
    assert [(drafted.state, drafted.lines) for drafted in digests.draft_all(house)] == [("approved", 0)]


def test_c_08_a_source_that_moves_keeps_its_items(house: House) -> None:
    """The feed at another address; then http written as https; then another host: one thing, with its history."""
    at = "http://old.example/papers/1"
    assert counts(fetched(house, parsed(feed(entry(TITLE, at)), "http://old.example/feed"))) == (1, 0, 0)
    assert counts(fetched(house, parsed(feed(entry(TITLE, at)), "https://new.example/feed"), 1)) == (0, 0, 1)
    https = parsed(feed(entry(TITLE, at.replace("http:", "https:"))))
    assert counts(fetched(house, https, 2)) == (0, 1, 0)
    moved = parsed(feed(entry(TITLE, "https://new.example/papers/1")))
    fetched(house, moved, 3)
    assert homes(house, https[0].item_key, moved[0].item_key) == {https[0].item_key}
    with house.warehouse.read() as connection:
        (changed,) = items.read_revisions(connection, https[0].item_key)
    assert set(changed.changes) == {"url"}


PLAIN = "https://news.example/story?id=7"


@pytest.mark.parametrize(
    "address",
    [
        "http://news.example/story?id=7",
        "https://news.example:443/story?id=7",
        "HTTPS://NEWS.example/story?id=7&utm_source=rss&utm_medium=feed",
        "https://news.example/story?fbclid=abc&id=7",
        "https://news.example/story?id=7&gclid=1&msclkid=2&mc_cid=3",
        "https://news.example/story;jsessionid=0A1B?id=7",
        "https://amp.news.example/story?id=7",
        "https://news.example/story/amp?id=7",
        "https://news.example/story?id=7#utm_source=x",
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fnews.example%2Fstory%3Fid%3D7",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2Fstory%3Fid%3D7&h=AT0",
    ],
)
def test_c_15_tracking_amp_and_redirectors_are_one_address(house: House, address: str) -> None:
    """Equal canonical addresses, so that two records of one page under another id share a cluster."""
    assert canonical_address(address) == canonical_address(PLAIN) == PLAIN
    told = [item("1", title="Lice news", url=PLAIN), item("2", title="Lice news", url=address)]
    fetched(house, told, 0, "journal")
    assert homes(house, "journal:1", "journal:2") == {"journal:1"}
