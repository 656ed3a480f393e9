"""Hostile words, addresses and dates."""

import io
import json
import unicodedata
from datetime import UTC, date, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.kinds import portal
from spiders.kinds.address import canonical_address, clean_address, doi_in, is_lasting, web_address
from spiders.kinds.dates import brussels_deadline, day, from_epoch_ms, moment
from spiders.kinds.trouble import Unreadable
from spiders.kinds.xml import read_xml, without_element, words
from spiders.text import TEXT_LIMIT, TITLE_LIMIT, line, plain, without_encoded_words

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


def test_long_words_are_cut_and_marked() -> None:
    assert len(line("x" * 20_000_000)) == TITLE_LIMIT and line("y" * 501).endswith("y…")
    assert line("z" * 500) == "z" * 500
    assert len(plain("w" * (TEXT_LIMIT + 1))) == TEXT_LIMIT and plain("<p>" + "w" * TEXT_LIMIT).endswith("w…")


def test_nested_markup_is_cut_before_the_sanitiser() -> None:
    assert plain("<div>" * 64_000 + "deep") == "…"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "\x01javascript:alert(1)", "java\nscript:x", "data:text/html,x", "ftp://x.org/", "file:///etc/passwd",
        "//x.org/a", "/a", "https:x.org", "https://", "http://in.test:80\\@good.test/", "https://user@x.org/", "https://u:p@x.org/",
        "https://x.org/\r\nBcc: y", "https://x.org/a b", "https://x.org:port/", "https://[::1/", "https://x..org\x00/", "http://localhost/",
        "https://x.org/" + "a" * 2_000, "",
    ],
)  # fmt: skip
def test_unusable_addresses(address: str) -> None:
    assert web_address(address) == "" and clean_address(address) == "" and canonical_address(address) == ""


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("HTTP://X.org:80/a?utm_source=rss&id=3&fbclid=9#utm_medium=x", "https://x.org/a?id=3"),
        ("https://x.org/a;jsessionid=AB12?b=1", "https://x.org/a?b=1"),
        ("https://x.org/a?b=%2Fc+d&e=", "https://x.org/a?b=%2Fc+d&e="),
        ("https://x.org/news/amp/", "https://x.org/news"),
        ("https://www.google.com/url?rct=j&url=https://x.org/a%3Futm_source%3Dz&ct=ga", "https://x.org/a"),
        (
            "https://pubmed.ncbi.nlm.nih.gov/1/?utm_source=x&fc=2021&ff=2022&v=2.15",
            "https://pubmed.ncbi.nlm.nih.gov/1/",
        ),
        ("https://x.org", "https://x.org/"),
        ("https://bücher.example/ø#kapitel-2", "https://bücher.example/ø#kapitel-2"),
    ],
)
def test_canonical_addresses(address: str, canonical: str) -> None:
    assert canonical_address(address) == canonical
    assert canonical_address(canonical) == canonical


def test_a_random_token_names_nothing() -> None:
    token = "BgWSXGoqXVsWVG8Raobmrt--c7vdq2WU_LaId9LiJxh3V0Hp1h"
    assert not is_lasting(f"https://x.org/detail?v={token}")
    assert is_lasting("https://x.org/detail?v=3") and is_lasting("not an address")


@given(st.text(max_size=200))
def test_no_string_breaks_the_address_reader(text: str) -> None:
    for address in (text, "https://" + text, "https://x.org/?" + text):
        clean = clean_address(address)
        assert not clean or (clean.startswith(("http://", "https://")) and "\\" not in clean and "@" not in clean[:9])


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("doi:10.5555/ABC.1", "10.5555/abc.1"),
        ("https://doi.org/10.1016/S0022-3476(18)31119-3).", "10.1016/s0022-3476(18)31119-3"),
        ("https://x.org/doi/full/10.1002/abc.123/full?af=R", "10.1002/abc.123"),
        ("https://x.org/?doi=10.5555%2Fx", "10.5555/x"),
        ("version 10.15 of something", None),
        ("", None),
    ],
)
def test_doi(text: str, doi: str | None) -> None:
    assert doi_in(text) == doi


@pytest.mark.parametrize(
    ("text", "on", "at"),
    [
        ("2026-11-23", date(2026, 11, 23), None),
        ("20261123", date(2026, 11, 23), None),
        ("2021/12/3 16:03:13", date(2021, 12, 3), None),
        ("2018-12-17-08:00", date(2018, 12, 17), None),
        ("2026-11-23T10:00:00Z", date(2026, 11, 23), "2026-11-23T10:00:00+00:00"),
        ("2027-04-08T00:00:00.000+0000", date(2027, 4, 8), "2027-04-08T00:00:00+00:00"),
        ("2026-11-23T23:30:00-05:00", date(2026, 11, 23), "2026-11-24T04:30:00+00:00"),
        ("2026-12-31T23:59:60Z", date(2026, 12, 31), "2026-12-31T23:59:59+00:00"),
        ("2026-12-31T24:00:00Z", date(2026, 12, 31), "2027-01-01T00:00:00+00:00"),
        ("Mon, 23 Nov 2026 10:00:00 +0100", date(2026, 11, 23), "2026-11-23T09:00:00+00:00"),
        ("Mon, 23 Nov 2026 10:00:00 GMT", date(2026, 11, 23), "2026-11-23T10:00:00+00:00"),
        ("Mon, 23 Nov 2026 10:00:00 CEST", date(2026, 11, 23), "2026-11-23T08:00:00+00:00"),
        ("Mon, 23 Nov 2026 10:00:00", date(2026, 11, 23), None),
        ("06 December 2022", date(2022, 12, 6), None),
        ("December 6, 2022", date(2022, 12, 6), None),
        ("2026年11月23日", date(2026, 11, 23), None),
        ("2062-11-23", date(2062, 11, 23), None),
        *((text, None, None) for text in (
            "", "2026-02-30", "2026-13-45", "2026-W48-1", "1795449600", "1795449600000", "0000-01-01", "0001-01-01",
            "9999-12-31", "-1", "23/11/2026", "11/23/2026", "23.11.2026", "2026-11", "Nov 2026", "2026",
            "23 novembre 2026", "23. november 2026",
            "2026-00-10", "2026-11-00", "yesterday", "Mon, 23 Foo 2026 10:00:00 GMT", "x" * 10_000,
        )),
        ("2026-11-23T25:00:00Z", date(2026, 11, 23), None),
        ("Mon, 23 Nov 2026 10:00:00 +9900", date(2026, 11, 23), None),
        ("Mon, 23 Nov 2026 10:00:00 BST", date(2026, 11, 23), None),
    ],
)  # fmt: skip
def test_dates(text: str, on: date | None, at: str | None) -> None:
    assert day(text) == on
    assert (stamp.isoformat() if (stamp := moment(text)) else None) == at


@given(st.text(alphabet="0123456789-/:TZ +.,abcdefgjlmnoprstuvyJFMASONDGMT年月日", max_size=40))
def test_no_string_breaks_the_date_reader(text: str) -> None:
    on, at = day(text), moment(text)
    assert on is None or 1900 <= on.year <= 2100
    assert at is None or (on is not None and abs((at.date() - on).days) <= 1)


def test_a_deadline_with_only_a_date_is_five_in_brussels() -> None:
    assert brussels_deadline(datetime(2027, 2, 4, tzinfo=UTC)).isoformat() == "2027-02-04T17:00:00+01:00"
    assert brussels_deadline(datetime(2027, 7, 4, 17, tzinfo=UTC)).isoformat() == "2027-07-04T17:00:00+02:00"
    assert brussels_deadline(datetime(2027, 7, 4, 10, tzinfo=UTC)).isoformat() == "2027-07-04T10:00:00+00:00"
    assert from_epoch_ms(1_774_310_400_000) == datetime(2026, 3, 24, tzinfo=UTC)
    assert from_epoch_ms(1_774_310_400) is None and from_epoch_ms(10**18) is None


@pytest.mark.parametrize(
    ("text", "trl"),
    [
        ("start at TRL 4-5 and reach TRL 7", (4, 7)),
        ("TRLs 3 to 6", (3, 6)),
        ("Technology Readiness Level (TRL) 5", (5, 5)),
        ("TRL 4 – TRL 6", (4, 6)),
        ("TRL 12 or TRL 0", None),
        ("CONTROL 4", None),
        ("nothing", None),
    ],
)
def test_trl_is_what_the_text_names(text: str, trl: tuple[int, int] | None) -> None:
    assert portal.trl_of(text) == trl


def test_a_budget_counts_its_own_topic_only() -> None:
    def action(name: str, amount: object) -> dict[str, object]:
        return {
            "action": name,
            "budgetYearMap": {"2027": amount},
            "minContribution": 1000000,
            "maxContribution": "2000000.0",
        }

    actions = [action("X-01 - IA", "3000000"), action("X-01-two-stage - IA", 5), action("X-010 - IA", 7)]
    overview = json.dumps({"budgetTopicActionMap": {"1": actions, "2": [action("X-01 - RIA", 4000000)]}})
    assert portal.budget_of(overview, "X-01") == portal.Budget(7_000_000, 1_000_000, 2_000_000)
    assert portal.budget_of("", "X-01") == portal.Budget()
    for broken in ("{", "[]", '{"budgetTopicActionMap": 3}', '{"budgetTopicActionMap": {"1": 3}}'):
        with pytest.raises(Unreadable, match="budget"):
            portal.budget_of(broken, "X-01")


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
    live = [text for text in tried if tags_in(text)]
    assert len(tried) > 1_000 and len(live) > 500
    assert [text for text in tried if tags_in(line(text)) or tags_in(plain(text))] == []
    assert [text for text in tried if headers_after(line(text)) != ["Subject"]] == []


def test_addresses_that_a_browser_refuses_or_reads_otherwise() -> None:
    """WPT: what is let through has the host that a browser sees (RELIABILITY A-11)."""
    path = CORPORA / "wpt-urltestdata"
    files = list(path.rglob("urltestdata.json")) if path.exists() else []
    if not files:
        pytest.skip("the corpus of addresses is not on this machine")
    cases = [case for case in json.load(io.BytesIO(files[0].read_bytes())) if isinstance(case, dict)]
    kept = [case for case in cases if web_address(case["input"])]
    assert len(kept) > 50

    others = [c["input"] for c in kept if not c.get("failure") and urlsplit(c["input"]).hostname != c["hostname"]]
    assert [text for text in others if text.isascii()] == []
