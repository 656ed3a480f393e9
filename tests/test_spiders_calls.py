"""Calls for funding and procurement: what the generic golden test cannot see, and the real payloads, counted."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest

from spiders.crawl import crawl
from spiders.kinds.listing import labelled, links, read_html, sections
from spiders.kinds.local import LONDON, OSLO, local_moment, moments_in
from spiders.kinds.personal import without_mail
from spiders.page import Page, Plan
from spiders.settings import CrawlSettings
from spiders.sources.doffin import Doffin
from spiders.sources.forskningsradet import Forskningsradet
from spiders.sources.grants_gov import GrantsGov
from spiders.sources.ted import Ted
from spiders.sources.vinnova import Vinnova
from terms.errors import SourceChanged
from terms.incident import Incident

RECORDINGS = Path(__file__).parent / "recordings" / "spiders"
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PLAN = Plan(now=NOW, keys={"doffin_key": "a key of the tests"})


def recorded(source: str, name: str, label: str, url: str) -> Page:
    return Page(url=url, body=(RECORDINGS / source / name).read_bytes(), capture_sha256="0", label=label)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("12. februar 2027", ["2027-02-12T13:00+01:00"]),
        ("Onsdag 9. juni 2027 kl. 14.30", ["2027-06-09T14:30+02:00"]),
        ("5. mai 2027 og 01.10.2027 kl 12:00", ["2027-05-05T13:00+02:00", "2027-10-01T12:00+02:00"]),
        ("3 mars 2027, 3. mars 2027", ["2027-03-03T13:00+01:00"]),
        ("31. juni 2027", []),
        ("1. januar 2027 kl. 25.00", []),
        ("Løpende", []),
        ("kr 12 000 2027", []),
        ("", []),
    ],
)
def test_dates_in_norwegian_prose(written: str, expected: list[str]) -> None:
    assert [at.isoformat(timespec="minutes") for at in moments_in(written, OSLO, time(13))] == expected


def test_a_clock_without_zone_is_the_publishers() -> None:
    summer, winter = (local_moment(f"2027-{month}-03T16:00:00", LONDON, time(12)) for month in ("06", "12"))
    assert [at.astimezone(UTC).hour for at in (summer, winter) if at] == [15, 16]
    stated = local_moment("2027-06-03T16:00:00Z", LONDON, time(12))
    assert stated == datetime(2027, 6, 3, 16, tzinfo=UTC)
    assert local_moment("soon", LONDON, time(12)) is None


def test_mail_addresses_go_and_the_rest_stays() -> None:
    said = "Ask kari.nordmann+x@nfr.example.no or (b@c.de), not @home, 5 @ 10 kr" + " long text" * 100
    assert without_mail(said) == "Ask or (), not @home, 5 @ 10 kr" + " long text" * 100
    assert len(without_mail("a@" * 50_000)) == 100_000


def html_page(body: str) -> Page:
    return Page(url="https://www.example.org/a/", body=body.encode(), capture_sha256="0")


def test_a_web_page_is_read_in_the_order_of_its_words() -> None:
    root = read_html(
        html_page(
            "<h1>Én</h1><p>H<sub>2</sub>O &lt; <b>is</b></p><script>bad()</script><h2>To <i>ord</i></h2>"
            "<div>a<ul><li>b</li><li>c</li></ul>d</div><h2>Én</h2>e<a href='b?utm_source=x#f'>f</a>"
            "<a href='javascript:x'>g</a><a href='#top'>h</a><a href='//[bad'>i</a>"
        )
    )
    assert sections(root) == {"Én": "H2O < is efghi", "To ord": "a b c d"}
    assert links(root, html_page("")) == ["https://www.example.org/a/b"]


def test_labels_end_where_the_next_one_begins() -> None:
    said = ["Frist", "i dag", "og i morgen", "Sum: 5", "Åpen", "støy", "Frist", "en annen"]
    assert labelled(said, ("Frist", "Sum"), ("Åpen",)) == {"Frist": "i dag og i morgen", "Sum": "5"}
    assert labelled(said, ("Frist",), ("Sum",), most=1) == {"Frist": "i dag"}
    assert labelled(["Fristen er satt", "Frist for andre"], ("Frist",)) == {}


@pytest.mark.parametrize("body", [b"", b"   ", b"<div>" * 100_000, b"\x00\xff" * 5_000, b"<" * 100_000])
def test_hostile_web_pages_are_refused_or_empty(body: bytes) -> None:
    page = Page(url="https://www.example.org/", body=body, capture_sha256="0", label="list")
    with pytest.raises(SourceChanged):
        list(Forskningsradet().parse(page, list[Incident]().append, PLAN))


def test_forskningsradet_tells_when_a_group_counts_more_calls_than_it_shows() -> None:
    source = Forskningsradet()
    page = recorded("forskningsradet", "list.calls.html", "list", source.list_url)
    rows = source.rows(page)
    assert source.total(page) == 6 and rows is not None and len(rows) == 5


def test_a_deeply_nested_page_of_a_call_is_one_unread_record() -> None:
    told: list[Incident] = []
    body = b'<h1>x</h1><script>push({name: "ProposalPage", props: {"a":' + b"[" * 100_000 + b"</script>"
    page = Page(url="https://www.forskningsradet.no/utlysninger/2027/x/", body=body, capture_sha256="0", label="call")
    assert list(Forskningsradet().parse(page, told.append, PLAN)) == []
    assert [incident.facts["reason"] for incident in told] == ["ProposalPage: its properties cannot be read as JSON"]


def test_ted_asks_from_the_cursor_on_and_follows_the_token_to_the_empty_page() -> None:
    source = Ted()
    (first,) = source.start(Plan(now=NOW, since="2026-11-20"))
    asked = json.loads(first.body or b"")
    assert asked["query"].startswith("PD>=20261115 AND classification-cpv IN (73000000 72000000) AND buyer-country IN")
    assert asked["query"].endswith("(NOR SWE DNK FIN) SORT BY publication-number ASC")
    assert (asked["paginationMode"], asked["limit"], "iterationNextToken" in asked) == ("ITERATION", 250, False)
    (then,) = source.follow(recorded("ted", "page.first.json", "page", source.search_url), PLAN)
    assert json.loads(then.body or b"")["iterationNextToken"] == "b3Vycw=="
    assert list(source.follow(recorded("ted", "page.last.json", "page", source.search_url), PLAN)) == []


def test_ted_counts_notices_that_are_no_calls() -> None:
    rows = Ted().rows(recorded("ted", "page.first.json", "page", Ted.search_url))
    assert rows is not None and len(rows) == 6


def test_vinnova_asks_for_what_changed_since_the_cursor() -> None:
    (ask,) = Vinnova().start(Plan(now=NOW, since="2026-11-20"))
    assert ask.url == "https://data.vinnova.se/api/ansokningsomgangar/2026-11-17"


@pytest.mark.parametrize(
    ("since", "days"),
    [(None, "56"), ("2026-11-22", "7"), ("2026-11-23", "3"), ("2026-11-09", "21"), ("2020-01-01", "56")],
)
def test_grants_gov_asks_for_the_shortest_range_that_reaches_back(since: str | None, days: str) -> None:
    (ask,) = GrantsGov().start(Plan(now=NOW, since=since))
    asked = json.loads(ask.body or b"")
    assert (asked["dateRange"], asked["eligibilities"], asked["startRecordNum"]) == (days, "23", 0)


def test_doffin_sends_its_key_in_a_header_only_and_stops_at_what_it_has_read() -> None:
    source = Doffin()
    (ask,) = source.start(PLAN)
    assert ask.headers["Ocp-Apim-Subscription-Key"] == PLAN.keys["doffin_key"]
    assert PLAN.keys["doffin_key"] not in ask.url + repr(ask) + repr(PLAN)
    page = recorded("doffin", "page.first.json", "page", ask.url)
    assert [one.url.partition("&page=")[2][:2] for one in source.follow(page, PLAN)] == ["2&"]
    later = Plan(now=datetime(2026, 12, 10, tzinfo=UTC), since="2026-12-05", keys=PLAN.keys)
    assert list(source.follow(page, later)) == []


JSON_PAGES = [
    (Ted(), "ted/page.first.json", Ted.search_url),
    (Vinnova(), "vinnova/page.rounds.json", ""),
    (GrantsGov(), "grants_gov/page.search.json", ""),
    (GrantsGov(), "grants_gov/opportunity.synopsis.json", ""),
    (Doffin(), "doffin/page.first.json", ""),
]


def damaged(value: Any) -> Iterator[Any]:
    """Every field of a JSON value once missing and of another type; of a list the first two are tried."""
    inner = value.items() if isinstance(value, dict) else list(enumerate(value))[:2] if isinstance(value, list) else []
    for key, held in inner:
        kept = dict(value) if isinstance(value, dict) else dict(enumerate(value))
        others = [None, 7, "x", ["x"], [None], {"x": 1}, True, 1e400]
        for wrong in [*others, *damaged(held)]:
            changed = {**kept, key: wrong}
            yield changed if isinstance(value, dict) else list(changed.values())
        if isinstance(value, dict):
            yield {name: one for name, one in value.items() if name != key}


@pytest.mark.parametrize(
    ("source", "name", "url"), JSON_PAGES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_any_damage_to_one_field_is_told_or_harmless(source: Any, name: str, url: str) -> None:
    """A page is refused, or every record but the damaged one is stored; nothing else escapes (A-20)."""
    whole = json.loads((RECORDINGS / name).read_text())
    told: list[Incident] = []

    def read(answer: Any) -> set[str]:
        page = Page(url=url or "file:x", body=json.dumps(answer).encode(), capture_sha256="0")
        found = {item.title for item in source.parse(page, told.append, PLAN)}
        for method in (source.total, source.rows, source.cursor):
            method(page)
        list(source.follow(page, PLAN))
        return found

    intact, outcomes = read(whole), Counter[str]()
    for answer in damaged(whole):
        try:
            outcomes["stored" if len(intact - read(answer)) <= 1 else "lost"] += 1
        except SourceChanged:
            outcomes["refused"] += 1
    assert outcomes["lost"] == 0 and outcomes["stored"] > 100, outcomes


def test_a_crawl_of_the_list_takes_each_calls_own_page_and_says_what_is_missing(tmp_path: Path) -> None:
    """The card of a call stands where its page says nothing; the count of the list is held against the cards."""
    source, calls = Forskningsradet(), "https://www.forskningsradet.no/utlysninger/"
    files = {
        calls: "list.calls.html",
        f"{calls}2027/robotikk-for-sma-verft/": "call.robots.html",
        f"{calls}2026/skattefradrag-eksempel/": "call.printed.html",
        f"{calls}2027/uklar-frist/": "call.no_deadline.html",
    }
    lines = [json.dumps({"source": source.name, "url": url, "file": name}) for url, name in files.items()]
    for name in files.values():
        (tmp_path / name).write_bytes((RECORDINGS / "forskningsradet" / name).read_bytes())
    (tmp_path / "index.jsonl").write_text("\n".join(lines))
    haul = crawl(
        source, PLAN, into=tmp_path / "in", captures=tmp_path / "kept", run_key="r1", settings=CrawlSettings(),
        replay=tmp_path,
    )  # fmt: skip
    kept = [json.loads(one) for one in (tmp_path / "in" / source.name / "r1" / "items.jsonl").read_text().splitlines()]
    assert haul.state == "complete" and haul.counts["pages"] == 4
    by_id = {item["source_id"]: item["call"] for item in kept}
    assert set(by_id) == {
        "2027/robotikk-for-sma-verft", "2026/skattefradrag-eksempel", "2027/uklar-frist",
        "https://partner.example/utlysning/42",
    }  # fmt: skip
    assert by_id["2027/robotikk-for-sma-verft"]["consortium"] == "Minst én forskningsorganisasjon må delta."
    assert by_id["2027/uklar-frist"]["deadlines_at"] == []
    assert "The publisher counts another number of items than were read" in {one.message for one in haul.incidents}


# TED: both of two notices. grants.gov: three rows of a search, and one synopsis. norway_rcn is no call: it holds
# what was granted and applied for, evidence of partners, and no source of this kind reads it.
EXPECTED: dict[str, dict[str, int]] = {
    "ted_search": {
        "files": 1,
        "items": 2,
        "text": 2,
        "published_on": 2,
        "organisations": 2,
        "codes": 2,
        "deadlines": 2,
    },
    "grants_gov": {
        "files": 2,
        "items": 4,
        "text": 1,
        "published_on": 4,
        "organisations": 4,
        "codes": 4,
        "deadlines": 3,
    },
}


@pytest.mark.parametrize(("folder", "source"), [("ted_search", Ted()), ("grants_gov", GrantsGov())])
def test_real_payloads_give_the_counts_that_were_checked_by_hand(folder: str, source: Ted | GrantsGov) -> None:
    if not (REAL / folder).exists():
        pytest.skip(f"the real payloads of {folder} are not on this machine")
    counted, told = Counter[str](), list[Incident]()
    for path in sorted((REAL / folder).iterdir()):
        page = Page(url=path.name, body=path.read_bytes(), capture_sha256="0", label=source.raw_label)
        items = list(source.parse(page, told.append, PLAN))
        counted.update({"files": 1, "items": len(items)})
        for field in ("text", "published_on", "organisations", "codes"):
            counted[field] += sum(bool(getattr(item, field)) for item in items)
        counted["deadlines"] += sum(bool(item.call and item.call.deadlines_at) for item in items)
    assert (dict(counted), told) == (EXPECTED[folder], [])
