"""Manners towards publishers (P14; RELIABILITY A-14, A-15, A-21)."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from spiders import polite
from spiders.crawl import crawl
from spiders.polite import Visits, retry_after
from terms.haul import Haul
from tests.origin import NOW, Notices, Origin, Reply, notices, plan_since, serving, settings_for

Crawl = Callable[..., Haul]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as publisher:
        publisher.on("/1", Reply(notices("a")))
        publisher.on("/2", Reply(notices("b")))
        yield publisher


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that a crawl would have waited."""
    spent: list[float] = []

    async def counted(seconds: float) -> None:
        spent.append(seconds)

    monkeypatch.setattr(polite, "pause", counted)
    return spent


@pytest.fixture
def crawled(tmp_path: Path, origin: Origin) -> Crawl:
    numbers = iter(range(99))

    def run(*paths: str, since: str | None = None, **changed: object) -> Haul:
        return crawl(
            Notices(*(origin.url(path) for path in paths)),
            plan_since(since),
            into=tmp_path / "hauls",
            captures=tmp_path / "captures",
            run_key=f"run{next(numbers)}",
            settings=settings_for(origin, **changed),
        )

    return run


def test_a_21_robots_is_read_first_and_once(crawled: Crawl, origin: Origin) -> None:
    crawled("/1", "/2")
    assert origin.paths() == ["/robots.txt", "/1", "/2"]
    assert origin.asked[0].headers["user-agent"] == "Varde/0.1 (+https://varde.example/)"


def test_a_21_what_robots_forbids_is_never_asked_for(crawled: Crawl, origin: Origin) -> None:
    origin.on("/robots.txt", Reply(b"User-agent: varde\nDisallow: /2\nDisallow: /3\n\nUser-agent: *\nDisallow: /"))
    haul = crawled("/2", "/1", "/3")
    assert origin.paths() == ["/robots.txt", "/1"]
    assert haul.state == "partial"
    assert haul.counts["failed_pages"] == 2
    assert "robots.txt of" in haul.incidents[0].facts["reason"]


@pytest.mark.parametrize("reply", [Reply(status=500), Reply(status=503), Reply(status=429), Reply(b"x", is_cut=True)])
def test_a_21_robots_that_cannot_be_read_forbids_all_for_now(crawled: Crawl, origin: Origin, reply: Reply) -> None:
    origin.on("/robots.txt", reply)
    haul = crawled("/1", "/2")
    assert haul.state == "failed"
    assert origin.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    "reply", [Reply(status=404), Reply(status=403), Reply(b"<html>hello</html>"), Reply(b"\xff\xfe\x00#" * 400_000)]
)
def test_a_21_robots_that_is_not_there_or_nonsense_allows(crawled: Crawl, origin: Origin, reply: Reply) -> None:
    origin.on("/robots.txt", reply)
    assert crawled("/1").state == "complete"


def test_a_21_robots_is_asked_again_before_it_counts_as_down(crawled: Crawl, origin: Origin) -> None:
    origin.on("/robots.txt", Reply(status=500), Reply(b"User-agent: *\nDisallow: /2"))
    assert crawled("/1", retries=1).state == "complete"


def test_a_21_crawl_delay_is_kept(crawled: Crawl, origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    delays: list[float] = []
    real = polite.Robots._slow_down

    def watched(self: polite.Robots, request: object, rules: object) -> None:
        real(self, request, rules)  # type: ignore[arg-type]
        delays.extend(slot.delay for slot in self._crawler.engine.downloader.slots.values())

    monkeypatch.setattr(polite.Robots, "_slow_down", watched)
    origin.on("/robots.txt", Reply(b"User-agent: *\nCrawl-delay: 0.2"))
    crawled("/1")
    assert delays == [0.2]


def test_a_21_a_crawl_delay_that_nobody_can_keep_ends_the_crawl(crawled: Crawl, origin: Origin) -> None:
    origin.on("/robots.txt", Reply(b"User-agent: *\nCrawl-delay: 86400"))
    haul = crawled("/1")
    assert haul.state == "failed"
    assert "86400 s" in haul.incidents[0].facts["reason"]


def test_a_14_retry_after_in_seconds_is_waited_for(crawled: Crawl, origin: Origin, waits: list[float]) -> None:
    origin.on("/1", Reply(status=429, headers={"Retry-After": "7"}), Reply(notices("a")))
    haul = crawled("/1", retries=2)
    assert haul.state == "complete"
    assert 6.5 < waits[0] <= 7


def test_a_14_retry_after_as_a_date_is_waited_for(crawled: Crawl, origin: Origin, waits: list[float]) -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    origin.on("/1", Reply(status=503, headers={"Retry-After": at}), Reply(notices("a")))
    assert crawled("/1", retries=2).state == "complete"
    assert 50 < waits[0] <= 60


@pytest.mark.parametrize("stated", ["soon", "-5", "", "1e9", "Mon, 01 Jan 2024 00:00:00 GMT"])
def test_a_14_an_unusable_retry_after_falls_back_to_our_own_wait(
    crawled: Crawl, origin: Origin, waits: list[float], stated: str
) -> None:
    origin.on("/1", Reply(status=503, headers={"Retry-After": stated}), Reply(status=503), Reply(notices("a")))
    assert crawled("/1", retries=2, retry_wait_s=10.0).state == "complete"
    assert 9 < waits[0] <= 10
    assert 19 < waits[1] <= 20


def test_a_14_a_longer_wait_than_we_have_ends_the_crawl_there_until_then(
    crawled: Crawl, origin: Origin, waits: list[float]
) -> None:
    origin.on("/2", Reply(status=429, headers={"Retry-After": "3600"}), Reply(notices("b")))
    haul = crawled("/1", "/2", "/3", retries=2)
    assert haul.state == "partial"
    assert origin.paths() == ["/robots.txt", "/1", "/2"]
    assert [incident.message for incident in haul.incidents] == ["The publisher asks us to come back later"] * 2
    assert "asks us to come back at 20" in haul.incidents[0].facts["reason"]
    assert crawled("/1").state == "failed"
    assert origin.paths() == ["/robots.txt", "/1", "/2"]
    assert waits == []


def test_a_14_retries_are_counted_and_then_it_is_a_failed_page(
    crawled: Crawl, origin: Origin, waits: list[float]
) -> None:
    origin.on("/1", Reply(status=502))
    haul = crawled("/1", retries=2, retry_wait_s=1.0)
    assert haul.state == "failed"
    assert origin.paths().count("/1") == 3


def test_a_15_a_page_that_does_not_exist_is_not_tried_again(crawled: Crawl, origin: Origin) -> None:
    crawled("/1", "/missing", retries=2)
    assert origin.paths().count("/missing") == 1


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("0", timedelta(0)),
        (" 120 ", timedelta(seconds=120)),
        ("315360000", timedelta(hours=24)),
        ("9" * 6000, timedelta(hours=24)),
        ("²", None),
        ("-1", None),
        ("tomorrow", None),
        ("Mon, 23 Nov 2026 07:00:30 GMT", timedelta(seconds=30)),
        ("Mon, 23 Nov 2026 07:00:30", timedelta(seconds=30)),
        ("Mon, 23 Nov 2036 07:00:00 GMT", timedelta(hours=24)),
        ("Mon, 23 Nov 2026 06:59:00 GMT", None),
        ("Mon, 99 Nov 99999 99:00:00 GMT", None),
    ],
)
def test_a_14_retry_after_forms(stated: str, expected: timedelta | None) -> None:
    assert retry_after(stated, NOW) == expected


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_15_a_refusal_is_a_failed_page_and_is_asked_again_next_time(
    crawled: Crawl, origin: Origin, status: int
) -> None:
    origin.on("/1", Reply(status=status))
    haul = crawled("/1", "/2", retries=2)
    assert (haul.state, haul.counts["items"]) == ("partial", 1)
    assert haul.incidents[0].facts["status"] == str(status)
    crawled("/1")
    assert origin.paths().count("/1") == 2


@pytest.mark.parametrize("status", [410, 451])
def test_a_15_an_address_that_is_gone_for_good_is_not_asked_again(crawled: Crawl, origin: Origin, status: int) -> None:
    """Aloud, at every crawl, until its address is mended; other addresses of the source go on."""
    origin.on("/1", Reply(status=status))
    first = crawled("/1", "/2")
    assert [incident.message for incident in first.incidents] == ["The publisher says that this is gone for good"]
    assert first.incidents[0].level == "error" and first.incidents[0].facts["status"] == str(status)
    second = crawled("/1", "/2")
    assert (second.state, second.counts["items"], second.incidents[0].level) == ("partial", 1, "error")
    assert f"answered {status}" in second.incidents[0].facts["reason"]
    assert origin.paths().count("/1") == 1 and origin.paths().count("/2") == 2


def test_a_15_unchanged_pages_count_and_are_a_success(crawled: Crawl, origin: Origin) -> None:
    first = Reply(notices("a", next=origin.url("/2"), stamp="5"), headers={"ETag": '"v1"'})
    origin.on("/1", first, Reply(status=304, headers={"ETag": '"v2"'}))
    assert crawled("/1").state == "complete"
    again = crawled("/1", since="5")
    assert (again.state, again.counts["unchanged"], again.counts["items"]) == ("complete", 1, 0)
    assert again.incidents == ()
    assert again.cursor == "5"
    assert origin.asked[-1].headers["if-none-match"] == '"v1"'
    crawled("/1", since="5")
    assert origin.asked[-1].headers["if-none-match"] == '"v2"'


def test_a_15_a_crawl_that_failed_in_part_asks_for_everything_again(
    crawled: Crawl, origin: Origin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Notices, "resumes", 0)
    tagged = Reply(notices("a", next=origin.url("/3")), headers={"Last-Modified": "Mon, 23 Nov 2026 07:00:00 GMT"})
    origin.on("/1", tagged)
    origin.on("/3", Reply(status=500), Reply(notices("c")))
    assert crawled("/1", since="4").state == "partial"
    assert crawled("/1", since="4").counts["items"] == 2
    assert not any("if-modified-since" in asked.headers for asked in origin.asked)
    crawled("/1", since="4")
    assert "if-modified-since" in origin.asked[-2].headers


def test_a_15_a_back_fill_is_never_answered_with_unchanged(crawled: Crawl, origin: Origin) -> None:
    origin.on("/1", Reply(notices("a"), headers={"ETag": '"v1"'}))
    crawled("/1")
    crawled("/1", since=None)
    assert "if-none-match" not in origin.asked[-1].headers


@pytest.mark.parametrize("kept", [b"", b"{", b"[]", b'{"hosts": {"a": 1}, "pages": {}}', b'{"hosts": [], "pages": 1}'])
def test_a_damaged_memory_is_forgotten(tmp_path: Path, kept: bytes) -> None:
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices/visits.json").write_bytes(kept)
    visits = Visits(tmp_path, "notices")
    assert visits.hosts == {}
    assert visits.validators("https://a.example/") == {}
    visits.save(complete=True)
    assert json.loads((tmp_path / "notices/visits.json").read_bytes()) == {"hosts": {}, "pages": {}, "gone": {}}
