"""Sources of partners: streamed tables and dumps, and the real payloads beside the project, counted."""

import io
import json
import tracemalloc
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from spiders.catalogue import all_sources
from spiders.kinds.funded import country_of, euros_of, web_page
from spiders.kinds.stream import json_records
from spiders.page import Page, Plan
from terms.errors import SourceChanged
from terms.incident import Incident
from terms.source import Focus

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"
SOURCES = all_sources()
PLAN = Plan(now=datetime(2026, 11, 23, tzinfo=UTC))
# Refused: files that are no records of the source (fields, documentation, ground truth), and ROR's schema 1.
EXPECTED: dict[tuple[str, str], dict[str, int]] = {
    ("ror", "ror"): {"files": 7, "records": 21, "refused": 4, "empty": 1},
    ("openalex", "openalex"): {"files": 28, "records": 696, "refused": 3, "empty": 20},
    ("rcn_eu_grants", "norway_rcn"): {"files": 11, "records": 2109, "refused": 9, "empty": 0},
}


def census(source: str, folder: str) -> dict[str, int]:
    counted = Counter(files=0, records=0, refused=0, empty=0)
    for path in sorted((REAL / folder).iterdir()):
        counted["files"] += 1
        page = Page(path.name, path.read_bytes(), "0", label=SOURCES[source].raw_label)
        incidents: list[Incident] = []
        try:
            found = len(list(SOURCES[source].parse(page, incidents.append, PLAN)))
        except SourceChanged:
            counted["refused"] += 1
            continue
        assert incidents == [], path.name
        counted["records"] += found
        counted["empty"] += not found
    return dict(counted)


@pytest.mark.parametrize(("source", "folder"), list(EXPECTED))
def test_real_payloads_give_the_counts_that_were_checked_by_hand(source: str, folder: str) -> None:
    if not (REAL / folder).exists():
        pytest.skip(f"the real payloads of {folder} are not on this machine")
    got = census(source, folder)
    assert got == EXPECTED[source, folder], got


def dump(records: int) -> bytes:
    """A dump of ROR, some kilobytes a record once unpacked."""
    row: dict[str, Any] = {"names": [{"value": "x", "types": ["ror_display"]}], "types": ["company"], "links": []}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as zipped, zipped.open("v1-ror-data.json", "w") as stream:
        stream.write(b"[")
        for number in range(records):
            told = {**row, "id": f"https://ror.org/{number:09d}", "domains": ["y" * 4_000]}
            stream.write((b",\n" if number else b"") + json.dumps(told).encode())
        stream.write(b"]")
    return held.getvalue()


def test_a_dump_of_any_size_is_read_a_record_at_a_time() -> None:
    """Twenty megabytes unpacked, under six in memory beside the zip itself."""
    page = Page("dump.zip", dump(5_000), "0", label="dump")
    tracemalloc.start()
    found = sum(1 for _ in SOURCES["ror"].parse(page, list[Incident]().append, PLAN))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == 5_000 and most < 6 * 2**20, most


@pytest.mark.parametrize("piece", [b"[]", b"", b'[{"a": 1}, {"a": 2}]', b'{"a": 1}\n{"a": 2}\n', b"\xef\xbb\xbf[{}]"])
def test_lists_and_lines_of_json_are_read_alike(piece: bytes) -> None:
    found = list(json_records(io.BytesIO(piece), "x"))
    assert len(found) in (0, 1, 2) and all(isinstance(one, dict) for one in found)


def test_what_breaks_off_is_refused() -> None:
    with pytest.raises(SourceChanged, match="breaks off"):
        list(json_records(io.BytesIO(b'[{"a": 1}, {"a"'), "x"))


def test_countries_money_and_pages_as_funders_write_them() -> None:
    assert [country_of(code) for code in ("EL", "UK", "no", "", "NOR")] == ["GR", "GB", "NO", None, None]
    assert [euros_of(text, "x") for text in ("1.234,50", "1234.5", "", "7")] == [1234, 1234, None, 7]
    assert web_page("www.tett.example") == "https://www.tett.example"
    assert [web_page(text) for text in ("mailto:kari@tett.example", "javascript:x", "kari@tett.example")] == [None] * 3


def test_openalex_is_asked_by_doi_only_and_never_more_than_a_thousand() -> None:
    source = SOURCES["openalex"]
    plan = Plan(now=PLAN.now, keys={"openalex_key": "k&x"}, focus=Focus(dois=("10.1/a b", *map(str, range(2_000)))))
    asks = list(source.start(plan))
    assert len(asks) == 1_000 and asks[0].url == "https://api.openalex.org/works/doi:10.1/a%20b?api_key=k%26x"
    assert list(source.start(PLAN)) == []


def test_cordis_leaves_out_what_did_not_change_since_the_last_crawl() -> None:
    zipped = Path(__file__).parent / "recordings" / "spiders" / "cordis" / "bulk.zip"
    page = Page("bulk.zip", zipped.read_bytes(), "0", label="bulk")
    later = Plan(now=PLAN.now, since="2026-10-01")
    kept = [one.source_id for one in SOURCES["cordis"].parse(page, list[Incident]().append, later)]
    assert kept == ["101999001"]
