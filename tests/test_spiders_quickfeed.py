"""The quick reader of plain feeds says what feedparser says, field by field, or declines."""

import re
from collections.abc import Iterator

import pytest

from spiders import feedchild, quickfeed
from tests.damage import CORPORA, RECORDINGS, damaged_feeds, feeds_beside, feeds_recorded

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Trade</title><language>nb</language>{}</channel></rss>"""
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Society</title>{}</feed>'


def both(body: bytes, content_type: str = "") -> tuple[dict[str, object] | None, dict[str, object]]:
    """What the quick reader says, or None; and what feedparser says."""
    quick = quickfeed.parse(body, content_type)
    return quick and feedchild.reduced(quick), feedchild.reduced(feedchild.thorough(body, content_type))


def content_types(body: bytes) -> Iterator[str]:
    yield from ("", "application/rss+xml; charset=utf-8")
    if found := re.search(rb"Content-type:\s*(.*)", body[:2_000]):
        yield found[1].decode("latin-1").strip()


def compared(bodies: Iterator[bytes]) -> int:
    """How many were read quickly, each as feedparser reads it."""
    quickly = 0
    for body in bodies:
        for content_type in content_types(body):
            if quickfeed.parse(body, content_type) is not None:
                quick, thorough = both(body, content_type)
                assert quick == thorough, body[:2_000]
                quickly += 1
    return quickly


def test_our_recordings_are_read_alike() -> None:
    assert compared(path.read_bytes() for path in RECORDINGS.rglob("*.xml")) >= 8


def test_recordings_with_damage_are_read_alike() -> None:
    """Elements left out, doubled, moved and exchanged between feeds; well formed or not."""
    assert compared(damaged_feeds(list(feeds_recorded()), 300, seed=1)) > 100


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of feeds are not on this machine")
def test_every_feed_of_the_corpora_is_read_alike() -> None:
    assert compared(iter(feeds_beside())) > 900


@pytest.mark.skipif(not CORPORA.is_dir(), reason="the corpora of feeds are not on this machine")
def test_corpora_with_damage_are_read_alike() -> None:
    plain = [body for body in feeds_beside() if len(body) < 30_000 and quickfeed.parse(body, "") is not None]
    assert compared(damaged_feeds(plain, 400, seed=2)) > 150


@pytest.mark.parametrize(
    "inside",
    [
        "<item><title>One &amp; two</title><link>https://x.example/?a=1&amp;b=2</link><guid>https://x.example/g</guid>"
        "<description><![CDATA[<p>Words<br/>more</p>]]></description><pubDate>Mon, 23 Nov 2026 07:00:00 GMT</pubDate>"
        "<category domain='x'>robots</category><category>a</category><dc:creator>Kari Nordmann</dc:creator></item>",
        "<item><guid isPermaLink='false'>1</guid><content:encoded>&lt;b&gt;Full&lt;/b&gt;</content:encoded></item>",
        "<item><title>Sm\u00c3\u00b8r</title><guid>https:////x.example/g</guid><author>a@b.example (K)</author></item>",
        "",
    ],
)
def test_plain_rss_is_read_quickly(inside: str) -> None:
    quick, thorough = both(RSS.format(inside).encode())
    assert quick is not None and quick == thorough


@pytest.mark.parametrize(
    "inside",
    [
        "<entry><id>urn:1</id><title type='html'>One &amp;lt;b></title><link href='https://x.example/1'/>"
        "<author><name>Kari</name><email>kari@x.example</email></author><category term='cs.RO'/>"
        "<summary>Short</summary><content type='html'>&lt;p>Long&lt;/p></content><updated>2026-11-23</updated></entry>",
        "<entry><link rel='self' href='https://x.example/self'/><id>https://x.example/2</id><title/></entry>",
    ],
)
def test_plain_atom_is_read_quickly(inside: str) -> None:
    quick, thorough = both(ATOM.format(inside).encode())
    assert quick is not None and quick == thorough


@pytest.mark.parametrize(
    "body",
    [
        RSS.format("<item><title>x</title><title>y</title></item>"),
        RSS.format("<item><title>x<b>y</b></title></item>"),
        RSS.format("<item><title>x</item>"),
        RSS.format("<item xml:base='https://y.example/'><link>a</link></item>"),
        RSS.format("<item><title>&nbsp;</title></item>"),
        ATOM.format("<entry><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>x</div></content></entry>"),
        '<!DOCTYPE rss [<!ENTITY x "y">]>' + RSS.partition("?>")[2].format("&x;"),
        RSS.replace("utf-8", "iso-8859-1").format(""),
        "<html><body>Log in</body></html>",
        "",
    ],
)
def test_what_is_out_of_the_ordinary_is_declined(body: str) -> None:
    assert quickfeed.parse(body.encode(), "") is None


def test_another_charset_in_the_header_is_declined() -> None:
    assert quickfeed.parse(RSS.format("").encode(), "text/xml; charset=iso-8859-1") is None
