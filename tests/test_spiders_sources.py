"""Every source against its recordings; and the real payloads beside the project, counted."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from spiders.catalogue import all_sources
from spiders.feeds import read_feeds
from spiders.page import Page, Plan
from spiders.source import Source
from terms.errors import SettingMissing, SourceChanged
from terms.incident import Incident
from terms.item import Item
from terms.source import Focus

RECORDINGS = Path(__file__).parent / "recordings" / "spiders"
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"
SOURCES = all_sources(read_feeds(RECORDINGS / "feeds.yaml"))
KEYS = {key: f"{key} of the tests" for source in SOURCES.values() for key in source.needs_keys}
PLAN = Plan(now=datetime(2026, 11, 23, 8, tzinfo=UTC), keys=KEYS)


def recordings() -> Iterator[tuple[str, Path]]:
    for name in SOURCES:
        for path in sorted((RECORDINGS / name).glob("*")):
            if not path.name.endswith((".golden.json", ".url")):
                yield name, path


def page_of(path: Path, label: str, url: str = "") -> Page:
    body = path.read_bytes()
    return Page(url=url or f"file:{path.name}", body=body, capture_sha256=sha256(body).hexdigest(), label=label)


def page_recorded(source: Source, path: Path) -> Page:
    beside = path.with_name(path.name + ".url")
    url = beside.read_text().strip() if beside.exists() else next((ask.url for ask in source.start(PLAN)), "")
    return page_of(path, path.name.split(".")[0], url)


def outcome(source: Source, page: Page, plan: Plan = PLAN) -> dict[str, Any]:
    """All that a source makes of a page, as JSON."""
    incidents: list[Incident] = []
    try:
        parsed = list(source.parse(page, incidents.append, plan))
    except SourceChanged as refused:
        return {"refused": str(refused)}
    assert {item.capture_sha256 for item in parsed} <= {page.capture_sha256}
    dumped = (item.model_dump_json(exclude_defaults=True, exclude={"capture_sha256"}) for item in parsed)
    items = [json.loads(item) for item in dumped]
    asks = [f"{ask.method} {ask.url} ({ask.label})" for ask in source.follow(page, plan)]
    told = [json.loads(incident.model_dump_json()) for incident in incidents]
    return {"items": items, "incidents": told, "asks": asks, "total": source.total(page), "cursor": source.cursor(page)}


@pytest.mark.parametrize(("name", "path"), list(recordings()), ids=lambda value: getattr(value, "name", value))
def test_a_recording_gives_its_golden_outcome(name: str, path: Path) -> None:
    """A missing golden file is written, and the test fails until a person has read it."""
    golden = path.with_name(path.name + ".golden.json")
    got = outcome(SOURCES[name], page_recorded(SOURCES[name], path))
    if not golden.exists():
        golden.write_text(json.dumps(got, indent=1, ensure_ascii=False) + "\n")
        pytest.fail(f"{golden.name} was written; read it, then run again")
    assert got == json.loads(golden.read_text())


def test_every_source_has_a_recording_with_items_and_one_that_is_refused() -> None:
    assert set(SOURCES) >= {"arxiv", "epo", "eu_funding", "journal_rdf", "society_atom", "trade_rss"}
    goldens = [(name, path) for name in SOURCES for path in (RECORDINGS / name).glob("*.golden.json")]
    outcomes = [(name, json.loads(path.read_text())) for name, path in goldens]
    assert {name for name, got in outcomes if got.get("items")} == set(SOURCES)
    assert {name for name, got in outcomes if "refused" in got} >= {"arxiv", "epo", "eu_funding", "trade_rss"}


def test_parsing_twice_gives_the_same() -> None:
    for name, path in recordings():
        page = page_recorded(SOURCES[name], path)
        assert outcome(SOURCES[name], page) == outcome(SOURCES[name], page)


def test_arxiv_asks_for_the_categories_in_focus_only() -> None:
    plan = Plan(now=PLAN.now, focus=Focus(arxiv=("eess.SY", "cs.RO", "cs.RO", "../x", "cs.RO&x=1")))
    assert [ask.url for ask in SOURCES["arxiv"].start(plan)] == ["https://rss.arxiv.org/atom/cs.RO+eess.SY"]


def test_epo_takes_up_every_list_since_the_cursor_and_keeps_classes_in_focus() -> None:
    epo = SOURCES["epo"]
    dates = page_recorded(epo, RECORDINGS / "epo" / "dates.list.html")
    asked = [ask.url.split("/")[-2] for ask in epo.follow(dates, Plan(now=PLAN.now, since="2026-11-04"))]
    assert asked == ["20261111", "20261118"]
    assert list(epo.follow(dates, Plan(now=PLAN.now, since="2026-11-18"))) == []
    document = page_recorded(epo, RECORDINGS / "epo" / "document.a1.xml")
    for prefixes, kept in ((("B25J",), 1), (("B25J 9/16",), 1), (("G05B2219",), 1), (("H01L", "A01K"), 0), ((), 1)):
        assert len(outcome(epo, document, Plan(now=PLAN.now, focus=Focus(cpc=prefixes)))["items"]) == kept, prefixes


def test_no_street_or_mail_address_is_kept() -> None:
    for name, path in recordings():
        told = json.dumps(outcome(SOURCES[name], page_recorded(SOURCES[name], path)).get("items", []))
        assert not re.search(r"Geheime Gasse|Nirgendwo|redaksjon@", told), path


def test_eu_search_sends_json_files_in_a_stated_order() -> None:
    (ask,) = SOURCES["eu_funding"].start(PLAN)
    assert ask.method == "POST" and ask.body is not None
    boundary = ask.headers["Content-Type"].partition("boundary=")[2].encode()
    parts = ask.body.split(b"--" + boundary)
    names = [
        re.search(rb'name="(\w+)"; filename="\w+"\r\nContent-Type: application/json', part) for part in parts[1:-1]
    ]
    assert [found[1] for found in names if found] == [b"query", b"languages", b"sort"]
    sort = json.loads(parts[3].partition(b"\r\n\r\n")[2])
    assert sort == {"field": "identifier", "order": "ASC"}


def test_two_sources_of_one_name_are_refused() -> None:
    with pytest.raises(SettingMissing, match="trade_rss"):
        all_sources([SOURCES["trade_rss"], SOURCES["trade_rss"]])


def wrapped_in_script(body: bytes) -> bytes:
    """prism_rss keeps its feed inside a JavaScript string."""
    return body.partition(b"`")[2].rpartition(b"`")[0]


REAL_FOLDERS: dict[str, tuple[str, str, Callable[[bytes], bytes]]] = {
    "arxiv": ("arxiv", "page", bytes),
    "sedia_search": ("eu_funding", "page", bytes),
    "eu_grantsTenders": ("eu_funding", "grants_tenders", bytes),
    "epo_publication_server": ("epo", "document", bytes),
    "journal_rss": ("journal_rdf", "page", bytes),
    "prism_rss": ("journal_rdf", "page", wrapped_in_script),
}


def census(folder: str) -> dict[str, Any]:
    """What becomes of the real payloads of a folder: files, items, refusals and incidents by their words."""
    name, label, opened = REAL_FOLDERS[folder]
    counted: Counter[str] = Counter()
    refused: dict[str, str] = {}
    for path in sorted((REAL / folder).iterdir()):
        incidents: list[Incident] = []
        page = Page(url=path.name, body=opened(path.read_bytes()), capture_sha256="0", label=label)
        counted["files"] += 1
        try:
            items: list[Item] = list(SOURCES[name].parse(page, incidents.append, PLAN))
        except SourceChanged as trouble:
            refused[path.name] = str(trouble).replace(path.name, "…")[:40]
            continue
        counted["items"] += len(items)
        counted["empty"] += not items
        for field in ("text", "published_on", "people", "organisations", "codes"):
            counted[field] += sum(bool(getattr(item, field)) for item in items)
        counted["doi"] += sum(bool(item.publication and item.publication.doi) for item in items)
        counted["ids"] += len({item.source_id for item in items})
        counted.update(f"incident: {incident.message}" for incident in incidents)
    return {**{key: times for key, times in counted.items() if times}, "refused": refused}


# Refused: an HTML error page, an article instead of a feed, and an excerpt that is one field of a row.
# Of the four tenders in eu_grantsTenders none is an item; the empty feeds are valid.
EXPECTED: dict[str, dict[str, Any]] = {
    "arxiv": {
        "files": 4,
        "items": 18,
        "empty": 1,
        "text": 18,
        "published_on": 18,
        "people": 18,
        "codes": 18,
        "doi": 7,
        "ids": 18,
        "refused": {},
    },
    "sedia_search": {
        "files": 2,
        "items": 2,
        "text": 2,
        "codes": 2,
        "ids": 2,
        "refused": {"budgetOverview_legacy_EXCERPT.json": "… has neither results nor fundingData.Gr"},
    },
    "eu_grantsTenders": {"files": 1, "items": 2, "text": 2, "published_on": 2, "codes": 1, "ids": 2, "refused": {}},
    "epo_publication_server": {
        "files": 24,
        "items": 24,
        "text": 24,
        "published_on": 24,
        "people": 24,
        "organisations": 24,
        "codes": 24,
        "ids": 24,
        "refused": {},
    },
    "journal_rss": {
        "files": 60,
        "items": 1918,
        "empty": 1,
        "text": 1848,
        "published_on": 1731,
        "people": 578,
        "organisations": 1918,
        "codes": 1074,
        "doi": 466,
        "ids": 1918,
        "refused": {
            "2021-11-24_e379dc5d4d4c416ee999e4b32339d5e8.xml": "not_a_feed: … answered with something th",
            "example_pubmed-article.xml": "not_a_feed: … answered with something th",
        },
    },
    "prism_rss": {
        "files": 1,
        "items": 1,
        "text": 1,
        "published_on": 1,
        "people": 1,
        "organisations": 1,
        "doi": 1,
        "ids": 1,
        "refused": {},
    },
}


@pytest.mark.parametrize("folder", REAL_FOLDERS)
def test_real_payloads_give_the_counts_that_were_checked_by_hand(folder: str) -> None:
    if not (REAL / folder).exists():
        pytest.skip(f"the real payloads of {folder} are not on this machine")
    got = census(folder)
    assert got == EXPECTED[folder], f"{folder}: {json.dumps(got, indent=1)}"


def test_real_feeds_of_two_days_keep_the_ids_of_items_that_stayed() -> None:
    """Among them a publisher that gives every item a new link and guid at each fetch (C-03)."""
    if not (REAL / "journal_rss").exists():
        pytest.skip("the real payloads of journal_rss are not on this machine")
    days: dict[str, list[dict[str, str]]] = {}
    for path in sorted((REAL / "journal_rss").glob("20??-??-??_*")):
        try:
            items = list(SOURCES["journal_rdf"].parse(page_of(path, "page"), list[Incident]().append, PLAN))
        except SourceChanged:
            continue
        days.setdefault(path.name[11:], []).append({item.source_id: item.title for item in items})
    pairs = [(first, second) for first, second, *_ in (kept for kept in days.values() if len(kept) > 1)]
    stayed = [set(first.values()) & set(second.values()) for first, second in pairs]
    assert [len(first.keys() & second.keys()) for first, second in pairs] == [len(titles) for titles in stayed]
    assert len(pairs) == 13 and sum(map(len, stayed)) == 492
