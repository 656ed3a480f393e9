"""Feeds read in a confined process: limits, encodings, identities."""

import io
import logging
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path

import feedparser
import pytest

from spiders.kinds.entries import AT_MOST, Entry, Reader, parts_of, read_feed
from spiders.kinds.feed import identity
from spiders.page import Page, Plan
from spiders.text import TEXT_LIMIT, TITLE_LIMIT, line
from terms.errors import SourceChanged
from terms.incident import Incident
from terms.item import Item
from tests.test_spiders_sources import PLAN, SOURCES

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "data" / "corpora" / "feedparser" / "tests"


def rss(items: str, head: str = "") -> bytes:
    return f'{head}<rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode("utf-8", "surrogatepass")


def item(title: str, link: str = "", guid: str = "") -> str:
    return f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{guid}</guid></item>"


def parsed(body: bytes, plan: Plan = PLAN) -> list[Item]:
    page = Page(url="https://trade.example/feed", body=body, capture_sha256="0")
    return list(SOURCES["trade_rss"].parse(page, list[Incident]().append, plan))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"<!DOCTYPE html><html><body><p>Log in</p></body></html>",
        b'{"error": "no"}',
        b"\x1f\x8b\x08\x00garbage",
        b"%PDF-1.7 garbage",
        b"<?xml version='1.0'?><article><title>x</title></article>",
        b"/etc/hostname",
        b"file:///etc/hostname",
        b"http://127.0.0.1:9/feed",
    ],
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(SourceChanged, match=r"not_a_feed: https://x.example/feed"):
        read_feed(body, "", "https://x.example/feed")


def test_a_body_that_is_a_path_is_never_opened(tmp_path: Path) -> None:
    """feedparser.parse(body) would open it (RELIABILITY fact 2)."""
    trap = tmp_path / "secret.xml"
    trap.write_bytes(rss(item("the secret")))
    assert feedparser.parse(str(trap)).entries[0].title == "the secret"
    with pytest.raises(SourceChanged, match="not_a_feed"):
        read_feed(str(trap).encode(), "", "x")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("attributes", rss("<item><a " + " ".join(f"a{n}='x'" for n in range(64_000)) + "/></item>")),
        ("categories", rss("<item>" + "".join(f"<category>{n}</category>" for n in range(64_000)) + "</item>")),
        ("brackets", b"<rss>" + b"<" * 4_000_000),
    ],
)
def test_a_feed_that_takes_too_long_is_stopped_and_the_next_is_read(name: str, body: bytes) -> None:
    with pytest.raises(SourceChanged, match=r"cannot be read: over its limits .*|not_a_feed"):
        read_feed(body, "", "https://x.example/feed")
    assert [entry.title for entry in read_feed(rss(item("next")), "", "x").entries] == ["next"]


def test_entities_of_a_bomb_are_not_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 50_000 + '"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    feed = read_feed(rss(item("&b;&b;&b;") + item("&f;"), head=bomb), "", "x")
    assert not any("haha" in entry.title or "root:" in entry.title for entry in feed.entries)


def test_a_long_feed_is_cut_and_says_so() -> None:
    body = rss("".join(item(f"t{n}", f"https://x.example/{n}") for n in range(AT_MOST + 700)))
    feed = read_feed(body, "", "x")
    assert len(feed.entries) == AT_MOST and feed.left_out == 700
    assert [entry.title for entry in feed.entries] == [f"t{n}" for n in range(AT_MOST)]


@pytest.mark.parametrize("root", ["rss", "rdf:RDF", "feed"])
def test_parts_of_a_feed_are_feeds_and_lose_nothing(root: str) -> None:
    one, spaces = ("entry", 'xmlns="http://www.w3.org/2005/Atom"') if root == "feed" else ("item", "")
    if root == "rdf:RDF":
        spaces = 'xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    inner = "".join(f"<{one}><title>t{n}</title></{one}>" for n in range(601))
    channel = "<channel>" + inner + "</channel>" if root == "rss" else inner
    body = f"<{root} {spaces}>{channel}</{root}>".encode()
    parts, left_out = parts_of(body)
    feed = read_feed(body, "", "x")
    assert len(parts) == 3 and left_out == 0 and not feed.is_malformed
    assert [entry.title for entry in feed.entries] == [f"t{n}" for n in range(601)]


def test_huge_fields_are_cut() -> None:
    fields = f"<title>{'x' * 3_000_000}</title><description>{'y ' * 3_000_000}</description>"
    (entry,) = read_feed(rss(f"<item>{fields}</item>"), "", "x").entries
    assert len(entry.title) == TITLE_LIMIT and TEXT_LIMIT - 2 <= len(entry.text) <= TEXT_LIMIT


ODD_ENCODINGS = ["undefined", "punycode", "idna", "utf-7", "zip", "base64", "unicode_escape", "mbcs", "nonsense"]


@pytest.mark.parametrize("declared", ODD_ENCODINGS)
def test_odd_declared_encodings_do_no_harm(declared: str) -> None:
    body = rss(item("Grønn"), head=f'<?xml version="1.0" encoding="{declared}"?>')
    feed = read_feed(body, "", "x")
    assert [entry.title for entry in feed.entries] == ["Grønn"]


def test_one_bad_byte_damages_one_character() -> None:
    body = rss(item("Blåbær og smør på brød, is")).replace(b"is</title>", b"\xe9is</title>")
    assert read_feed(body, "", "x").entries[0].title == "Blåbær og smør på brød, éis"
    latin = rss(item("bl\xe5 \x93x\x94"), head='<?xml version="1.0" encoding="iso-8859-1"?>').decode()
    assert read_feed(latin.encode("latin-1"), "", "x").entries[0].title == "blå “x”"


def test_ten_items_with_one_guid_are_ten_items() -> None:
    for items in (
        [item(f"t{n}", f"https://x.example/{n}", "one") for n in range(10)],
        [item(f"t{n}", "https://x.example/", "one") for n in range(10)],
        [item(f"t{n}") for n in range(10)],
    ):
        found = parsed(rss("".join(items)))
        assert len({one.source_id for one in found}) == len(found) == 10


def test_a_reused_guid_on_top_is_a_new_item_and_the_others_stay() -> None:
    first = [item("a", "https://x.example/a", "1"), item("b", "https://x.example/b", "2")]
    second = [item("new", "https://x.example/new", "1"), *reversed(first)]
    before, after = ({one.source_id: one.title for one in parsed(rss("".join(items)))} for items in (first, second))
    assert before.items() < after.items() and len(after) == 3


def test_an_item_whose_guid_and_tracking_change_stays_one_item() -> None:
    bodies = [rss(item("a", f"https://x.example/a?utm_term={n}&amp;sid={n}", f"g-{n}")) for n in range(5)]
    assert len({one.source_id for body in bodies for one in parsed(body)}) == 1


def test_an_odd_guid_loses_no_item() -> None:
    for guid in ("", "0", "&lt;b&gt;x&lt;/b&gt;", "g" * 1_000_000, "\u202e", "=?utf-8?q?=0D=0A?="):
        (found,) = parsed(rss(item("t", "", guid)))
        assert 0 < len(found.source_id) < 2_100 and found.source_id.isprintable()


def test_a_doi_names_the_item_wherever_it_stands() -> None:
    for entry in (
        Entry(doi="10.5555/X.1", link="https://x.example/1"),
        Entry(identifier="doi:10.5555/x.1"),
        Entry(link="https://x.example/doi/10.5555/x.1?rss=yes"),
        Entry(id="https://doi.org/10.5555/x.1", link="https://x.example/9"),
    ):
        assert identity(entry, is_own_link=True) == "10.5555/x.1"


def test_the_child_cannot_open_anything(tmp_path: Path) -> None:
    """It has no descriptor left to open a file or socket with, and none of our secrets."""
    os.environ["VARDE_SECRET_PROBE"] = "s3cret"
    try:
        reader = Reader()
        reader.ask("", rss(item("x")))
        child = reader._child
        assert child is not None
        limits = Path(f"/proc/{child.pid}/limits").read_text()
        assert re.search(r"Max open files\s+3\s+3\s", limits)
        assert re.search(r"Max file size\s+0\s+0\s", limits)
        assert re.search(rf"Max address space\s+{512 * 2**20}\s", limits)
        assert b"s3cret" not in Path(f"/proc/{child.pid}/environ").read_bytes()
    finally:
        del os.environ["VARDE_SECRET_PROBE"]
        reader.stop()
    assert child.poll() is not None


def test_a_child_that_was_killed_is_replaced() -> None:
    reader = Reader()
    try:
        reader.ask("", rss(item("x")))
        assert reader._child is not None
        reader._child.kill()
        reader._child.wait()
        assert reader.ask("", rss(item("y")))["entries"][0]["title"] == "y"
    finally:
        reader.stop()


def corpus(folder: str) -> list[Path]:
    if not CORPUS.exists():
        pytest.skip("the corpus of feeds is not on this machine")
    return sorted((CORPUS / folder).rglob("*.xml"))


def content_type_in(body: bytes) -> str:
    found = re.search(rb"Content-type:\s*(.*)", body)
    return found[1].decode("latin-1").strip() if found else ""


def test_encodings_are_read_as_upstream_reads_them() -> None:
    """One file differs for the better: a bad byte no longer garbles the rest of the document (B-06)."""
    compared, other = 0, []
    for path in corpus("encoding"):
        body = path.read_bytes()
        content_type = content_type_in(body)
        headers = {"content-type": content_type} if "charset" in content_type else {}
        upstream = feedparser.parse(io.BytesIO(body), response_headers=headers)
        try:
            ours = read_feed(body, content_type, path.name).title
        except SourceChanged:
            assert not upstream.get("version"), path.name
            continue
        compared += 1
        if ours != line(str(upstream.feed.get("title") or "")):
            other.append(path.name)
    assert other == ["bozo_invalid-bytes-with-bom.xml"] and compared > 100


def mutations(bodies: list[bytes], rounds: int) -> Iterator[bytes]:
    """Seeded damage: bits flipped, pieces cut out, doubled or swapped for what parsers choke on."""
    dice = random.Random(20261123)
    odd = [
        b"\x00",
        b"\xff",
        b"&#55555555;",
        b"&#xD800;",
        b"<",
        b"]]>",
        b"<![CDATA[",
        b"&",
        b"<!DOCTYPE ",
        b"\xed\xa0\x80",
    ]
    for _ in range(rounds):
        body = bytearray(dice.choice(bodies))
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(body) + 1)
            upto = min(len(body), at + dice.randint(0, 60))
            body[at:upto] = dice.choice([b"", bytes(body[at:upto]) * 2, dice.choice(odd), bytes([dice.randrange(256)])])
        yield bytes(body)


def test_damaged_feeds_give_entries_or_one_clean_error() -> None:
    bodies = [path.read_bytes() for path in corpus("wellformed") if path.stat().st_size < 20_000]
    read = refused = 0
    for body in mutations(bodies, 3_000):
        try:
            read_feed(body, "", "x")
            read += 1
        except SourceChanged:
            refused += 1
    assert read + refused == 3_000 and read > 1_500


def test_what_belongs_to_a_publisher_is_counted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "spiders"):
        assert len(parsed(rss(item("t", "https://x.example/1") * 3))) == 1
    (record,) = caplog.records
    assert record.getMessage() == "Records skipped or mended, as expected"
    assert record.__dict__["records"] == 2 and record.__dict__["where"] == "source:trade_rss"


def test_a_folder_that_changes_beside_the_child_does_not_stop_it() -> None:
    """Importing looks into changed folders again, and the child may open none: each feed after it was refused."""
    reader, feed = Reader(), b'<rss version="2.0"><channel><title>x</title></channel></rss>'
    probe = Path(__file__).resolve().parent.parent / f".probe-{os.getpid()}"
    try:
        assert reader.ask("text/xml", feed)["version"] == "rss20"
        probe.touch()
        assert reader.ask("text/xml", feed)["version"] == "rss20"
    finally:
        probe.unlink(missing_ok=True)
        reader.stop()
