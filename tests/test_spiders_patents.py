"""Patent sources: what is special about their log-in, their weekly files, their absences and the files of a person."""

import io
import json
import zipfile
from base64 import b64encode
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from spiders.catalogue import all_sources
from spiders.crawl import crawl
from spiders.kinds import us_bulk
from spiders.kinds.patent import code_of, number_of, world_number
from spiders.kinds.trouble import Unreadable
from spiders.page import Page, Plan
from spiders.settings import CrawlSettings
from terms.errors import SourceChanged
from terms.haul import Haul
from terms.incident import Incident
from terms.source import Focus

RECORDINGS = Path(__file__).parent / "recordings" / "spiders"
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"
SOURCES = all_sources()
KEYS = {"epo_ops_key": "the key", "epo_ops_secret": "the secret", "uspto_key": "the key"}
PLAN = Plan(now=datetime(2026, 11, 23, 8, tzinfo=UTC), keys=KEYS)
SEARCH = "https://ops.epo.org/3.2/rest-services/published-data/search/biblio,abstract"
NO_HITS = (
    '<fault xmlns="http://ops.epo.org"><code>SERVER.EntityNotFound</code><message>No results found</message></fault>'
)


def page(body: bytes, label: str, url: str = "file:x", **more: Any) -> Page:
    return Page(url=url, body=body, capture_sha256="0", label=label, **more)


def recorded(source: str, name: str) -> bytes:
    return (RECORDINGS / source / name).read_bytes()


def ops_crawl(tmp_path: Path, *answers: dict[str, Any], focus: tuple[str, ...] = ("B25J",)) -> Haul:
    """A crawl of OPS from a replay written here: the log-in, then these answers."""
    replay = tmp_path / "replay"
    replay.mkdir()
    token = {"url": "https://ops.epo.org/3.2/auth/accesstoken", "method": "POST", "file": "token.json"}
    (replay / "token.json").write_bytes(recorded("epo_ops", "token.ok.json"))
    (replay / "search.xml").write_bytes(recorded("epo_ops", "page.search.xml"))
    (replay / "none.xml").write_text(NO_HITS)
    lines = [json.dumps({"source": "epo_ops", **answer}) for answer in (token, *answers)]
    (replay / "index.jsonl").write_text("\n".join(lines))
    return crawl(
        SOURCES["epo_ops"],
        Plan(now=PLAN.now, keys=KEYS, focus=Focus(cpc=focus)),
        into=tmp_path / "hauls",
        captures=tmp_path / "captures",
        run_key="run1",
        settings=CrawlSettings(),
        replay=replay,
    )


def asked(prefix: str, begin: int = 1) -> str:
    return f"{SEARCH}?q=cpc%3D{prefix}+and+pd+within+%2220261113+20261123%22&Range={begin}-{begin + 99}"


def test_ops_no_hits_for_a_class_is_an_absence_and_holds_up_nothing(tmp_path: Path) -> None:
    haul = ops_crawl(
        tmp_path,
        {"url": asked("A22C"), "status": 404, "file": "none.xml"},
        {"url": asked("B25J"), "file": "search.xml"},
        focus=("B25J", "A22C"),
    )
    assert (haul.state, haul.cursor, haul.counts["absent"], haul.counts["items"]) == ("complete", "2026-11-23", 1, 3)


@pytest.mark.parametrize(("status", "file"), [(404, "search.xml"), (400, "none.xml"), (403, "none.xml")])
def test_ops_any_other_error_is_an_error(tmp_path: Path, status: int, file: str) -> None:
    haul = ops_crawl(tmp_path, {"url": asked("B25J"), "status": status, "file": file})
    assert (haul.state, haul.cursor) == ("failed", None)
    assert [incident.facts.get("status") for incident in haul.incidents] == [str(status)]


def test_ops_token_and_secret_reach_no_file(tmp_path: Path) -> None:
    ops_crawl(tmp_path, {"url": asked("B25J"), "file": "search.xml"})
    written = [f.read_bytes() for room in ("hauls", "captures") for f in (tmp_path / room).rglob("*") if f.is_file()]
    assert len(written) >= 4
    basic = b64encode(b"the key:the secret")
    assert not [
        body for body in written if b"inventedTokenOfTheTests" in body or b"the secret" in body or basic in body
    ]


def test_ops_token_goes_with_every_search() -> None:
    source = SOURCES["epo_ops"]
    (login,) = source.start(PLAN)
    assert login.headers["Authorization"] == "Basic " + b64encode(b"the key:the secret").decode()
    assert "Basic" not in repr(login)
    searches = list(source.follow(page(recorded("epo_ops", "token.ok.json"), "token"), PLAN))
    assert {ask.headers["Authorization"] for ask in searches} == {"Bearer inventedTokenOfTheTests"}
    first = page(recorded("epo_ops", "page.deep.xml"), "page", searches[0].url, sent=searches[0].headers)
    assert {ask.headers["Authorization"] for ask in source.follow(first, PLAN)} == {"Bearer inventedTokenOfTheTests"}


def test_ops_search_reaches_ten_days_back_beyond_the_cursor() -> None:
    plan = Plan(now=PLAN.now, keys=KEYS, since="2026-11-16", focus=Focus(cpc=("B25J 9/16", "x/../y", "B25J")))
    follow = SOURCES["epo_ops"].follow(page(recorded("epo_ops", "token.ok.json"), "token"), plan)
    dates = "and+pd+within+%2220261106+20261123%22&Range=1-100"
    assert [ask.url for ask in follow] == [f"{SEARCH}?q=cpc%3DB25J+{dates}", f"{SEARCH}?q=cpc%3DB25J9%2F16+{dates}"]


def test_uspto_asks_with_its_key_for_files_since_the_cursor() -> None:
    source = SOURCES["uspto"]
    lists = list(source.start(Plan(now=PLAN.now, keys=KEYS, since="2026-11-19")))
    assert [ask.url.partition("?")[2] for ask in lists] == [
        "fileDataFromDate=2026-11-20&fileDataToDate=2026-11-23&includeFiles=true"
    ] * 2
    files = list(source.follow(page(recorded("uspto", "files.list.json"), "files", sent=lists[0].headers), PLAN))
    assert {ask.headers["X-API-KEY"] for ask in (*lists, *files)} == {"the key"}
    nothing = b'{"code":404,"message":"No matching records found, refine your search criteria and try again"}'
    assert source.is_absence(page(nothing, "files", status=404))
    assert not source.is_absence(page(nothing, "files", status=403))
    assert not source.is_absence(page(b"", "files", status=404))


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in members.items():
            file.writestr(name.replace("_", "."), body)
    return held.getvalue()


def parsed(body: bytes, focus: tuple[str, ...] = ()) -> list[str]:
    plan = Plan(now=PLAN.now, keys=KEYS, focus=Focus(cpc=focus))
    return [i.source_id for i in SOURCES["uspto"].parse(page(body, "document"), list[Incident]().append, plan)]


def test_uspto_week_is_read_from_a_zip_and_narrowed_to_the_focus() -> None:
    week = recorded("uspto", "document.week.xml")
    everything = ["US2026099001A1", "USD1099002S1", "US6990003B2"]
    assert parsed(zipped(ipa261119_xml=week, readme_html=b"<html>")) == parsed(week) == everything
    assert parsed(week, ("G05B",)) == ["US2026099001A1"]
    assert parsed(week, ("B25J",)) == ["US2026099001A1", "US6990003B2"]


@pytest.mark.parametrize("body", [b"PK\x03\x04 cut off", zipped(a_xml=b"<x/>" * 9000)[:-60]])
def test_uspto_broken_zip_is_a_change_of_the_source(body: bytes) -> None:
    with pytest.raises(SourceChanged, match="broken zip"):
        parsed(body)


def test_documents_are_cut_at_their_beginnings_wherever_a_piece_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = b'<?xml version="1.0"?><a>1</a>\n', b'<?xml version="1.0"?><a>2</a>\n'
    for piece in (1, 5, 29, 30, 31, 1000):
        monkeypatch.setattr(us_bulk, "_HEAD", 30)
        monkeypatch.setattr(us_bulk, "_PIECE", piece)
        assert list(us_bulk.documents_in(one + two + one)) == [one, two, one]
        assert list(us_bulk.documents_in(b"PATN\nWKU  1\nPATN\nWKU  2\n")) == [b"PATN\nWKU  1", b"\nPATN\nWKU  2\n"]


def test_a_document_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(us_bulk, "_LARGEST", 1000)
    with pytest.raises(SourceChanged, match="look at it"):
        list(us_bulk.documents_in(b'<?xml version="1.0"?>' + b"x" * 1000))


@pytest.mark.parametrize("source", ["espacenet_file", "patentscope_file"])
def test_publishers_that_forbid_robots_are_never_asked(source: str) -> None:
    assert SOURCES[source].by_hand
    assert tuple(SOURCES[source].start(PLAN)) == ()
    assert "by hand" in SOURCES[source].title


@pytest.mark.parametrize(
    ("written", "number", "kind_code"),
    [
        ("US 2019-0095759 A1", "US2019095759", "A1"),
        ("US20180000016", "US2018000016", ""),
        ("US08672134B2", "US8672134", "B2"),
        ("USD0701016", "USD701016", ""),
        ("WO/2019/028689", "WO2019028689", ""),
        ("EP3882239A1", "EP3882239", "A1"),
        ("HRP20251003T1", "HRP20251003", "T1"),
    ],
)
def test_numbers_meet_in_the_form_of_docdb(written: str, number: str, kind_code: str) -> None:
    assert number_of(written) == (number, kind_code)


@pytest.mark.parametrize("written", ["", "US", "12345", "<script>", "EP" + "1" * 50, "Ünïcode"])
def test_what_is_no_number_is_unreadable(written: str) -> None:
    with pytest.raises(Unreadable):
        number_of(written)


def test_classes_and_world_numbers_as_offices_write_them() -> None:
    written = ("B28B   1/    29            A I", "B25J9/1664 (EP,US)", "G 01 N 033/50", "B25J", "")
    assert [code_of("ipc", text) for text in written] == [
        "ipc:B28B 1/29", "ipc:B25J 9/1664", "ipc:G01N 33/50", None, None
    ]  # fmt: skip
    assert [world_number(text) for text in ("WO2009/125267", "WO 98/12345", "PCT/IB2009/005131", "")] == [
        "WO2009125267", "WO9812345", None, None
    ]  # fmt: skip


def census(folder: str) -> dict[str, Any]:
    """What becomes of the real payloads of a folder: files, items, filled fields, refusals and reasons."""
    source = next(source for source in SOURCES.values() if folder in source.recorded_as)
    counted: Counter[str] = Counter()
    for path in sorted((REAL / folder).iterdir()):
        counted["files"] += 1
        incidents: list[Incident] = []
        try:
            items = list(source.parse(page(path.read_bytes(), source.raw_label, path.name), incidents.append, PLAN))
        except SourceChanged as refused:
            counted["refused: " + str(refused).removeprefix(path.name).partition(";")[0].strip()[:40]] += 1
            continue
        counted["items"] += len(items)
        for field in ("published_on", "people", "organisations", "codes"):
            counted[field] += sum(bool(getattr(item, field)) for item in items)
        counted["abstract"] += sum(item.text != item.title for item in items)
        counted["family"] += sum(bool(item.patent and item.patent.family) for item in items)
        counted.update(f"{incident.message}: {incident.facts.get('reason')}" for incident in incidents)
    return {name: times for name, times in counted.items() if times}


REASON = "A record could not be read and was left out: "
# Refused: answers of services that hold no bibliographic part (claims, number conversion, references, legal events …),
# two faults; of the portal, records of one aspect of an application (terms, lawyers, assignments) and lists of files.
EXPECTED: dict[str, dict[str, int]] = {
    "epo_ops": {
        REASON + "invention-title: neither title nor abstract": 1,
        "abstract": 14,
        "codes": 23,
        "family": 14,
        "files": 52,
        "items": 26,
        "organisations": 23,
        "people": 18,
        "published_on": 26,
        "refused: answered with a fault: 400 invalid_acces": 1,
        "refused: answered with a fault: 404 Document not ": 1,
        "refused: holds no document but biblio-search": 8,
        "refused: holds no document but classification-sch": 1,
        "refused: holds no document but classification-sea": 1,
        "refused: holds no document but document-inquiry": 1,
        "refused: holds no document but fulltext-documents": 6,
        "refused: holds no document but fulltext-inquiry": 2,
        "refused: holds no document but patent-family": 7,
        "refused: holds no document but register-search": 2,
        "refused: holds no document but standardization": 7,
    },
    "uspto_xml": {
        "abstract": 9,
        "codes": 8,
        "family": 1,
        "files": 9,
        "items": 9,
        "organisations": 9,
        "people": 9,
        "published_on": 9,
    },
    "uspto_odp": {
        REASON + "inventionTitle: this record has no bibliographic part": 16,
        "codes": 18,
        "files": 26,
        "items": 31,
        "organisations": 26,
        "people": 31,
        "published_on": 3,
        "refused: holds documentBag, no applications": 3,
    },
}


@pytest.mark.parametrize("folder", ["epo_ops", "uspto_xml", "uspto_odp"])
def test_real_payloads_give_the_counts_that_were_checked_by_hand(folder: str) -> None:
    if not (REAL / folder).exists():
        pytest.skip(f"the real payloads of {folder} are not on this machine")
    got = census(folder)
    assert got == EXPECTED[folder], f"{folder}: {json.dumps(got, indent=1)}"
