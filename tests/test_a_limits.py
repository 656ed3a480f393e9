"""What is too large, too slow or too much ends where it should (RELIABILITY A-01 to A-04), with its cost in memory."""

import gzip
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest
from backports import zstd

from terms.haul import Haul
from tests.crawling import Crawl, crawled_apart, crawler
from tests.origin import Origin, Reply, notices, serving

MOST_GROWTH_MB = 64


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as publisher:
        publisher.on("/1", Reply(notices("a")))
        yield publisher


@pytest.fixture
def crawled(tmp_path: Path, origin: Origin) -> Crawl:
    return crawler(tmp_path, origin)


PIECE = bytes(2**26)


def deflated(times: int) -> bytes:
    """A zlib stream of so many times 64 MB of zeros: flushed blocks can be repeated."""
    packer = zlib.compressobj(9)
    head = packer.compress(b"") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(PIECE) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * times + packer.flush()


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(PIECE) * 32,
    "deflate": lambda: deflated(32),
    "br": lambda: brotli.compress(bytes(2**28), quality=4, lgwin=24),
    "zstd": lambda: zstd.compress(PIECE) * 32,
    "gzip, gzip, gzip": lambda: gzip.compress(gzip.compress(gzip.compress(PIECE) * 32)),
}
"""Two gigabytes of zeros each (Brotli: a quarter of one) in some kilobytes to megabytes."""


@pytest.mark.parametrize("encoding", BOMBS)
def test_a_01_a_bomb_is_refused_at_the_limit(tmp_path: Path, origin: Origin, encoding: str) -> None:
    origin.on("/bomb", Reply(BOMBS[encoding](), headers={"Content-Encoding": encoding}))
    haul, growth_mb = crawled_apart(tmp_path, origin, "/bomb", "/1")
    assert haul.counts["items"] == 1
    assert haul.incidents[0].facts["reason"] == "too_large: more than VARDE_MAX_BODY_BYTES once unpacked"
    assert growth_mb <= MOST_GROWTH_MB


def test_a_01_a_body_just_under_the_limit_is_read(tmp_path: Path, origin: Origin) -> None:
    """The limit is on what is unpacked, and nothing is refused below it."""
    body = notices("a", filler="x" * 900_000)
    origin.on("/near", Reply(gzip.compress(body), headers={"Content-Encoding": "gzip"}))
    assert crawler(tmp_path, origin)("/near", max_body_bytes=1_000_000).counts["items"] == 1


def test_a_02_a_large_body_is_refused_before_and_while_reading(tmp_path: Path, origin: Origin) -> None:
    sent: list[int] = []

    def pieces(head: bytes = b"") -> Iterator[bytes]:
        yield head
        for number in range(20_000):
            sent.append(number)
            yield b"x" * 100_000

    origin.on("/announced", Reply(headers={"Content-Length": str(2 * 10**9)}, pieces=pieces()))
    origin.on("/endless", Reply(raw=pieces(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")))
    announced, announced_mb = crawled_apart(tmp_path / "announced", origin, "/announced", "/1")
    assert len(sent) < 100
    endless, endless_mb = crawled_apart(tmp_path / "endless", origin, "/endless", "/1")
    assert len(sent) < 1_000
    for haul in (announced, endless):
        assert haul.counts["items"] == 1
        assert haul.incidents[0].facts["reason"] == "too_large: more than VARDE_MAX_BODY_BYTES"
    assert max(announced_mb, endless_mb) <= MOST_GROWTH_MB


def dripping(head: bytes, drop: bytes) -> Iterator[bytes]:
    yield head
    for _ in range(1_000):
        yield drop


SLOW = {
    "body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b" "),
    "headers": dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "interim": dripping(b"HTTP/1.1 103 Early Hints\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "silence": dripping(b"", b""),
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_03_a_slow_answer_is_cut_and_the_next_is_asked(crawled: Crawl, origin: Origin, kind: str) -> None:
    """The limit is on the whole request (30 s by default), so no drop of bytes buys time."""
    origin.on("/slow", Reply(raw=SLOW[kind], pause=lambda: time.sleep(0.05)))
    origin.on("/2", Reply(notices("b")))
    haul = crawled("/1", "/slow", "/2", request_timeout_s=0.5)
    assert haul.counts["items"] == 2
    assert haul.incidents[0].facts["reason"] == "no whole answer in time"


FLOODS = {
    "lines": [b"HTTP/1.1 200 OK\r\n", *[b"X-Flood: yes\r\n" * 1_000] * 200, b"Content-Length: 2\r\n\r\n{}"],
    "one_line": [b"HTTP/1.1 200 OK\r\nX-Long: ", *[b"y" * 1_000_000] * 50, b"\r\nContent-Length: 2\r\n\r\n{}"],
    "interim": [*[b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1_000] * 100, b"HTTP/1.1 200 OK\r\n\r\n{}"],
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_04_a_flood_of_headers_is_an_error_and_costs_no_memory(tmp_path: Path, origin: Origin, kind: str) -> None:
    origin.on("/flood", Reply(raw=FLOODS[kind]))
    haul, growth_mb = crawled_apart(tmp_path, origin, "/flood", "/1")
    assert haul.counts["items"] == 1
    assert haul.incidents[0].facts["reason"] == "the connection broke"
    assert growth_mb <= MOST_GROWTH_MB


def reasons(haul: Haul) -> list[str]:
    """Why pages failed."""
    return [incident.facts["reason"] for incident in haul.incidents]


@pytest.mark.parametrize("silent", ["/robots.txt", "/slow"])
def test_a_03_a_host_that_never_answers_is_left_alone(crawled: Crawl, origin: Origin, silent: str) -> None:
    """It has the time of one request in all, retries and further pages included."""
    origin.on(silent, Reply(raw=dripping(b"", b""), pause=lambda: time.sleep(0.05)))
    haul = crawled("/slow", "/1", "/2", request_timeout_s=0.5, retries=2, retry_wait_s=60.0)
    assert haul.state == "failed" and haul.counts["failed_pages"] == 3
    assert all("StaysSilent" in told or "in time" in told or "silent" in told for told in reasons(haul))
    assert origin.paths() == ["/robots.txt", "/slow"][: 1 + (silent == "/slow")]
