"""A publisher adds, removes, renames and retypes fields (RELIABILITY A-20): one record suffers, aloud, nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spiders.kinds.trouble import UNKNOWN_FIELDS
from spiders.page import Page
from spiders.source import Source
from terms.errors import SourceChanged
from terms.incident import Incident
from tests.test_spiders_sources import PLAN, RECORDINGS, SOURCES, outcome, page_recorded, recordings


def damaged(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of a JSON value once missing, null and of another type."""
    if isinstance(value, dict):
        for key in value:
            rest = {k: v for k, v in value.items() if k != key}
            yield f"{path}/{key} missing", rest
            yield f"{path}/{key} renamed", {**rest, key + "Of2027": value[key]}
            for wrong in (None, 7, "x", ["x"], [None], {"x": 1}, True, 1e400):
                yield f"{path}/{key}={wrong!r}", {**value, key: wrong}
            for where, inner in damaged(value[key], f"{path}/{key}"):
                yield where, {**value, key: inner}
    elif isinstance(value, list) and value:
        for where, inner in damaged(value[0], f"{path}/0"):
            yield where, [inner, *value[1:]]


def json_recordings() -> Iterator[tuple[str, Path]]:
    for name, path in recordings():
        if path.suffix == ".json" and "refused" not in outcome(SOURCES[name], page_recorded(SOURCES[name], path)):
            yield name, path


def page_with(page: Page, answer: Any) -> Page:
    return Page(url=page.url, body=json.dumps(answer).encode(), capture_sha256="0", label=page.label, sent=page.sent)


def items_of(source: Source, page: Page, told: list[Incident]) -> set[str]:
    """Ids of the items; and what the crawler asks besides: nothing may escape there either."""
    kept = {item.source_id for item in source.parse(page, told.append, PLAN)}
    list(source.follow(page, PLAN))
    source.total(page)
    source.rows(page)
    source.cursor(page)
    return kept


@pytest.mark.parametrize(("name", "path"), list(json_recordings()), ids=lambda value: getattr(value, "name", value))
def test_a_20_damage_to_one_field_costs_one_record_at_most_and_aloud(name: str, path: Path) -> None:
    source, usual = SOURCES[name], list[Incident]()
    page = page_recorded(source, path)
    intact = items_of(source, page, usual)
    for where, changed in damaged(json.loads(page.body)):
        told: list[Incident] = []
        try:
            kept = items_of(source, page_with(page, changed), told)
        except SourceChanged:
            continue
        lost = intact - kept
        is_in_a_record = "/0" in where
        is_said = len(told) > len(usual) or any(incident not in usual for incident in told)
        assert not is_in_a_record or len(lost) <= 1 or (name == "openalex" and is_said), where  # a work names several
        assert not (is_in_a_record and lost) or len(kept) == len(intact) or is_said, where


def with_more(value: Any) -> Iterator[Any]:
    """A field that nobody knows, in every object in turn."""
    if isinstance(value, dict):
        yield {**value, "unheardOf": "x"}
        for key in value:
            yield from ({**value, key: inner} for inner in with_more(value[key]))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from ([*value[:place], inner, *value[place + 1 :]] for inner in with_more(each))


@pytest.mark.parametrize(("name", "path"), list(json_recordings()), ids=lambda value: getattr(value, "name", value))
def test_a_20_a_new_field_of_a_record_is_said_and_loses_nothing(name: str, path: Path) -> None:
    source = SOURCES[name]
    page = page_recorded(source, path)
    intact, said = items_of(source, page, []), 0
    for changed in with_more(json.loads(page.body)):
        told: list[Incident] = []
        assert items_of(source, page_with(page, changed), told) == intact
        said += any(incident.message == UNKNOWN_FIELDS for incident in told)
    assert said or not intact


@pytest.mark.parametrize("name", ["page.first.json", "grants_tenders.file.json"])
def test_a_20_eu_rows_survive_any_damage_to_one_field(name: str) -> None:
    """The other rows are stored, the damaged one is stored or named in an incident, nothing else escapes."""
    source, recorded = SOURCES["eu_funding"], json.loads((RECORDINGS / "eu_funding" / name).read_text())
    intact = {
        item["source_id"] for item in outcome(source, page_recorded(source, RECORDINGS / "eu_funding" / name))["items"]
    }
    tried = 0
    for where, answer in damaged(recorded):
        page = Page(url="file:x", body=json.dumps(answer).encode(), capture_sha256="0", label="page")
        incidents: list[Incident] = []
        try:
            kept = {item.source_id for item in source.parse(page, incidents.append, PLAN)}
        except SourceChanged:
            assert re.match(r"/(results|fundingData|totalResults)( |=|/GrantTenderObj[ =]|/0[ =]|$)", where), where
            continue
        assert len(intact - kept) <= 1, where
        tried += 1
    assert tried > 300
