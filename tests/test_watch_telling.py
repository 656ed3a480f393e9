"""Whoever sees a match sees why (P20, P21): reasons are made for what is flagged, for others when they are shown."""

from pathlib import Path

import pytest

from terms.match import Match
from tests.houses import make_house
from tests.make import company, need
from tests.test_warehouse_grounds import absorb
from warehouse import matches
from watch.house import House
from watch.match import match
from watch.review import queue
from watch.telling import told


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """350 documents, and a need that some of them suit."""
    lice = need("lice", title="Counting sea lice on salmon", description="Cameras count sea lice on salmon.")
    house = make_house(tmp_path, monkeypatch, company(needs=(lice,)))
    absorb(house, 0, 350, no=1)
    return house


def rows(house: House) -> list[tuple[str, str, bool, bool]]:
    """Need, cluster, flag and whether there are reasons, of every match."""
    with house.warehouse.read() as connection:
        return connection.execute(
            "select need_key, cluster_key, is_flagged, reasons like '%\"start\"%' from matches order by all"
        ).fetchall()


def read(house: House, need: str, cluster: str) -> Match:
    with house.warehouse.read() as connection:
        found = matches.read_match(connection, need, cluster)
    assert found is not None
    return found


def test_all_that_is_shown_has_reasons_and_the_rest_gets_them_when_shown(house: House) -> None:
    match(house)
    waiting = queue(house).waiting
    assert len(waiting) >= 3
    assert all(one.match.reasons.terms and one.match.reasons.passages for one in waiting)
    silent = [(need, cluster) for need, cluster, _, is_told in rows(house) if not is_told]
    assert silent
    plain = read(house, *silent[0])
    assert not plain.reasons.terms
    shown = told(house, plain)
    assert shown.reasons.terms
    assert shown.reasons.passages
    assert told(house, shown) is shown


def test_killed_between_scores_and_reasons_nothing_is_shown_without(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("watch.match.learn_and_flag", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        match(house)
    assert any(is_flagged for _, _, is_flagged, _ in rows(house))
    assert not queue(house).waiting
    monkeypatch.undo()
    match(house)
    assert queue(house).waiting
