"""Sources of publications on damaged records, and on the real payloads beside the project, counted."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from spiders.catalogue import all_sources
from spiders.page import Page, Plan
from spiders.source import Source
from terms.errors import SourceChanged
from terms.incident import Incident
from terms.item import Item

RECORDINGS = Path(__file__).parent / "recordings" / "spiders"
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "recorded"
SOURCES = all_sources()
PLAN = Plan(now=datetime(2026, 11, 23, 8, tzinfo=UTC))


def read(source: Source, page: Page) -> list[Item]:
    return list(source.parse(page, list[Incident]().append, PLAN))


def damaged(value: Any) -> Iterator[Any]:
    """Every field of a JSON value once missing, null and of another type (A-20)."""
    if isinstance(value, dict):
        for key in value:
            yield {k: v for k, v in value.items() if k != key}
            for wrong in (None, 7, "x", ["x"], [None], {"x": 1}, True, 1e400):
                yield {**value, key: wrong}
            yield from ({**value, key: inner} for inner in damaged(value[key]))
    elif isinstance(value, list) and value:
        yield from ([inner, *value[1:]] for inner in damaged(value[0]))


@pytest.mark.parametrize(
    ("name", "recording"),
    [
        ("europe_pmc", "page.core.json"),
        ("europe_pmc_patents", "page.first.json"),
        ("crossref", "page.works.json"),
        ("nva", "page.hits.json"),
        ("pubmed", "search.found.json"),
    ],
)
def test_records_survive_any_damage_to_one_field(name: str, recording: str) -> None:
    """The damaged record is stored or named in an incident, the others are stored, nothing else escapes."""
    source, label = SOURCES[name], recording.split(".")[0]
    recorded = json.loads((RECORDINGS / name / recording).read_text())
    (first, *_) = source.start(PLAN)
    whole = Page(url=first.url, body=json.dumps(recorded).encode(), capture_sha256="0", label=label)
    intact = {item.source_id for item in read(source, whole)}
    tried = refused = 0
    for answer in damaged(recorded):
        page = Page(url=first.url, body=json.dumps(answer).encode(), capture_sha256="0", label=label)
        try:
            kept = {item.source_id for item in read(source, page)}
            assert source.total(page) is None or source.rows(page) is not None
            list(source.follow(page, PLAN))
        except SourceChanged:
            refused += 1
            continue
        assert len(intact - kept) <= 1
        tried += 1
    assert tried > 50 and refused < tried / 2


REASONS = re.compile(r"not JSON|Not one record|was refused|instead of works|no list of hits")


def census(name: str, folder: str) -> dict[str, int]:
    """What becomes of the real payloads of a folder: files, items, filled fields, refusals and incidents by words."""
    counted: Counter[str] = Counter()
    for path in sorted((REAL / folder).iterdir()):
        incidents: list[Incident] = []
        page = Page(url="…", body=path.read_bytes(), capture_sha256="0", label=SOURCES[name].raw_label)
        counted["files"] += 1
        try:
            items = list(SOURCES[name].parse(page, incidents.append, PLAN))
        except SourceChanged as trouble:
            counted[f"refused: {REASONS.findall(str(trouble))}"] += 1
            continue
        counted.update({"items": len(items), "empty": not items, "ids": len({item.source_id for item in items})})
        for field in ("text", "published_on", "people", "organisations", "codes"):
            counted[field] += sum(bool(getattr(item, field)) for item in items)
        counted["doi"] += sum(bool(item.publication and item.publication.doi) for item in items)
        counted.update(f"incident: {incident.message}" for incident in incidents)
        assert not any("@" in named.name for item in items for named in (*item.people, *item.organisations))
    return {key: times for key, times in counted.items() if times}


# Refused: Dublin Core as XML, ids without titles, and answers of Crossref and NVA that are errors, other routes or
# descriptions of the service. Of Crossref's 383 works 7 are datasets and 3 issues of journals; NVA's five empty files
# hold lectures and masters' theses. No work and no hit was unreadable, and no field unknown.
EXPECTED: dict[tuple[str, str], dict[str, int]] = {
    ("europe_pmc", "europepmc"): {
        "files": 5, "items": 1025, "empty": 1, "ids": 1025, "published_on": 1025, "people": 1017, "doi": 966,
        "refused: ['not JSON']": 1, "refused: ['Not one record']": 1,
    },
    ("crossref", "crossref"): {
        "files": 57, "items": 373, "empty": 2, "ids": 373, "text": 94, "published_on": 191, "people": 331,
        "organisations": 353, "doi": 373, "refused: ['was refused']": 6, "refused: ['instead of works']": 16,
    },
    ("nva", "nva"): {
        "files": 14, "items": 44, "empty": 5, "ids": 44, "text": 37, "published_on": 17, "people": 37,
        "organisations": 29, "codes": 27, "doi": 15, "refused: ['no list of hits']": 1, "refused: ['not JSON']": 2,
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "folder"), EXPECTED)
def test_real_payloads_give_the_counts_that_were_checked_by_hand(name: str, folder: str) -> None:
    if not (REAL / folder).exists():
        pytest.skip(f"the real payloads of {folder} are not on this machine")
    assert census(name, folder) == EXPECTED[name, folder]
