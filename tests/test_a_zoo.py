"""Hostile publishers beside healthy ones in one real run (RELIABILITY A-24, P5)."""

import json
import os
import resource
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from benchmarks.zoo import named, open_zoo
from terms.haul import Haul
from tests.houses import STAMP, make_house
from watch.collect import collect
from watch.house import open_house

HEALTHY = int(os.environ.get("VARDE_TEST_HEALTHY", "2"))
HOSTILE = int(os.environ.get("VARDE_TEST_HOSTILE", "20"))
"""RELIABILITY asks for 20 and 60, which takes a minute: `python -m benchmarks.bench_feeds zoo` measures that."""


def test_a_24_hostile_publishers_cost_the_healthy_ones_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each kind of hostility once: every healthy item is in a haul, every hostile one failed, aloud."""
    with open_zoo() as zoo:
        monkeypatch.setenv("VARDE_CRAWLERS", "8")
        monkeypatch.setenv("VARDE_CONTACT", "https://varde.example/")
        monkeypatch.setenv("VARDE_ALLOW_HOSTS", f"127.0.0.1:{zoo.port}")
        monkeypatch.setenv("VARDE_REQUEST_TIMEOUT_S", "4")
        monkeypatch.setenv("VARDE_RETRY_WAIT_S", "0")
        names = named(HEALTHY, HOSTILE)
        (tmp_path / "feeds.yaml").write_text(zoo.feeds(names))
        house = make_house(tmp_path, monkeypatch)
        # in a process of its own, so that the memory is that of these children and of no other test's
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:
            found, largest_kb = alone.submit(collected, house.settings.home, tmp_path, names).result()
    hauls = {haul.source: haul for haul in found}
    for name in names:
        if "healthy" in name:
            lines = (house.hauls / name / "run1" / "items.jsonl").read_text().splitlines()
            assert (hauls[name].state, len({json.loads(line)["source_id"] for line in lines})) == ("complete", 20)
            continue
        assert hauls[name].counts["items"] <= 1 and hauls[name].incidents, name
        assert hauls[name].state != "complete" or "cannot" in hauls[name].model_dump_json(), name
    assert largest_kb / 1024 <= 512


def collected(home: Path, folder: Path, names: list[str]) -> tuple[list[Haul], int]:
    """The hauls, and the memory of the largest child, in kB."""
    house = open_house(None, home=home, maps=folder / "companies", feeds=folder / "feeds.yaml", now=STAMP)
    hauls = collect(house, names, key="run1")
    return hauls, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
