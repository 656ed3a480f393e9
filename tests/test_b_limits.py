"""Bodies that ask a parser for too much, or for something else than parsing (B-01 to B-04, B-09 to B-12)."""

import io
import os
import re
import resource
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import feedparser
import nh3
import pytest

from spiders.kinds.entries import AT_MOST, Reader, parts_of, read_feed
from spiders.kinds.us_bulk import documents_in
from spiders.kinds.xml import read_xml, words
from spiders.page import Page
from spiders.text import TEXT_LIMIT, TITLE_LIMIT, plain
from terms.errors import SourceChanged
from terms.incident import Incident
from tests.crawling import peak_mb
from tests.damage import BESIDE, feeds_beside, feeds_recorded, item, mutations, rss
from tests.test_spiders_sources import PLAN, SOURCES

MUTATIONS = int(os.environ.get("VARDE_TEST_MUTATIONS", "600"))
"""Mutated feeds of B-04; RELIABILITY P6 asks for 200 000."""


def test_b_02_a_body_that_is_a_path_is_never_opened(tmp_path: Path) -> None:
    """feedparser.parse(body) would open it (RELIABILITY fact 2)."""
    trap = tmp_path / "secret.xml"
    trap.write_bytes(rss(item("the secret")))
    assert feedparser.parse(str(trap)).entries[0].title == "the secret"
    with pytest.raises(SourceChanged, match="not_a_feed"):
        read_feed(str(trap).encode(), "", "x")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        # `&nbsp;` is not well-formed here, so that feedparser reads them and not the quick reader
        ("categories", rss("<item>&nbsp;" + "".join(f"<category>{n}</category>" for n in range(64_000)) + "</item>")),
        ("brackets", b"<rss>" + b"<" * 4_000_000),
    ],
)
def test_b_03_a_feed_that_takes_too_long_is_stopped_and_the_next_is_read(name: str, body: bytes) -> None:
    with pytest.raises(SourceChanged, match=r"cannot be read: parse_timeout: |not_a_feed"):
        read_feed(body, "", "https://x.example/feed")
    assert [entry.title for entry in read_feed(rss(item("next")), "", "x").entries] == ["next"]


@pytest.mark.parametrize(
    "body",
    [
        rss("<item>&nbsp;<a " + " ".join(f"a{n}='x'" for n in range(32_000)) + "/></item>"),
        rss("<item><a " + " ".join(f"a{n}='x'" for n in range(64_000)) + "/></item>"),
        rss("<item>&nbsp;" + "<a>" * 200_000 + "</item>"),
        rss("<item>&nbsp;<a b='" + "&amp;x" * 3_000_000 + "'/></item>"),
    ],
    ids=["attributes", "attributes, well formed", "nested", "one attribute"],
)
def test_b_03_other_heavy_feeds_are_read_or_stopped_and_the_next_is_read(body: bytes) -> None:
    with suppress(SourceChanged):
        assert len(read_feed(body, "", "https://x.example/feed").entries) <= 1
    assert [entry.title for entry in read_feed(rss(item("next")), "", "x").entries] == ["next"]


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 50_000 + '">',
        '<!ENTITY b "' + "ha" * 50_000 + '">',
        "<!ENTITY a 'x'><!ENTITY b '" + "y" * 70 + "'>",
    ],
)
def test_b_01_a_bomb_of_entities_is_refused_and_named(declared: str) -> None:
    with pytest.raises(SourceChanged, match="xml_bomb"):
        read_feed(rss(item("&b;" * 10_000), head=f"<!DOCTYPE x [{declared}]>"), "", "x")


def test_b_01_entities_of_files_are_not_read_and_short_ones_do_no_harm() -> None:
    head = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY o "ø">]>'
    feed = read_feed(rss(item("sm&o;r") + item("&f;"), head=head), "", "x")
    assert feed.entries[0].title in ("smør", "sm&o;r")
    assert not any("root:" in entry.title for entry in feed.entries)


def test_b_09_a_long_feed_is_cut_and_says_so() -> None:
    body = rss("".join(item(f"t{n}", f"https://x.example/{n}") for n in range(AT_MOST + 700)))
    feed = read_feed(body, "", "x")
    assert len(feed.entries) == AT_MOST and feed.left_out == 700
    assert [entry.title for entry in feed.entries] == [f"t{n}" for n in range(AT_MOST)]


@pytest.mark.parametrize("root", ["rss", "rdf:RDF", "feed"])
def test_b_09_parts_of_a_feed_are_feeds_and_lose_nothing(root: str) -> None:
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


def test_b_10_huge_fields_are_cut() -> None:
    fields = f"<title>{'x' * 3_000_000}</title><description>{'y ' * 3_000_000}</description>"
    (entry,) = read_feed(rss(f"<item>{fields}</item>"), "", "x").entries
    assert len(entry.title) == TITLE_LIMIT and TEXT_LIMIT - 2 <= len(entry.text) <= TEXT_LIMIT


def test_b_02_the_child_cannot_open_anything(tmp_path: Path) -> None:
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


def test_b_03_a_child_that_was_killed_is_replaced() -> None:
    reader = Reader()
    try:
        reader.ask("", rss(item("x")))
        assert reader._child is not None
        reader._child.kill()
        reader._child.wait()
        assert reader.ask("", rss(item("y")))["entries"][0]["title"] == "y"
    finally:
        reader.stop()


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "' + "&x;" * 10 + '">]><a>&y;</a>',
        '<!DOCTYPE a [<!ENTITY x "&y;"><!ENTITY y "&x;">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]><a>b</a>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a>b</a>',
        '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></a>',
        '<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?><a>b</a>',
    ],
)
def test_b_01_nothing_outside_the_document_is_read(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as XML of patents nor as a feed; no file, no socket."""
    opened: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda _, address: opened.append(address))
    root, _ = read_xml(body.encode())
    assert "root:" not in words(root) and "haha" not in words(root)
    try:
        feed = read_feed(
            body.replace("<a", "<rss version='2.0'><channel><title>t</title></channel><a", 1).encode(), "", "x"
        )
        assert "root:" not in feed.title
    except SourceChanged:
        pass
    assert opened == []


def test_b_01_xml_bombs_of_the_corpus_are_not_read() -> None:
    folder = BESIDE / "corpora" / "defusedxml-xmlbombs" / "xmltestdata"
    if not folder.exists():
        pytest.skip("the corpus of XML bombs is not on this machine")
    tried = [path for path in sorted(folder.iterdir()) if path.suffix == ".xml"]
    for path in tried:
        root, _ = read_xml(path.read_bytes())
        assert (root is None) == (b"<!ENTITY" in path.read_bytes()), path.name
        assert "root:" not in words(root)
    assert len(tried) == 10 and len(words(read_xml(b"<a>b</a>")[0])) == 1


def refused_or_read(bodies: Iterator[bytes]) -> tuple[int, int, list[str]]:
    """How many were read and refused, and what was said of those that took too much; anything else escapes."""
    read, refused, too_much = 0, 0, []
    for body in bodies:
        try:
            read_feed(body, "", "x")
            read += 1
        except SourceChanged as said:
            refused += 1
            too_much += [str(said)] if "parse_timeout" in str(said) else []
    return read, refused, too_much


def test_b_04_damaged_feeds_give_entries_or_one_clean_error() -> None:
    bodies = [body for body in (*feeds_recorded(), *feeds_beside()) if 0 < len(body) < 20_000]
    read, refused, too_much = refused_or_read(mutations(bodies, MUTATIONS))
    assert read + refused == MUTATIONS and read > MUTATIONS / 3
    assert too_much == []


def test_b_04_every_file_of_the_corpora_is_read_or_refused_within_the_limits() -> None:
    """P6: no exception, no parse over 2 s of processor time (the child would be killed) or 256 MB."""
    folder = BESIDE / "corpora"
    if not folder.exists():
        pytest.skip("the corpora are not on this machine")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    reader, said = Reader(), {"read": 0, "refused": 0}
    try:
        for path in files:
            try:
                said["read" if reader.ask("", path.read_bytes())["version"] else "refused"] += 1
            except SourceChanged as trouble:
                assert "parse_timeout" not in str(trouble), path
                said["refused"] += 1
        assert reader._child is not None
        assert peak_mb(Path(f"/proc/{reader._child.pid}/status")) < 256
    finally:
        reader.stop()
    assert said["read"] > 1_000 and sum(said.values()) == len(files)


def test_b_09_a_hundred_thousand_items_block_nothing() -> None:
    body = rss("".join(item(f"t{n}", f"https://x.example/{n}") for n in range(100_000)))
    feed = read_feed(body, "", "x")
    assert len(feed.entries) == AT_MOST and feed.left_out == 95_000


def test_b_10_what_was_cut_is_marked_between_two_characters() -> None:
    (entry,) = read_feed(rss(f"<item><title>{'ø' * 600}</title></item>"), "", "x").entries
    assert entry.title == "ø" * (TITLE_LIMIT - 1) + "…"


@pytest.mark.parametrize("body", [b"%PDF-1.7\n" + b"1 0 obj<</Type/Page>>\n" * 10_000, b"PK\x03\x04" + bytes(10_000)])
def test_b_11_attachments_are_no_feed_and_are_never_unpacked(body: bytes) -> None:
    """No source follows an enclosure, and no parser of PDF or Office files is asked."""
    with pytest.raises(SourceChanged, match="not_a_feed"):
        read_feed(body, "application/pdf", "x")
    with pytest.raises(SourceChanged):
        page = Page(url="file:x", body=body, capture_sha256="0", label="page")
        list(SOURCES["espacenet_file"].parse(page, list[Incident]().append, PLAN))


def test_b_11_a_zip_bomb_ends_at_the_size_of_a_document() -> None:
    """The weekly files are zips: 100 MB of one document in some kilobytes are refused, and never held whole."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as held, held.open("ipa.xml", "w", force_zip64=True) as one:
        one.write(b'<?xml version="1.0"?><us-patent-grant>')
        for _ in range(100):
            one.write(bytes(2**20))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with pytest.raises(SourceChanged, match="more than 64 MB"):
        list(documents_in(packed.getvalue()))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before < 256


def test_b_11_an_encrypted_archive_is_refused_in_words() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as held:
        held.writestr("ipa.xml", "<us-patent-grant/>")
    locked = bytearray(packed.getvalue())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + place] |= 1
    with pytest.raises(SourceChanged, match="broken zip"):
        list(documents_in(bytes(locked)))


@pytest.mark.parametrize("markup", ["<div>" * 64_000 + "deep", "<a title='" * 64_000, "<p>" * 500_000])
def test_b_12_nested_markup_is_cut_before_the_sanitiser(markup: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sanitiser is quadratic: without the cut, 64 000 levels take 18 s. It is given no more tags than
    stand in the first 64 kB."""
    given: list[int] = []

    def counted(html: str, **asked: object) -> str:
        given.append(html.count("<"))
        return str(clean(html, **asked))

    clean = nh3.clean
    monkeypatch.setattr(nh3, "clean", counted)
    assert len(plain(markup)) <= TEXT_LIMIT
    assert given and max(given) <= TEXT_LIMIT // 3
