"""Crawling one source into a haul: complete, partial, failed (RELIABILITY A-17 to A-19)."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from spiders.page import Ask, Note, Page, Plan
from spiders.spider import SourceSpider
from terms.errors import SettingMissing
from terms.haul import Haul
from terms.incident import Incident
from terms.item import Item
from tests.crawling import Crawl, crawler
from tests.origin import NOW, Notices, Origin, Reply, files_in, notices, serving


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as publisher:
        yield publisher


@pytest.fixture
def crawled(tmp_path: Path, origin: Origin) -> Crawl:
    return crawler(tmp_path, origin)


def ids_in(tmp_path: Path) -> list[str]:
    lines = (tmp_path / "hauls/notices/run1/items.jsonl").read_text().splitlines()
    return [Item.model_validate_json(line).source_id for line in lines]


def messages(haul: Haul) -> list[str]:
    return [incident.message for incident in haul.incidents]


def test_pages_are_followed_and_items_ordered_once(crawled: Crawl, origin: Origin, tmp_path: Path) -> None:
    origin.on("/1", Reply(notices("c", "a", next=origin.url("/2"), total=3, stamp="5")))
    origin.on("/2", Reply(notices("b", "a", next=origin.url("/1"), total=3, stamp="7")))
    haul = crawled("/1", since="4")
    assert haul.state == "complete"
    assert haul.incidents == ()
    assert haul.cursor == "7"
    assert ids_in(tmp_path) == ["a", "b", "c"]
    assert haul.counts == {
        "pages": 2,
        "captures": 2,
        "items": 3,
        "duplicates": 1,
        "failed_pages": 0,
        "unchanged": 0,
        "skipped": 0,
    }
    assert Haul.model_validate_json((tmp_path / "hauls/notices/run1/haul.json").read_bytes()) == haul


def test_the_last_of_two_items_with_one_key_is_kept(crawled: Crawl, origin: Origin, tmp_path: Path) -> None:
    second = json.dumps({"items": [{"id": "a", "title": "Corrected"}]}).encode()
    origin.on("/1", Reply(notices("a", next=origin.url("/2"))))
    origin.on("/2", Reply(second))
    crawled("/1")
    (line,) = (tmp_path / "hauls/notices/run1/items.jsonl").read_text().splitlines()
    assert Item.model_validate_json(line).title == "Corrected"


def test_a_finished_haul_is_returned_and_nothing_is_asked(crawled: Crawl, origin: Origin) -> None:
    origin.on("/1", Reply(notices("a")))
    first = crawled("/1")
    origin.asked.clear()
    assert crawled("/1") == first
    assert origin.asked == []


def test_leftovers_of_a_killed_crawl_are_removed(crawled: Crawl, origin: Origin, tmp_path: Path) -> None:
    folder = tmp_path / "hauls/notices/run1"
    folder.mkdir(parents=True)
    (folder / "items.jsonl.part").write_text("half")
    (folder / "items.jsonl").write_text("stale")
    origin.on("/1", Reply(notices("a")))
    crawled("/1")
    assert sorted(files_in(folder)) == ["haul.json", "items.jsonl"]
    assert ids_in(tmp_path) == ["a"]


def test_a_18_a_page_that_fails_costs_only_itself(crawled: Crawl, origin: Origin, tmp_path: Path) -> None:
    origin.on("/1", Reply(notices("a", stamp="9")))
    origin.on("/2", Reply(b"sorry", status=500))
    origin.on("/3", Reply(notices("c", stamp="9")))
    haul = crawled("/1", "/2", "/3", since="4")
    assert haul.state == "partial"
    assert haul.cursor == "4"
    assert ids_in(tmp_path) == ["a", "c"]
    assert [incident.facts["status"] for incident in haul.incidents] == ["500"]
    assert haul.counts["failed_pages"] == 1


@pytest.mark.parametrize("body", [b"<html>Please log in</html>", b"", b"[]", b"\xff\xfe\x00"])
def test_a_16_another_shape_than_known_is_an_error_and_stores_nothing(
    crawled: Crawl, origin: Origin, body: bytes
) -> None:
    origin.on("/1", Reply(body))
    haul = crawled("/1", since="4")
    assert (haul.state, haul.cursor, haul.counts["items"]) == ("failed", "4", 0)
    (incident,) = haul.incidents
    assert incident.level == "error"
    assert len(incident.facts["capture"]) == 64


def test_an_exception_in_a_parser_is_the_boundary_of_its_page(crawled: Crawl, origin: Origin, tmp_path: Path) -> None:
    origin.on("/1", Reply(json.dumps({"items": [{"id": "a", "title": "kept"}, {"name": 1}]}).encode()))
    origin.on("/2", Reply(notices("b")))
    haul = crawled("/1", "/2")
    assert haul.state == "partial"
    assert ids_in(tmp_path) == ["a", "b"]
    (incident,) = haul.incidents
    assert incident.message == "The page broke its parser"
    assert incident.facts["reason"].startswith("KeyError")
    assert (tmp_path / "captures/notices" / incident.facts["capture"][:2] / incident.facts["capture"]).exists()


def test_a_publisher_that_is_down_is_a_failed_haul(crawled: Crawl, origin: Origin) -> None:
    haul = crawled(source=Notices("http://127.0.0.1:9/feed"), allow_hosts=("127.0.0.1:9",))
    assert haul.state == "failed"
    assert haul.counts["failed_pages"] == 1


def test_a_source_that_cannot_start_is_a_failed_haul(crawled: Crawl) -> None:
    class Broken(Notices):
        def start(self, plan: Plan) -> Iterable[Ask]:
            raise RuntimeError("no start")

    Broken.name = "notices"
    haul = crawled(source=Broken())
    assert haul.state == "failed"
    assert "RuntimeError: no start" in haul.incidents[0].facts["reason"]


def test_a_fault_of_our_own_is_not_a_complete_crawl(
    crawled: Crawl, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scrapy only logs what goes wrong in a spider."""

    def broken(*_: object) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(SourceSpider, "_read_page", broken)
    origin.on("/1", Reply(notices("a")))
    haul = crawled("/1")
    assert haul.state == "failed"
    assert messages(haul) == ["The crawler itself broke; see its log"]


def test_too_few_items_and_none_at_all_are_said(crawled: Crawl, origin: Origin) -> None:
    origin.on("/1", Reply(notices()))
    haul = crawled("/1")
    assert haul.state == "complete"
    assert haul.incidents[0].message == "No item in any page"
    assert haul.incidents[0].facts == {"items": "0", "pages": "1", "expected": "1"}


def test_fewer_items_than_expected(crawled: Crawl, origin: Origin) -> None:
    class Plenty(Notices):
        expect = (5, 9)

    Plenty.name = "notices"
    origin.on("/1", Reply(notices("a")))
    assert messages(crawled(source=Plenty(origin.url("/1")))) == ["Fewer items than expected"]


def test_a_19_a_total_that_does_not_agree_is_said(crawled: Crawl, origin: Origin) -> None:
    origin.on("/1", Reply(notices("a", "b", total=7)))
    (incident,) = crawled("/1").incidents
    assert incident.message == "The publisher counts another number of items than were read"
    assert incident.facts == {"items": "2", "stated": "7"}


def test_a_19_a_total_that_changes_while_paging_is_no_trouble(crawled: Crawl, origin: Origin) -> None:
    origin.on("/1", Reply(notices("a", total=1, next=origin.url("/2"))))
    origin.on("/2", Reply(notices("b", total=2)))
    assert crawled("/1").incidents == ()


def test_notes_of_a_source_are_in_the_haul_and_left_out_records_count(crawled: Crawl, origin: Origin) -> None:
    class Noting(Notices):
        def parse(self, page: Page, note: Note, plan: Plan) -> Iterator[Item]:
            for number in range(30):
                note(Incident(where="source:notices", message="A record was left out", facts={"record": str(number)}))
            return super().parse(page, note, plan)

    Noting.name = "notices"
    origin.on("/1", Reply(notices("a")))
    haul = crawled(source=Noting(origin.url("/1")))
    assert haul.state == "complete"
    assert haul.counts["skipped"] == 30
    assert len(haul.incidents) == 21
    assert haul.incidents[-1].facts == {"more": "10"}


def test_a_source_without_cursors_of_its_own_continues_from_today(crawled: Crawl, origin: Origin) -> None:
    class Undated(Notices):
        cursor = Notices.__mro__[1].cursor

    Undated.name = "notices"
    origin.on("/1", Reply(notices("a", stamp="7")))
    assert crawled(source=Undated(origin.url("/1"))).cursor == NOW.date().isoformat()


def test_a_19_pages_without_end_stop_at_the_limit(crawled: Crawl, origin: Origin) -> None:
    for number in range(20):
        origin.on(f"/{number}", Reply(notices(str(number), next=origin.url(f"/{number + 1}"))))
    haul = crawled("/0", max_pages=5)
    assert haul.counts["pages"] == 5
    assert haul.state == "partial"
    assert messages(haul) == ["The page limit was reached"]


def test_a_19_a_page_that_comes_again_under_changing_addresses_ends_the_paging(crawled: Crawl, origin: Origin) -> None:
    class Endless(Notices):
        def follow(self, page: Page, plan: Plan) -> Iterable[Ask]:
            return [Ask(page.url + "x")]

    Endless.name = "notices"
    for number in range(20):
        origin.on("/" + "x" * number, Reply(notices("a")))
    haul = crawled(source=Endless(origin.url("/")))
    assert haul.counts["pages"] == 2
    assert messages(haul) == ["A page came again under another address; its links were left"]
    assert haul.state == "partial"


def test_a_17_a_body_cut_short_marks_the_run_partial(crawled: Crawl, origin: Origin, tmp_path: Path) -> None:
    origin.on("/1", Reply(notices("a")))
    origin.on("/2", Reply(notices("b"), is_cut=True))
    haul = crawled("/1", "/2")
    assert (haul.state, ids_in(tmp_path)) == ("partial", ["a"])
    assert haul.incidents[0].facts["reason"] == "the answer was cut short"


def test_posts_with_different_bodies_are_different_requests(crawled: Crawl, origin: Origin) -> None:
    class Posting(Notices):
        def start(self, plan: Plan) -> Iterable[Ask]:
            bodies = (b"page=1", b"page=2", b"page=2")
            return [Ask(self.urls[0], method="POST", body=b, headers={"Content-Type": "x/y"}) for b in bodies]

    Posting.name = "notices"
    origin.on("/search", Reply(notices("a")), Reply(notices("b")))
    crawled(source=Posting(origin.url("/search")))
    assert [(a.body, a.headers["content-type"]) for a in origin.asked if a.method == "POST"] == [
        (b"page=1", "x/y"),
        (b"page=2", "x/y"),
    ]


def test_a_25_keys_in_addresses_are_not_told(crawled: Crawl, origin: Origin, caplog: pytest.LogCaptureFixture) -> None:
    origin.on("/1?api_key=S3CR3T&q=1", Reply(status=500))
    haul = crawled("/1?api_key=S3CR3T&q=1", "/2?token=S3CR3T")
    assert "S3CR3T" not in haul.model_dump_json()
    assert "q=1" in haul.model_dump_json()
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]


def test_no_crawl_without_a_contact(crawled: Crawl) -> None:
    with pytest.raises(SettingMissing, match="VARDE_CONTACT"):
        crawled("/1", contact="")


def test_a_crawl_that_takes_too_long_keeps_what_it_has(crawled: Crawl, origin: Origin, tmp_path: Path) -> None:
    origin.on("/1", Reply(notices("a", next=origin.url("/2"))))
    origin.on("/2", Reply(notices("b", next=origin.url("/3")), pieces=(notices("b"),), pause=lambda: time.sleep(3)))
    haul = crawled("/1", crawl_timeout_s=0.5, request_timeout_s=1.0)
    assert haul.state == "partial"
    assert "a" in ids_in(tmp_path)
    assert "The crawl took too long and was stopped" in messages(haul)


def test_importing_the_crawler_loads_neither_scrapy_nor_a_reactor() -> None:
    script = "import sys, spiders.crawl; print([m for m in ('scrapy', 'aiohttp', 'twisted') if m in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
