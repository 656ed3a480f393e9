"""Redirects and other words that lead elsewhere; addresses that are none (RELIABILITY A-05 to A-07, A-09)."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from spiders.crawl import crawl
from spiders.feeds import read_feeds
from spiders.guard import SafeRedirect
from spiders.page import Ask, Plan
from spiders.spider import SourceSpider
from terms.errors import SettingMissing
from tests.crawling import Crawl, crawler
from tests.houses import make_house
from tests.origin import Notices, Origin, Reply, notices, plan_since, serving, settings_for
from watch.feeding import import_feeds


@pytest.fixture
def origin() -> Iterator[Origin]:
    with serving() as publisher:
        publisher.on("/1", Reply(notices("a")))
        yield publisher


@pytest.fixture
def crawled(tmp_path: Path, origin: Origin) -> Crawl:
    return crawler(tmp_path, origin)


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address given to connect(2), which dials as ever."""
    seen: list[object] = []
    real = socket.socket.connect

    def spy(self: socket.socket, address: tuple[str, int]) -> None:
        seen.append(address)
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", spy)
    return seen


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:1/",
        "http://localhost:1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:10.0.0.1]/",
        "//10.0.0.1/",
        "file:///etc/passwd",
        "ftp://a.example/",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "http://user:pw@127.0.0.1:1/",
    ],
)
def test_a_09_a_redirect_leads_nowhere_inside(
    crawled: Crawl, origin: Origin, dialled: list[object], target: str
) -> None:
    origin.on("/away", Reply(status=302, headers={"Location": target}))
    haul = crawled("/away", "/1")
    assert haul.counts["items"] == 1
    assert haul.counts["failed_pages"] == 1
    assert haul.incidents[0].message == "An address was refused"
    assert set(dialled) == {("127.0.0.1", origin.port)}


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://a.example/", "data:text/plain,x", "gopher://a.example/", "JavaScript:x()"]
)
def test_a_06_a_redirect_refused_for_its_scheme_names_it(crawled: Crawl, origin: Origin, target: str) -> None:
    origin.on("/away", Reply(status=302, headers={"Location": target}))
    assert f"'{target.partition(':')[0].lower()}'" in crawled("/away").incidents[0].facts["reason"]


def test_a_05_five_redirects_are_followed(crawled: Crawl, origin: Origin) -> None:
    for hop in range(9):
        origin.on(f"/hop{hop}", Reply(status=301, headers={"Location": f"/hop{hop + 1}"}))
    origin.on("/hop5", Reply(notices("b")))
    assert crawled("/hop0").counts["items"] == 1


def test_a_05_redirects_in_a_circle_end(crawled: Crawl, origin: Origin) -> None:
    origin.on("/round", Reply(status=302, headers={"Location": "/round"}))
    haul = crawled("/round")
    assert haul.incidents[0].facts["reason"] == "more than five redirects"
    assert origin.paths().count("/round") == 6


def test_a_05_headers_of_a_source_do_not_follow_to_another_host(tmp_path: Path, origin: Origin) -> None:
    class Keyed(Notices):
        def start(self, plan: Plan) -> list[Ask]:
            return [Ask(url, headers={"X-Api-Key": "S3CR3T"}) for url in self.urls]

    Keyed.name = "notices"
    with serving() as other:
        origin.on("/away", Reply(status=302, headers={"Location": other.url("/there")}))
        other.on("/there", Reply(notices("a")))
        crawl(
            Keyed(origin.url("/away")),
            plan_since(),
            into=tmp_path / "hauls",
            captures=tmp_path / "captures",
            run_key="run1",
            settings=settings_for(None, allow_hosts=(f"127.0.0.1:{origin.port}", f"127.0.0.1:{other.port}")),
        )
        assert origin.asked[-1].headers["x-api-key"] == "S3CR3T"
        assert other.paths() == ["/robots.txt", "/there"]
        assert all("x-api-key" not in asked.headers for asked in other.asked)


@pytest.mark.parametrize(
    ("before", "after", "follows"),
    [
        ("https://a.example/1", "http://a.example/1", False),
        ("https://a.example/1", "https://b.example/1", False),
        ("https://a.example/1", "https://a.example:8443/1", False),
        ("http://a.example/1", "https://a.example/1", False),
        ("https://a.example/1", "https://a.example/2", True),
    ],
)
def test_a_05_a_key_leaves_neither_its_host_nor_its_encryption(before: str, after: str, follows: bool) -> None:
    redirects = SafeRedirect.from_crawler(Crawler(SourceSpider, {"REDIRECT_MAX_TIMES": 5}))
    redirects.handle_referer = lambda *_: None  # type: ignore[method-assign]  # it would ask the engine
    asked = Request(before, headers={"X-Api-Key": "S3CR3T"}, meta={"own_headers": ("X-Api-Key",)})
    following = redirects.process_response(asked, Response(before, status=302, headers={"Location": after}))
    assert isinstance(following, Request) and following.url == after
    assert (b"X-Api-Key" in following.headers) is follows


def test_a_09_meta_refresh_refresh_and_links_in_a_page_are_not_followed(
    crawled: Crawl, origin: Origin, dialled: list[object]
) -> None:
    page = b"""<meta http-equiv="refresh" content="0;url=/inside"><link rel="canonical" href="http://10.0.0.1/inside">
<link rel="icon" href="/inside"><link rel="alternate" type="application/rss+xml" href="http://localhost/inside">"""
    headers = {"Content-Type": "text/html", "Refresh": "0; url=/inside", "Link": "</inside>; rel=preload"}
    origin.on("/meta", Reply(page, headers=headers | {"Content-Location": "http://10.0.0.1/inside"}))
    assert crawled("/meta").state == "failed"
    assert origin.paths() == ["/robots.txt", "/meta"]
    assert set(dialled) == {("127.0.0.1", origin.port)}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"User-agent: *\nAllow: /\nSitemap: http://10.0.0.1/sitemap.xml\nHost: http://10.0.0.1/"),
        Reply(status=302, headers={"Location": "http://10.0.0.1/robots.txt"}),
    ],
)
def test_a_09_robots_leads_nowhere_inside(crawled: Crawl, origin: Origin, dialled: list[object], reply: Reply) -> None:
    origin.on("/robots.txt", reply)
    crawled("/1")
    assert set(dialled) == {("127.0.0.1", origin.port)}


NO_ADDRESSES = [
    "file:///etc/passwd",
    "feed://a.example/",
    "\\\\host\\x",
    " http://a.example/",
    "http://a.example/\r\nX: y",
    "//a.example/feed",
    "javascript:alert(1)",
    "http://user:secret@a.example/feed",
    "http://a.example\\@b.example/",
    "",
]
ENTRY = """
- name: papers
  title: Papers
  url: {url}
  publisher: Nobody
  home: https://papers.example/
  licence: CC0
  terms: https://papers.example/terms
  attribution: Papers
  every: 24
  expect: [0, 50]
  rate: 0.001
  kind: publication
"""


@pytest.mark.parametrize("url", NO_ADDRESSES)
def test_a_07_an_address_that_is_none_is_refused_wherever_it_is_entered(
    crawled: Crawl, dialled: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """The feed list, an import of OPML and a source of code; nothing is fetched, nothing is stored."""
    house = make_house(tmp_path, monkeypatch)
    listed = tmp_path / "listed.yaml"
    listed.write_text(ENTRY.format(url=json.dumps(url)))
    with pytest.raises(SettingMissing, match=r"field url"):
        read_feeds(listed)
    opml = tmp_path / "feeds.opml"
    opml.write_text(f"<opml><body><outline text='x' xmlUrl={quoteattr(url)}/></body></opml>")
    if url.strip() == url:  # blanks around one are taken off, since readers export them
        assert import_feeds(house, opml).added == () and not house.settings.feeds.exists()
    assert crawled(url).state == "failed" and dialled == []
