"""OPML to entries of the feed list: what readers export, what is broken, what is hostile (A-07, F-18)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from spiders.feeds import read_feeds
from spiders.kinds.feed import FeedSource
from spiders.opml import AT_MOST, LARGEST, OpmlFeed, entries, feeds_of
from spiders.page import Plan
from terms.errors import SettingMissing, VardeError

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "data" / "corpora" / "opml-awesome-rss"
PLAN = Plan(now=datetime(2026, 11, 23, 8, tzinfo=UTC))
GOOD = """<?xml version="1.0"?>
<opml version="2.0"><head><title>Written by us</title></head><body>
<outline text="Welding">
 <outline text="short" title="Journal of Welding &amp; Joining" type="rss"
  xmlUrl="https://journal.example/rss?a=1&amp;b=2" htmlUrl="https://journal.example/"/>
 <outline TEXT="Fish Farming" XMLURL="https://www.fish.example/feed"/>
 <outline text="The same again" xmlUrl="https://journal.example/rss?a=1&amp;b=2&amp;utm_source=x"/>
 <outline text="A folder"/>
</outline></body></opml>"""


def row(url: str, title: str = "t") -> bytes:
    return f'<opml><body><outline text="{title}" xmlUrl="{url}"/></body></opml>'.encode()


def in_list(tmp_path: Path, text: str) -> tuple[FeedSource, ...]:
    path = tmp_path / "feeds.yaml"
    path.write_text(text, "utf-8")
    return read_feeds(path)


def test_feeds_in_their_order_each_once_whatever_the_case_of_names() -> None:
    found = feeds_of(GOOD.encode())
    assert found.feeds == (
        OpmlFeed("Journal of Welding & Joining", "https://journal.example/rss?a=1&b=2", "https://journal.example/"),
        OpmlFeed("Fish Farming", "https://www.fish.example/feed", "https://www.fish.example/"),
    )
    assert found.left_out == ("The same again: the same address stands twice",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_that_readers_write(encoding: str) -> None:
    text = GOOD.replace("Welding", "Sveising Ø")
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    found = feeds_of(mark + text.encode(encoding))
    assert [feed.title for feed in found.feeds] == ["Journal of Sveising Ø & Joining", "Fish Farming"]


def test_rows_that_are_not_well_formed_are_read_too() -> None:
    broken = (
        b'<opml><body><!-- <outline xmlUrl="https://commented.example/"/> --><outline text="A & B" xmlUrl="https://a.example/?x=1&y=2"/>'
        b'<outline text="a "quoted" word" xmlUrl="https://b.example/"/><outline text="p < 0.05" xmlUrl="https://c.example/"/>'
    )
    assert sorted(feed.url for feed in feeds_of(broken).feeds) == [
        "https://a.example/?x=1&y=2",
        "https://b.example/",
        "https://c.example/",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "feed://journal.example/rss",
        "javascript:alert(1)",
        "\\\\host\\x",
        "https://me:pw@journal.example/",
        "http://2130706433/",
        "https://journal.example/a&#13;&#10;Host: x",
        "",
        "//journal.example/rss",
    ],
)
def test_addresses_that_are_none_are_left_out_by_row(url: str) -> None:
    found = feeds_of(row(url, "Bad &lt;b&gt;one&lt;/b&gt;"))
    assert found.feeds == ()
    assert len(found.left_out) == 1 and found.left_out[0].startswith("Bad one: ")


@pytest.mark.parametrize(
    "opml",
    [
        b"",
        b"just words",
        b"\x00\xff\xfe",
        b"<html><body><outline xmlUrl='https://a.example/'/></body></html>",
        b'<rss version="2.0"><channel/></rss>',
        b'<!DOCTYPE opml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><opml><body><outline text="&b;" xmlUrl="https://a.example/"/></body></opml>',
        b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]><opml><head><title>&x;</title></head></opml>',
        '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/hostname">]><opml><body/></opml>'.encode("utf-16"),
        b"<opml>" + b" " * LARGEST,
    ],
)
def test_what_is_no_opml_or_declares_entities_is_refused(opml: bytes) -> None:
    with pytest.raises(VardeError):
        feeds_of(opml)


def test_an_endless_list_is_cut_and_says_so() -> None:
    rows = b"".join(b'<outline text="t" xmlUrl="https://a.example/%d"/>' % n for n in range(AT_MOST + 3))
    found = feeds_of(b"<opml><body>" + rows + b"</body></opml>")
    assert len(found.feeds) == AT_MOST
    assert found.left_out == (f"3 feeds after the first {AT_MOST}: split the file",)


HOSTILE_TITLES = (
    "- name: x",
    "a: b # c",
    "'\"",
    "&#10;evil: 1&#10;",
    "{a: [b",
    "!!python/object:os.system",
    "&#x202e;gpj",
    "日本語",
    "42",
    "null",
    "%YAML 1.2",
    "x" * 5_000,
    "=?utf-8?q?a=0aBcc=3A?=",
)


def test_entries_are_a_list_that_can_be_read_whatever_the_titles_say(tmp_path: Path) -> None:
    """No title becomes a field of its own or a name that is taken; each entry waits for its licence and terms."""
    rows = "".join(
        f'<outline text="{title.replace(chr(34), "&quot;")}" xmlUrl="https://host{n}.example/feed"/>'
        for n, title in enumerate(HOSTILE_TITLES)
    )
    found = feeds_of(f"<opml><body>{rows}</body></opml>".encode())
    text = entries(found.feeds, taken=("name-x", "host7-example"))
    sources = in_list(tmp_path, text)
    assert [source.url for source in sources] == [f"https://host{n}.example/feed" for n in range(len(HOSTILE_TITLES))]
    assert len({source.name for source in sources} | {"name-x", "host7-example"}) == len(HOSTILE_TITLES) + 2
    assert all(source.title.isprintable() for source in sources)
    assert {len(entry) for entry in YAML(typ="safe").load(text)} == {12}


def test_an_entry_without_licence_and_terms_does_not_start_and_says_so(tmp_path: Path) -> None:
    """P16; once both are filled in, it starts."""
    text = entries(feeds_of(GOOD.encode()).feeds, ())
    for source in in_list(tmp_path, text):
        assert "licence and terms" in source.waits_for
        with pytest.raises(SettingMissing, match="licence and terms are empty"):
            source.start(PLAN)
    half = text.replace('licence: ""', "licence: CC BY 4.0")
    assert [source.waits_for.split(" are ")[0] for source in in_list(tmp_path, half)] == ["its terms"] * 2
    null = half.replace('terms: ""', "terms:")
    assert all(source.waits_for for source in in_list(tmp_path, null))
    whole = half.replace('terms: ""', "terms: https://journal.example/terms")
    first, second = in_list(tmp_path, whole)
    assert (first.waits_for, second.waits_for) == ("", "")
    assert [ask.url for ask in first.start(PLAN)] == ["https://journal.example/rss?a=1&b=2"]


def test_every_feed_of_the_corpus_is_found(tmp_path: Path) -> None:
    """46 of these files are not well-formed XML; 913 rows name a feed, and all 913 are read."""
    if not CORPUS.exists():
        pytest.skip("the corpus opml-awesome-rss is not on this machine")
    files = sorted(CORPUS.rglob("*.opml"))
    found = [feeds_of(path.read_bytes()) for path in files]
    assert (len(files), sum(len(opml.feeds) for opml in found)) == (69, 913)
    assert [opml.left_out for opml in found if opml.left_out] == []
    text = entries([feed for opml in found[:10] for feed in opml.feeds], ())
    assert len(in_list(tmp_path, text)) == sum(len(opml.feeds) for opml in found[:10])
