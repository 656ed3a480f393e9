"""Encodings, and bodies that are no feed (RELIABILITY B-05 to B-08)."""

import gzip
import io
import re
from pathlib import Path

import feedparser
import pytest

from spiders.kinds.entries import read_feed
from spiders.text import line
from terms.errors import SourceChanged
from tests.damage import CORPORA, item, rss


def corpus(folder: str) -> list[Path]:
    if not CORPORA.exists():
        pytest.skip("the corpus of feeds is not on this machine")
    return sorted((CORPORA / "tests" / folder).rglob("*.xml"))


def content_type_in(body: bytes) -> str:
    found = re.search(rb"Content-type:\s*(.*)", body)
    return found[1].decode("latin-1").strip() if found else ""


def titles(body: bytes, content_type: str = "") -> list[str]:
    return [entry.title for entry in read_feed(body, content_type, "x").entries]


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
def test_b_08_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(SourceChanged, match=r"not_a_feed: https://x.example/feed"):
        read_feed(body, "", "https://x.example/feed")


ODD_ENCODINGS = ["undefined", "punycode", "idna", "utf-7", "zip", "base64", "unicode_escape", "mbcs", "nonsense"]


@pytest.mark.parametrize("declared", ODD_ENCODINGS)
def test_b_05_odd_declared_encodings_do_no_harm(declared: str) -> None:
    body = rss(item("Grønn"), head=f'<?xml version="1.0" encoding="{declared}"?>')
    feed = read_feed(body, "", "x")
    assert [entry.title for entry in feed.entries] == ["Grønn"]


def test_b_06_one_bad_byte_damages_one_character() -> None:
    body = rss(item("Blåbær og smør på brød, is")).replace(b"is</title>", b"\xe9is</title>")
    assert read_feed(body, "", "x").entries[0].title == "Blåbær og smør på brød, éis"
    latin = rss(item("bl\xe5 \x93x\x94"), head='<?xml version="1.0" encoding="iso-8859-1"?>').decode()
    assert read_feed(latin.encode("latin-1"), "", "x").entries[0].title == "blå “x”"


def test_b_07_encodings_are_read_as_upstream_reads_them() -> None:
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


@pytest.mark.parametrize(
    "odd", ["\ud800", "&#xD800;", "&#x110000;", "&#99999999999;", "\x00", "&#0;", "\x0b", "&#x1F;"]
)
def test_b_05_odd_characters_leave_text_without_controls(odd: str) -> None:
    try:
        (title,) = titles(rss(item(f"a{odd}b")))
    except SourceChanged:
        return
    assert title.startswith("a") and title.isprintable()
    title.encode("utf-8")


CONFLICTS = {
    "header wins over declaration": (
        b'<?xml version="1.0" encoding="iso-8859-1"?>',
        "utf-8",
        "text/xml; charset=utf-8",
    ),
    "declaration alone": (b'<?xml version="1.0" encoding="iso-8859-1"?>', "iso-8859-1", ""),
    "mark of UTF-8": (b"\xef\xbb\xbf", "utf-8", ""),
    "mark against declaration": (b'\xef\xbb\xbf<?xml version="1.0" encoding="iso-8859-1"?>', "utf-8", ""),
    "mark of UTF-16": (b"", "utf-16", ""),
    "cp1252 named latin-1": (b'<?xml version="1.0" encoding="iso-8859-1"?>', "cp1252", ""),
    "header without charset": (b"", "utf-8", "text/xml"),
    "unknown charset in the header": (b"", "utf-8", "text/xml; charset=nonsense"),
    "feed sent as a web page": (b"", "utf-8", "text/html; charset=utf-8"),
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_b_06_header_declaration_and_mark_in_conflict_give_the_right_letters(name: str) -> None:
    head, encoding, content_type = CONFLICTS[name]
    said = "Blåbær “på” brød"
    words = said if encoding != "iso-8859-1" else said.replace("“", '"').replace("”", '"')
    assert titles(head + rss(item(words)).decode().encode(encoding), content_type) == [words]


def test_b_06_utf_8_encoded_twice_is_mended() -> None:
    twice = "Smørbrød".encode().decode("latin-1")
    assert titles(rss(item(twice))) == ["Smørbrød"]


def test_b_06_a_letter_cut_in_the_middle_damages_itself_alone() -> None:
    body = rss(item("Smørbrød på brettet")).replace("ø".encode(), "ø".encode()[:1], 1)
    (title,) = titles(body)
    assert title.endswith("rbrød på brettet") and title.startswith("Sm") and len(title) <= 20


def test_b_08_a_packed_feed_inside_is_refused() -> None:
    with pytest.raises(SourceChanged, match="not_a_feed"):
        read_feed(gzip.compress(rss(item("x"))), "application/rss+xml", "x")
