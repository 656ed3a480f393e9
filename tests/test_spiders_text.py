"""Hostile words and XML to plain text."""

import json
import unicodedata
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.kinds.xml import read_xml, without_element, words
from spiders.text import TEXT_LIMIT, TITLE_LIMIT, _ordinary, _plain, line, plain, without_encoded_words

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "data" / "corpora"


class Tags(HTMLParser):
    """What an HTML parser would take for markup."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.found.append("!--")


def tags_in(text: str) -> list[str]:
    parser = Tags()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:  # this parser of Python 3.11 gives up on odd declarations, which are markup
        parser.found.append("!")
    return parser.found


def headers_after(title: str) -> list[str]:
    """The header names of a mail whose subject is this title."""
    mail = EmailMessage()
    mail["Subject"] = title
    lines = mail.as_bytes().partition(b"\n\n")[0].decode("utf-8", "replace").splitlines()
    return [line.partition(":")[0] for line in lines if line[:1] not in (" ", "\t")]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>two<br>three</p>", "One two three"),
        ("H<sub>2</sub>O and <b>b</b>old", "H2O and bold"),
        ("&amp;lt;p&amp;gt;&amp;lt;strong&amp;gt;Laser&amp;lt;/strong&amp;gt;&amp;lt;/p&amp;gt;", "Laser"),
        ("n<m we show that k>2 and p < 0.05, a&b", "n< m we show that k>2 and p < 0.05, a&b"),
        ("<math><mi>x</mi></math> is <jats:italic>y</jats:italic>", "x is y"),
        ("<script>alert(1)</script>left<style>p{}</style>", "left"),
        ("a<!-- hidden -->b<!-- never closed", "a b< !-- never closed"),
        ("caf\x85 \x93quoted\x94 \x00\x1b[31m", "caf… “quoted” [31m"),
        ("Cafe\u0301 \ud800 \ufeffx", "Café \ufffd x"),
        ("  many \r\n\t spaces\u2028and lines ", "many spaces and lines"),
        ("Æøå ßÆ &aring;&#230;", "Æøå ßÆ åæ"),
        ("", ""),
    ],
)
def test_plain(markup: str, text: str) -> None:
    assert plain(markup) == text


@pytest.mark.parametrize(
    "title",
    [
        "=?utf-8?q?hello=0D=0ABcc=3A_evil=40evil.test?=",
        "=?utf-8?b?aGVsbG8NCkJjYzogZXZpbEBldmlsLnRlc3Q=?=",
        "=?utf-8?q?x=0D=0A?= =?utf-8?q?Bcc=3A_evil=40e.test?=",
        "=\x00?utf-8?q?x=0D=0ABcc=3A_evil=40e.test?=",
        "=\u202e?utf-8?q?x=0D=0ABcc=3A_evil=40e.test?=",
        "=&#8238;?utf-8?q?x=0D=0ABcc=3A_evil=40e.test?=",
        "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3D0D=3D0ABcc=3D3A_evil=3F=3D?=",
        "=?nonsense?q?x=0D=0ABcc=3A_evil=40e.test?=",
        "=?utf-8?b?!!!?= =?utf-8?b?A?=",
        "plain\r\nBcc: evil@evil.test",
    ],
)
def test_no_title_adds_a_header(title: str) -> None:
    assert headers_after(line(title)) == ["Subject"]
    assert headers_after(plain(title)) == ["Subject"]


def test_an_encoded_word_is_decoded_before_controls_are_stripped() -> None:
    assert without_encoded_words("=?utf-8?q?Sm=C3=B8r?= =?iso-8859-1?q?br=F8d?=") == "Smørbrød"
    assert line("Is 2+2=?") == "Is 2+2=?"


@given(st.text(max_size=400))
@settings(deadline=None)
def test_any_string_becomes_harmless(text: str) -> None:
    for cleaned in (plain(text), line(text)):
        assert not tags_in(cleaned)
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in cleaned)
        assert unicodedata.is_normalized("NFC", cleaned) and cleaned == cleaned.strip()
        cleaned.encode("utf-8")
    assert not any(char in line(text) for char in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f")


@given(
    st.lists(st.sampled_from(["<", ">", "&lt;", "&amp;", "=?", "?=", "utf-8?q?", "script", "/", "!--", "a", " ", "\n"]))
)
def test_pieces_of_markup_become_harmless(pieces: list[str]) -> None:
    cleaned = line("".join(pieces))
    assert not tags_in(cleaned) and headers_after(cleaned) == ["Subject"]


SIMPLE = [
    "<p>", "</p>", "<br/>", "<b>", "</b>", '<a href="x">', "</a>", "<li >", "&amp;", "&nbsp;", "&lt;", "&gt;", "&#13;",
    "x", "ø", "“", ">", "=", "?", '"', " ", "\n", "\t", "\u00a0", "\u00ad", "&eacute;", "e", "\u0301", "<script>",
    '<img src="a" alt="b c" />', "<p class='x'>", "<3", "n<m", "</", "<!-- c -->", "&#x85;", "&#1;", "\x0b",
]  # fmt: skip


@given(st.lists(st.sampled_from(SIMPLE), max_size=30), st.sampled_from([5, 120, TEXT_LIMIT]))
@settings(max_examples=1_500, deadline=None)
def test_the_short_way_to_plain_text_agrees_with_the_long_one(pieces: list[str], limit: int) -> None:
    markup = "".join(pieces)
    quick = _ordinary(markup, limit)
    assert quick is None or quick == _plain(markup, limit)
    assert plain(markup, limit) == _plain(markup, limit)


def test_long_words_are_cut_and_marked() -> None:
    assert len(line("x" * 20_000_000)) == TITLE_LIMIT and line("y" * 501).endswith("y…")
    assert line("z" * 500) == "z" * 500
    assert len(plain("w" * (TEXT_LIMIT + 1))) == TEXT_LIMIT and plain("<p>" + "w" * TEXT_LIMIT).endswith("w…")


def test_nested_markup_is_cut_before_the_sanitiser() -> None:
    assert plain("<div>" * 64_000 + "deep") == "…"


def test_the_description_is_cut_before_parsing() -> None:
    body = (
        b"<a><description-like>kept</description-like><description lang='en'>x & <y</description><claims>z</claims></a>"
    )
    assert (
        without_element(body, b"description") == b"<a><description-like>kept</description-like><claims>z</claims></a>"
    )
    for unclosed in (b"<a><description>x", b"<a>x</description></a>", b""):
        assert without_element(unclosed, b"description") == unclosed


def test_xml_bombs_and_external_files_are_not_read() -> None:
    folder = CORPORA / "defusedxml-xmlbombs" / "xmltestdata"
    if not folder.exists():
        pytest.skip("the corpus of XML bombs is not on this machine")
    tried = [path for path in sorted(folder.iterdir()) if path.suffix == ".xml"]
    for path in tried:
        root, _ = read_xml(path.read_bytes())
        declares = b"<!ENTITY" in path.read_bytes()
        assert (root is None) == declares, path.name
        assert "root:" not in words(root)
    assert len(tried) == 10 and len(words(read_xml(b"<a>b</a>")[0])) == 1


def payloads() -> list[str]:
    files = sorted((CORPORA / "payloads" / "XSS Injection" / "Intruders").glob("*.txt"))
    lines = [text for path in files for text in path.read_text("utf-8", "replace").splitlines() if text]
    return lines + [text for text in json.loads((CORPORA / "blns" / "blns.json").read_text("utf-8")) if text]


def test_no_known_payload_is_markup_afterwards() -> None:
    """As an HTML parser reads it, even where a page would forget to escape; and none adds a header to a mail."""
    if not (CORPORA / "payloads").exists() or not (CORPORA / "blns").exists():
        pytest.skip("the corpora of payloads are not on this machine")
    tried = payloads()
    assert all(_ordinary(text, 500) in (None, _plain(text, 500)) for text in tried)
    live = [text for text in tried if tags_in(text)]
    assert len(tried) > 1_000 and len(live) > 500
    assert [text for text in tried if tags_in(line(text)) or tags_in(plain(text))] == []
    assert [text for text in tried if headers_after(line(text)) != ["Subject"]] == []
