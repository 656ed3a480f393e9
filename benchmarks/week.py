"""The world's week: new items on disk against every need, to flagged opportunities in the stores, by the real path.

    week.py [--items 30000] [--companies 1000] [--json]      absorb and match, per stage seconds, CPU seconds, rate,
                                                             peak memory and the share of what the machine can do
    week.py … --then 1000                                    and then so many new items more, nothing refitted
    week.py … --changed                                      and then one changed need against all that is stored
    week.py … --peers 10000                                  and scikit-learn and bm25s on so many of the documents,
                                                             and all-MiniLM-L6-v2 on a few (--minilm FOLDER, or the
                                                             installed weights), scaled
    week.py --growth 30000,100000                            a line for each size

CPU seconds count this process and its children. On a busy machine trust these, and the ratios to the peers.
"""

import argparse
import importlib
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.machine import Machine, machine
from benchmarks.peers import peers
from benchmarks.world import companies, leave_haul, sentences
from ledger.companies import save_company
from watch.absorb import absorb
from watch.house import House, open_house
from watch.match import match

_STAGES = (
    ("watch.holding", "ground_of", "statistics"),
    ("watch.sweep", "sweep", "score"),
    ("watch.holding", "prepared_needs", "prepare needs"),
    ("watch.holding", "near_clusters", "stored columns"),
    ("nlp.columns_run", "wanted", "turn needs about"),
    ("watch.holding", "_ruled", "reasons where a rule fired"),
    ("warehouse.matches", "store_matches", "store"),
    ("watch.match", "learn_and_flag", "learn, flag and tell"),
    ("watch.learning", "work_out", "learn and flag"),
    ("watch.learning", "tell", "reasons of what is flagged"),
)
_SCORE, _COLUMNS = "  score", "  stored columns (changed need)"


@dataclass
class Stage:
    """What one stage took. inside: whether it is part of the stage `match`."""

    name: str
    seconds: float = 0.0
    cpu: float = 0.0
    inside: bool = False


@dataclass
class Run:
    """One size. mb: haul on disk; columns_mb: what is kept of the documents. memory_mb: this process, largest child."""

    items: int
    needs: int
    mb: float = 0.0
    columns_mb: float = 0.0
    stages: dict[str, Stage] = field(default_factory=dict)
    kept: int = 0
    flagged: int = 0
    memory_mb: tuple[int, int] = (0, 0)

    @contextmanager
    def timed(self, name: str, inside: bool = False) -> Iterator[None]:
        """Add what the block takes to a stage."""
        stage = self.stages.setdefault(name, Stage(name, inside=inside))
        begun, burnt = time.perf_counter(), _cpu()
        try:
            yield
        finally:
            stage.seconds += time.perf_counter() - begun
            stage.cpu += _cpu() - burnt
            _tell(f"{name}: {stage.seconds:.1f} s, {stage.cpu:.1f} s of CPU")


def week(count: int, firms: int, folder: Path) -> tuple[Run, House, list[str]]:
    """Make the world, then take it in and match it."""
    _tell(f"making {count} items")
    said = sentences()
    house = open_house(None, home=folder / "home", maps=folder / "maps", feeds=folder / "feeds.yaml")
    run = Run(count, firms * 5, mb=leave_haul(house.hauls, count, said) / 1e6)
    with house.ledger.write() as connection:
        for company in companies(firms, said):
            save_company(connection, company, at=house.clock())
    _pass(run, house)
    return run, house, said


def _pass(run: Run, house: House, suffix: str = "") -> None:
    with run.timed(f"absorb{suffix}"):
        absorb(house)
    with _watched(run, suffix), run.timed(f"match{suffix}"):
        matched = match(house)
    run.kept, run.flagged = matched.kept, matched.flagged
    run.memory_mb = (_peak(resource.RUSAGE_SELF), _peak(resource.RUSAGE_CHILDREN))


@contextmanager
def _watched(run: Run, suffix: str) -> Iterator[None]:
    """Time the inner stages too, by wrapping their functions for a while."""
    modules = [(importlib.import_module(place), name, stage) for place, name, stage in _STAGES]
    plain = [getattr(module, name) for module, name, _ in modules]
    for (module, name, stage), work in zip(modules, plain, strict=True):
        setattr(module, name, _wrapped(run, f"  {stage}{suffix}", work))
    try:
        yield
    finally:
        for (module, name, _), work in zip(modules, plain, strict=True):
            setattr(module, name, work)


def _wrapped(run: Run, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        with run.timed(stage, inside=True):
            return work(*given, **named)

    return timed


def changed_need(run: Run, house: House, said: list[str]) -> None:
    """One need is written anew and matched against everything stored."""
    company = next(companies(1, said))
    need = company.needs[0].model_copy(update={"description": " ".join(said[7:10])})
    edited = company.model_copy(update={"needs": (need, *company.needs[1:])})
    with house.ledger.write() as connection:
        save_company(connection, edited, at=house.clock())
    shelf = house.settings.home / "columns"
    run.columns_mb = sum(file.stat().st_size for file in shelf.glob("items-*.npz")) / 1e6
    with _watched(run, " (changed need)"), run.timed("match (changed need)"):
        match(house)


def tell(run: Run, limits: Machine) -> None:
    """Print the table of one run."""
    print(f"\n{run.items} items ({run.mb:.0f} MB), {run.needs} needs, {run.kept} kept, {run.flagged} flagged")
    print(f"{'stage':34} {'s':>8} {'CPU s':>8} {'items/s':>9}  share of the limit")
    for stage in run.stages.values():
        share = _share(stage, run, limits)
        print(f"{stage.name:34} {stage.seconds:8.1f} {stage.cpu:8.1f} {run.items / stage.seconds:9.0f}  {share}")
    whole = [stage for stage in run.stages.values() if stage.name in ("absorb", "match")]
    seconds, cpu = sum(s.seconds for s in whole), sum(s.cpu for s in whole)
    print(f"{'together':34} {seconds:8.1f} {cpu:8.1f} {run.items / seconds:9.0f}")
    print(f"peak memory {run.memory_mb[0]} MB, largest child {run.memory_mb[1]} MB")


def _share(stage: Stage, run: Run, limits: Machine) -> str:
    """Of the scoring: its dense products against FLOP/s and one pass over all scores against memory; of others: octets
    of the haul against memory."""
    if stage.name == _SCORE:
        flops = 2.0 * run.items * run.needs * (128 + 256)
        passes = 4.0 * run.items * run.needs * 3
        return (
            f"{flops / stage.seconds / limits.flops / 1e9:.1%} of FLOP/s (384 dimensions), "
            f"{passes / stage.seconds / limits.bandwidth / 1e9:.1%} of memory (3 passes)"
        )
    if stage.name == _COLUMNS:
        return f"{run.columns_mb / 1e3 / stage.seconds / limits.bandwidth:.1%} of memory ({run.columns_mb:.0f} MB)"
    return f"{run.mb / 1e3 / stage.seconds / limits.bandwidth:.2%} of memory" if not stage.inside else ""


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _peak(whose: int) -> int:
    return resource.getrusage(whose).ru_maxrss // 1024


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Read the arguments, run, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--items", type=int, default=30_000)
    asked.add_argument("--companies", type=int, default=1000)
    asked.add_argument("--then", type=int, default=0)
    asked.add_argument("--changed", action="store_true")
    asked.add_argument("--peers", type=int, default=0)
    asked.add_argument("--minilm", type=Path)
    asked.add_argument("--growth", default="")
    asked.add_argument("--json", action="store_true")
    chosen = asked.parse_args()
    limits = machine()
    for items in [int(size) for size in chosen.growth.split(",") if size] or [chosen.items]:
        with tempfile.TemporaryDirectory() as name:
            run, house, said = week(items, chosen.companies, Path(name))
            if chosen.then:
                leave_haul(house.hauls, chosen.then, said, first=items, key="20261130T060000Z")
                _pass(run, house, f" ({chosen.then} more)")
            if chosen.changed:
                changed_need(run, house, said)
        beside = peers(chosen.peers, run.needs, said, chosen.minilm) if chosen.peers else []
        if chosen.json:
            print(json.dumps({**asdict(run), "machine": limits._asdict(), "peers": beside}))
            continue
        print(
            f"memory {limits.bandwidth:.1f} GB/s, product {limits.flops:.0f} GFLOP/s, load {limits.load:.1f} at start"
        )
        tell(run, limits)
        for peer in beside:
            ratio = peer["cpu_an_item"] / (run.stages[_SCORE].cpu / run.items)
            print(
                f"{peer['name']:34} {peer['seconds']:8.2f} {peer['cpu']:8.2f}  {ratio:7.2f} x our score's CPU an item"
            )


if __name__ == "__main__":
    main()
