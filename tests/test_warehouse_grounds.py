"""Corpus statistics are taken once and kept (P21: the same inputs give the same score)."""

from pathlib import Path

import pytest

from nlp.recipe import CURRENT
from terms.item import Item
from tests.houses import make_house
from tests.make import NOW
from tests.test_nlp_postings import documents
from warehouse import clusters, grounds, items, matches
from watch.house import House
from watch.match import match


def absorb(house: House, first: int, count: int, no: int) -> None:
    """Made-up publications, put in directly."""
    arriving = [
        Item(source="bench", source_id=str(n), kind="publication", title=f"{d.title} {n}", text=d.text,
             url=f"https://x.example/{n}", language="en", capture_sha256="0" * 64)
        for n, d in enumerate(documents(count, seed=no), start=first)
    ]  # fmt: skip
    with house.warehouse.write() as connection:
        absorbed = items.absorb(connection, arriving, absorb_no=no, seen_at=NOW)
        clusters.join(connection, (*absorbed.new, *absorbed.changed))


def test_a_run_fits_nothing_anew_until_the_warehouse_has_outgrown_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house(tmp_path, monkeypatch)
    absorb(house, 0, 350, no=1)
    match(house)
    with house.warehouse.read() as connection:
        first = grounds.read_ground(connection, CURRENT.model_version)
        assert grounds.read_ground(connection, "another") is None
    assert first is not None
    assert first.clusters == sum_of_clusters(house)
    monkeypatch.setattr("watch.sweep.survey", None)  # a call would fail
    absorb(house, 1000, 20, no=2)
    matched = match(house)
    assert matched.scored == 20 * matched.needs
    with house.warehouse.read() as connection:
        assert grounds.read_ground(connection, CURRENT.model_version) == first


def sum_of_clusters(house: House) -> int:
    """How many clusters there are."""
    with house.warehouse.read() as connection:
        return sum(matches.count_clusters(connection, 0))
