"""Addresses, dates and the words of the EU portal."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.kinds import portal
from spiders.kinds.address import canonical_address, clean_address, doi_in, is_lasting, web_address
from spiders.kinds.dates import brussels_deadline, day, from_epoch_ms, moment
from spiders.kinds.trouble import Unreadable

CORPORA = Path(__file__).resolve().parents[2] / "shared" / "data" / "corpora"


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


def test_addresses_that_a_browser_refuses_or_reads_otherwise() -> None:
    """WPT: what is let through has the host that a browser sees (RELIABILITY A-11)."""
    path = CORPORA / "wpt-urltestdata"
    files = list(path.rglob("urltestdata.json")) if path.exists() else []
    if not files:
        pytest.skip("the corpus of addresses is not on this machine")
    cases = [case for case in json.loads(files[0].read_text("utf-8")) if isinstance(case, dict)]
    kept = [case for case in cases if web_address(case["input"])]
    assert len(kept) > 50

    assert [case["input"] for case in kept if case.get("failure")] == []
    others = [c["input"] for c in kept if urlsplit(c["input"]).hostname != c["hostname"].strip("[]")]
    assert [text for text in others if text.isascii()] == []
