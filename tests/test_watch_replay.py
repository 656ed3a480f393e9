"""A past week under another recipe: what is gained and lost, with nothing stored (P28)."""

from datetime import timedelta
from pathlib import Path

import pytest

from nlp.recipe import CURRENT, NAMED, Recipe
from terms.errors import VardeError
from terms.haul import Haul
from terms.item import Item
from tests.door import Door
from tests.houses import make_house
from tests.make import NOW, company, item, need
from warehouse import clusters, items, runs
from watch import match as matching
from watch.house import House
from watch.recipes import recipe_of
from watch.replay import Replay, replay, span_of
from watch.review import decide, queue
from watch.snapshot import snapshot

WEEK = "2026-W48"  # of NOW
STRICT = CURRENT.model_copy(update={"name": "strict", "flag_floor": 0.999, "keep_floor": 0.99})
EVERY = (
    (
        "seal",
        "Metal seals that hold tight hydrogen valves at 700 bar",
        "Valve seals of metal hold hydrogen at 700 bar.",
    ),
    (
        "leak",
        "Leakage of tight hydrogen valves",
        "We measure how valves and their seals lose gas, and compare materials.",
    ),
    ("fish", "Salmon lice counted in pens", "Cameras count lice on salmon in sea pens."),
)


def arrive(house: House, no: int, days: int, *every: Item) -> None:
    """Items in the warehouse as a load `days` before NOW, not matched."""
    seen = NOW - timedelta(days=days)
    haul = Haul(source="journal", run_key=f"r{no}", state="complete", started_at=seen, finished_at=seen, counts={})
    with house.warehouse.write() as connection:
        absorbed = items.absorb(connection, every, absorb_no=no, seen_at=seen)
        clusters.join(connection, absorbed.new + absorbed.changed)
        runs.store_run(connection, haul, absorbed, no)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """One need; a paper of last week, three of this week, matched."""
    made = make_house(tmp_path, monkeypatch)
    arrive(made, 1, 5, item("old", title="Hydrogen valves of last week", text="Metal seals at 700 bar."))
    arrive(made, 2, 0, *(item(key, title=title, text=text) for key, title, text in EVERY))
    matching.match(made)
    return made


def moved(done: Replay) -> dict[str, str]:
    return {one.cluster_key.rpartition(":")[2]: one.change for one in done.moves}


def test_the_released_recipe_changes_nothing_of_its_own_week(house: House) -> None:
    """What it flags is what the matching of that week flagged, with the same fits."""
    done = replay(house, WEEK, CURRENT)
    stored = {o.match.cluster_key: o.match.fit for o in queue(house).waiting}
    assert {one.change for one in done.moves} == {"kept"}
    assert {one.cluster_key: one.fit_after for one in done.moves} == {
        key: pytest.approx(fit) for key, fit in stored.items() if "old" not in key
    }
    assert (done.clusters, done.needs) == (3, 1)


def test_what_another_recipe_gains_and_loses_is_named(house: House) -> None:
    """Both ways round, with the fit on either side."""
    strict, back = replay(house, WEEK, STRICT), replay(house, WEEK, CURRENT, against=STRICT)
    assert set(moved(strict).values()) == {"kept", "lost"}
    assert {key: {"lost": "gained", "kept": "kept"}[how] for key, how in moved(strict).items()} == moved(back)
    lost = next(one for one in strict.moves if one.change == "lost")
    assert lost.fit_before is not None
    assert lost.fit_before < STRICT.keep_floor
    assert lost.fit_after is None
    assert (lost.title, lost.company_key, bool(lost.because)) == ("Leakage of tight hydrogen valves", "tind", True)
    assert strict.by_need() == {"tind/valves": {"gained": 0, "lost": 1, "kept": 1}}


def test_decisions_stand_beside_what_moves(house: House) -> None:
    """An accepted match that would be lost is told as such; what neither recipe flags is counted."""
    lost = next(o for o in queue(house).waiting if o.item.source_id == "leak")
    decide(house, lost, "accept", broker="bo")
    done = replay(house, WEEK, STRICT)
    assert (done.count("lost", "accept"), done.count("kept", "accept"), done.missed) == (1, 0, {})
    nothing = CURRENT.model_copy(update={"flag_floor": 1.0})
    assert replay(house, WEEK, nothing, against=nothing).missed == {"accept": 1}


def test_nothing_is_stored(house: House) -> None:
    before = snapshot(house)
    replay(house, WEEK, NAMED["words"])
    assert snapshot(house) == before


def test_a_week_without_arrivals_and_no_week_at_all(house: House) -> None:
    with pytest.raises(VardeError, match="nothing was first seen"):
        replay(house, "2026-W01", CURRENT)
    for week in ("2027-W53", "last", "", "2026-W"):
        with pytest.raises(VardeError, match="ISO week"):
            span_of(week)


def test_a_recipe_from_a_file(tmp_path: Path) -> None:
    """The fields that differ and no others; its version is its own."""
    path = tmp_path / "bolder.yaml"
    path.write_text("name: bolder\ndated: 2026-11-24\ntopics_weight: 2\n", "utf-8")
    tried = recipe_of(str(path))
    assert tried == Recipe(name="bolder", dated="2026-11-24", topics_weight=2)
    assert tried.model_version != CURRENT.model_version
    assert recipe_of("words").letters_weight == 0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("topics_weight: 2", "name: …"),
        ("name: x\ntopicsweight: 2", "topicsweight"),
        ("name: x\nb: 2", "b: "),
        ("name: x\nk1: .nan\nfull_terms: 0", "full_terms"),
        (f"name: {CURRENT.name}\nb: 0.1", "choose another"),
        ("name: [", "not YAML"),
        ("- 1", "name: …"),
        ("name: x\nb: !!python/object:os.system ls", "not YAML"),
    ],
)
def test_a_recipe_file_that_cannot_be_used_says_why(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "tried.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(VardeError) as refused:
        recipe_of(str(path))
    assert says in str(refused.value)


def test_the_verb(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table for people, one document for scripts, a refusal that names what there is."""
    varde, path = Door(tmp_path, capsys, monkeypatch), tmp_path / "strict.yaml"
    path.write_text("name: strict\nflag_floor: 0.999\nkeep_floor: 0.99\n", "utf-8")
    said = varde("replay", WEEK, "--recipe", str(path))
    assert said.code == 0
    assert "tind/valves: 0 gained, 1 lost, 1 kept" in said.out
    rows = varde("replay", WEEK, "--recipe", str(path), "--json").rows
    assert (rows["gained"], rows["lost"], rows["kept"], len(rows["moves"])) == (0, 1, 1, 2)
    refused = varde("replay", WEEK, "--recipe", "nosuch")
    assert (refused.code, "fifth, second, words" in refused.err) == (1, True)


def test_needs_are_those_of_today(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paused need takes no part; without an active need nothing moves."""
    made = make_house(tmp_path, monkeypatch, company(needs=(need(status="paused"),)))
    arrive(made, 1, 0, item("1"))
    assert replay(made, WEEK, NAMED["words"]).moves == ()
