"""Answers that are not what was asked for, or not all of it (RELIABILITY A-16 to A-19, A-23); keys that leak (A-25)."""

import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ledger import incidents
from spiders.crawl import crawl
from spiders.feeds import FeedFacts, source_of
from spiders.page import Ask, Page, Plan
from terms.haul import Haul
from terms.item import Item
from tests.crawling import Crawl, crawler
from tests.damage import item, rss
from tests.houses import make_house
from tests.origin import NOW, Notices, Origin, Reply, files_in, notices, plan_since, serving, settings_for


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as publisher:
        yield publisher


@pytest.fixture
def crawled(tmp_path: Path, origin: Origin) -> Crawl:
    return crawler(tmp_path, origin)


@pytest.fixture
def feed(tmp_path: Path, origin: Origin) -> Crawl:
    """Crawl the feed at `/feed` of the origin."""
    facts = {
        "name": "papers", "title": "Papers", "url": origin.url("/feed"), "publisher": "Nobody", "licence": "CC0",
        "home": "https://papers.example/", "terms": "https://papers.example/terms", "attribution": "Papers",
        "every": 24, "expect": [0, 50], "rate": 0.001, "kind": "publication",
    }  # fmt: skip
    source = source_of(FeedFacts.model_validate(facts))

    def run(run_key: str = "run1", **changed: object) -> Haul:
        return crawl(
            source,
            plan_since("2026-11-20"),
            into=tmp_path / "hauls",
            captures=tmp_path / "captures",
            run_key=run_key,
            settings=settings_for(origin, **changed),
        )

    return run


def titles_in(folder: Path, run_key: str = "run1") -> list[str]:
    (file,) = folder.glob(f"hauls/*/{run_key}/items.jsonl")
    return [Item.model_validate_json(line).title for line in file.read_text().splitlines()]


WALLS = {
    "log-in page": "<!DOCTYPE html><html><form action='/login'><input name='password' type='password'></form></html>",
    "cookie wall": "<html><body>We value your privacy <button>Accept all</button></body></html>",
    "challenge": "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>",
}


@pytest.mark.parametrize("name", WALLS)
def test_a_16_a_page_for_people_is_no_feed_and_counts_each_time(
    feed: Crawl, origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """An error at the first time already; the second makes it two."""
    origin.on("/feed", Reply(WALLS[name].encode(), headers={"Content-Type": "text/html"}))
    house = make_house(tmp_path, monkeypatch)
    for run_key in ("run1", "run2"):
        haul = feed(run_key)
        assert (haul.state, haul.counts["items"], haul.cursor) == ("failed", 0, "2026-11-20")
        assert haul.incidents[0].level == "error" and "not_a_feed" in haul.incidents[0].facts["reason"]
        with house.ledger.write() as connection:
            incidents.note_incidents(connection, haul.incidents, at=NOW, run=run_key)
    with house.ledger.read() as connection:
        assert [counted.times for counted in incidents.read_incidents(connection)] == [2]


def pieces_of(body: bytes, kind: str) -> list[bytes]:
    """A body that stops after its first item, in three ways."""
    cut = body[: body.index(b"</item>") + 7]
    if kind == "length":
        return [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), cut]
    if kind == "chunk":
        return [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(cut), cut, b"\r\n"]
    return [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", cut]


FEED = rss(item("first", "https://papers.example/1") + item("second", "https://papers.example/2"))


@pytest.mark.parametrize("kind", ["length", "chunk", "silence"])
def test_a_17_a_body_cut_short_is_partial_and_what_came_is_kept(
    feed: Crawl, origin: Origin, tmp_path: Path, kind: str
) -> None:
    """Where the cut can be seen from outside nothing is read; a silent end keeps what came. Either way: again."""
    origin.on("/feed", Reply(raw=pieces_of(FEED, kind)))
    haul = feed()
    assert (haul.state, haul.cursor) == ("partial" if kind == "silence" else "failed", "2026-11-20")
    assert titles_in(tmp_path) == (["first"] if kind == "silence" else [])
    origin.on("/feed", Reply(FEED))
    assert feed("run2").state == "complete"
    assert titles_in(tmp_path, "run2") == ["first", "second"]


def test_a_17_a_body_cut_short_is_tried_again_at_once(feed: Crawl, origin: Origin, tmp_path: Path) -> None:
    origin.on("/feed", Reply(raw=pieces_of(FEED, "length")), Reply(FEED))
    assert feed(retries=1).state == "complete"
    assert titles_in(tmp_path) == ["first", "second"]


def test_a_19_a_next_page_that_is_itself_is_asked_once(crawled: Crawl, origin: Origin) -> None:
    origin.on("/1", Reply(notices("a", next=origin.url("/1"))))
    haul = crawled("/1")
    assert (haul.state, origin.paths().count("/1")) == ("complete", 1)


def test_a_19_a_page_size_that_is_ignored_ends_the_paging(crawled: Crawl, origin: Origin) -> None:
    """Every offset answers with everything: said, and not asked for ever."""

    class Paged(Notices):
        def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
            return [Ask(origin.url(f"/?offset={int(page.url.rpartition('=')[2]) + 2}"))]

    Paged.name = "notices"
    for offset in range(0, 40, 2):
        origin.on(f"/?offset={offset}", Reply(notices("a", "b", "c", total=3)))
    haul = crawled(source=Paged(origin.url("/?offset=0")))
    assert (haul.counts["pages"], haul.counts["items"], haul.state) == (2, 3, "partial")
    assert "came again" in haul.incidents[0].message


@pytest.mark.parametrize("totals", [(5, 3, 2), (2, 3, 5)])
def test_a_19_a_total_that_moves_while_paging_is_no_alarm(
    crawled: Crawl, origin: Origin, totals: tuple[int, int, int]
) -> None:
    origin.on("/1", Reply(notices("a", total=totals[0], next=origin.url("/2"))))
    origin.on("/2", Reply(notices("b", total=totals[1], next=origin.url("/3"))))
    origin.on("/3", Reply(notices("c", total=totals[2])))
    haul = crawled("/1")
    assert (haul.state, haul.incidents) == ("complete", ())


BODIES = {
    "utf-8": FEED,
    "mark": b"\xef\xbb\xbf" + FEED,
    "utf-16": FEED.decode().encode("utf-16"),
    "blanks": b"\n\n  " + FEED,
}


@pytest.mark.parametrize(
    "content_type", ["application/rss+xml", "text/html", "application/octet-stream", "", "nonsense"]
)
@pytest.mark.parametrize("name", BODIES)
def test_a_23_a_feed_is_a_feed_whatever_it_is_called(
    feed: Crawl, origin: Origin, tmp_path: Path, name: str, content_type: str
) -> None:
    origin.on("/feed", Reply(BODIES[name], headers={"Content-Type": content_type} if content_type else {}))
    assert feed().counts["items"] == 2
    assert titles_in(tmp_path) == ["first", "second"]


KEY = "S3CR3T-0f7e"
FAILURES = {
    "500": Reply(status=500, body=KEY.encode()),
    "403": Reply(status=403),
    "redirect inside": Reply(status=302, headers={"Location": f"http://10.0.0.1/?api_key={KEY}"}),
    "redirect circle": Reply(status=302, headers={"Location": f"/x?api_key={KEY}"}),
    "redirect scheme": Reply(status=302, headers={"Location": f"file:///{KEY}"}),
    "not JSON": Reply(b"<html>"),
    "cut": Reply(b"x", is_cut=True),
    "429 for long": Reply(status=429, headers={"Retry-After": "99999"}),
    "gone": Reply(status=410),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_25_a_key_never_leaves_the_request(
    crawled: Crawl, origin: Origin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, name: str,
) -> None:  # fmt: skip
    """Nor through logs, incidents, hauls and the ledger; only captures hold the address as it was fetched."""
    origin.on(f"/x?api_key={KEY}", FAILURES[name])
    house = make_house(tmp_path, monkeypatch)
    with caplog.at_level(logging.INFO):
        haul = crawled(f"/x?api_key={KEY}", f"http://user:{KEY}@papers.example/")
    with house.ledger.write() as connection:
        incidents.note_incidents(connection, haul.incidents, at=NOW, run=haul.run_key)
    assert haul.counts["items"] == 0
    written = {name: body for name, body in files_in(tmp_path).items() if not name.startswith("captures/")}
    assert written and KEY not in haul.model_dump_json()
    assert [name for name, body in written.items() if KEY.encode() in body] == []
    assert [record for record in caplog.records if KEY in json.dumps(record.__dict__, default=str)] == []
