"""A house for tests: stores in a temporary folder, one company, items and matches put in directly."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from needs.writing import write_map
from terms.company import Company
from terms.haul import Haul
from terms.item import Item
from terms.match import Match, Passage, Reasons
from tests.make import NOW, company
from warehouse import clusters, items, matches, runs
from watch.companies import import_maps
from watch.house import House, open_house

STAMP = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")


def make_house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *every: Company, now: str = STAMP) -> House:
    """A house with need maps imported; its mail settings point at nothing until a test sets a port."""
    maps = tmp_path / "companies"
    maps.mkdir(exist_ok=True)
    for one in every or (company(),):
        (maps / f"{one.id}.yaml").write_text(write_map(one), "utf-8")
    for name, value in _MAIL.items():
        monkeypatch.setenv(name, value)
    house = open_house(None, home=tmp_path / "home", maps=maps, feeds=tmp_path / "feeds.yaml", now=now)
    import_maps(house)
    return house


_MAIL = {
    "VARDE_SMTP_HOST": "127.0.0.1",
    "VARDE_SMTP_PORT": "1",
    "VARDE_SMTP_SECURITY": "none",
    "VARDE_SMTP_SENDER_ADDRESS": "digest@varde.example",
    "VARDE_SMTP_SETTLE_SECONDS": "0",
    "VARDE_LIST_DOMAIN": "lists.varde.example",
}


def stock(house: House, *arriving: Item, need_key: str = "tind/valves", no: int = 1, flagged: bool = True) -> None:
    """Items in the warehouse, each matched to one need."""
    haul = Haul(
        source=arriving[0].source, run_key=f"r{no}", state="complete", started_at=NOW, finished_at=NOW, counts={}
    )
    with house.warehouse.write() as connection:
        absorbed = items.absorb(connection, arriving, absorb_no=no, seen_at=NOW - timedelta(days=2))
        clusters.join(connection, absorbed.new + absorbed.changed)
        runs.store_run(connection, haul, absorbed, no)
        homes = items.read_clusters_of(connection, [item.item_key for item in arriving])
        matches.store_matches(connection, _matches(arriving, homes, need_key, flagged), (), at=NOW)


def _matches(arriving: Sequence[Item], homes: dict[str, str], need_key: str, flagged: bool) -> list[Match]:
    return [
        Match(
            need_key=need_key,
            need_version=1,
            cluster_key=homes[item.item_key],
            item_key=item.item_key,
            fit=0.9 - number / 100,
            confidence=0.5,
            reasons=Reasons(
                terms=("seals", "700 bar"),
                passages=(Passage(field="title", start=0, end=len(item.title), text=item.title),),
            ),
            is_flagged=flagged,
            model_version="test-1",
        )
        for number, item in enumerate(arriving)
    ]
