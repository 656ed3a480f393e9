"""From decisions in the ledger to the queue: learned fits, exploration, budgets, and back by undo (P25, P26)."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from nlp.learn_recipe import LEARNING, Learning
from nlp.learn_rows import Space
from terms.decision import Opportunity, RejectReason, Verb
from terms.item import Item
from terms.match import Document
from tests.door import Door
from tests.houses import make_house, stock
from tests.make import item
from warehouse import learned
from watch.house import House
from watch.learning import learn_and_flag, learning_table, work_out
from watch.review import decide, find_opportunity, opportunity_ref, queue

GOOD = (
    "Metal seals that hold hydrogen valves tight",
    "Leakage of valve seats at 700 bar",
    "Valve seals under pressure",
)
BAD = ("Salmon lice counted in pens", "Grain drying with solar heat", "Noise of wind turbines at night")


def papers(start: int, count: int, kinds: Sequence[str] = "gb") -> list[Item]:
    """Papers in turn about valves (g…) and about other things (b…)."""
    made = [f"{kinds[n % len(kinds)]}{n // len(kinds):02}" for n in range(start, start + count)]
    return [
        item(
            key,
            title=f"{(GOOD if key[0] == 'g' else BAD)[int(key[1:]) % 3]}, study {key}",
            text=f"A study of {'seals and valves' if key[0] == 'g' else 'farms and weather'}, number {key[1:]}.",
        )
        for key in made
    ]


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    """24 flagged and 20 kept but unflagged papers for one need."""
    made = make_house(tmp_path, monkeypatch)
    stock(made, *papers(0, 24))
    stock(made, *papers(24, 20), no=2, flagged=False)
    return made


def key_of(opportunity: Opportunity) -> str:
    return opportunity.item.source_id


def say(house: House, opportunity: Opportunity, verb: Verb, reason: RejectReason | None = None) -> None:
    decide(house, opportunity, verb, broker="bo", reason=reason)


def decide_twelve(house: House) -> list[Opportunity]:
    """Accept what is about valves, reject the rest."""
    seen = [o for o in queue(house).waiting if not o.match.is_exploration][:12]
    for one in seen:
        if key_of(one).startswith("g"):
            say(house, one, "accept")
        else:
            say(house, one, "reject", "wrong technology")
    return seen


def taught(house: House) -> list[learned.Taught]:
    with house.warehouse.read() as connection:
        return learned.read_taught(connection)


def test_a_tenth_of_the_queue_is_explored_and_marked(house: House) -> None:
    """P26, before the first decision too; the same ones each time."""
    learn_and_flag(house)
    waiting = queue(house).waiting
    explored = [o for o in waiting if o.match.is_exploration]
    assert len(waiting) - len(explored) == 24
    assert len(explored) == 3
    assert {int(key_of(o)[1:]) >= 12 for o in explored} == {True}
    learn_and_flag(house)
    assert queue(house).waiting == waiting


def test_decisions_reorder_the_queue_by_learned_fits(house: House) -> None:
    """P25: what is like the accepted comes first, what is like the rejected leaves the queue's top."""
    learn_and_flag(house)
    seen = decide_twelve(house)
    learn_and_flag(house)
    found = [o for o in queue(house).waiting if not o.match.is_exploration]
    assert not {o.match.cluster_key for o in found} & {o.match.cluster_key for o in seen}
    assert all(o.match.is_learned for o in found)
    first = [key_of(o)[0] for o in found[:6]]
    assert first == ["g"] * 6


def test_decided_ones_stay_findable(house: House) -> None:
    """An accepted opportunity from below the threshold keeps its ref, its mark and its undo."""
    learn_and_flag(house)
    explored = next(o for o in queue(house).waiting if o.match.is_exploration)
    say(house, explored, "accept")
    learn_and_flag(house)
    found = find_opportunity(house, opportunity_ref(explored))
    assert found.match.is_exploration
    say(house, found, "undo")
    learn_and_flag(house)
    assert opportunity_ref(explored) in {opportunity_ref(o) for o in queue(house).waiting}


def test_h_09_undo_restores_the_earlier_queue(house: House) -> None:
    """Learned state is a function of the decisions that stand, so nothing of a decision taken back is left."""
    learn_and_flag(house)
    decide_twelve(house)
    learn_and_flag(house)
    before, waiting = taught(house), queue(house).waiting
    poison = [o for o in waiting if key_of(o).startswith("b")] or list(waiting[-2:])
    for one in poison:
        say(house, one, "accept")
    learn_and_flag(house)
    assert taught(house) != before
    for one in poison:
        say(house, one, "undo")
    learn_and_flag(house)
    assert taught(house) == before
    assert queue(house).waiting == waiting


def test_reasons_that_are_not_of_the_topic_teach_nothing(house: House) -> None:
    learn_and_flag(house)
    for one in queue(house).waiting[:12]:
        say(house, one, "reject", "too late")
    assert work_out(house).needs["tind/valves"].decisions == 0


def test_explored_decisions_give_the_miss_rate_with_its_interval(house: House) -> None:
    """P26: two of three looked at were good."""
    learn_and_flag(house)
    explored = [o for o in queue(house).waiting if o.match.is_exploration]
    for place, one in enumerate(explored):
        say(house, one, "accept" if place else "reject", None if place else "wrong technology")
    misses = work_out(house).needs["tind/valves"].misses
    assert (misses.looked, misses.good) == (3, 2)
    assert misses.low < 2 / 3 < misses.high
    assert misses.low == pytest.approx(0.0943, abs=1e-4)


def test_the_table_says_what_learning_is_worth(house: House) -> None:
    """Per need: decisions, both precisions, state, interval."""
    learn_and_flag(house)
    decide_twelve(house)
    (row,) = learning_table(work_out(house))
    assert row["need"] == "tind/valves"
    assert (row["decisions"], row["state"]) == ("12", "on")
    assert float(row["learned"]) >= float(row["unlearned"])
    assert row["95 % interval"] == "0.00-1.00"


def test_a_company_gets_no_more_than_its_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = make_house(tmp_path, monkeypatch)
    stock(house, *papers(0, 2 * LEARNING.flags_per_company))
    learn_and_flag(house)
    waiting = queue(house).waiting
    assert len([o for o in waiting if not o.match.is_exploration]) == LEARNING.flags_per_company


def test_nothing_is_written_where_nothing_changed(house: House) -> None:
    """A second run leaves the stores alone."""
    learn_and_flag(house)
    before = house.warehouse.published.stat().st_mtime_ns
    learn_and_flag(house)
    assert house.warehouse.published.stat().st_mtime_ns == before


def test_queue_and_learning_say_so_at_the_door(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mark in `varde queue`, the table of `varde learning`."""
    door = Door(tmp_path, capsys, monkeypatch)
    said = door("learning", "--json")
    assert said.code == 0, said.err
    assert said.rows[0]["state"] == "waiting"
    marks = [row["how"] for row in door("queue", "--json").rows]
    assert marks.count("exploration") == 3


def write_set(folder: Path, count: int = 40) -> list[str]:
    """A labelled stream as files; returns the options of `varde screen`."""
    made = papers(0, count)
    rows = [{"id": one.source_id, "title": one.title, "text": one.text} for one in made]
    (folder / "d.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    (folder / "t.jsonl").write_text(
        json.dumps({"id": "valves", "title": "Tight valve seals", "description": ""}), "utf-8"
    )
    labels = [f"valves\t{one.source_id}\t{int(one.source_id.startswith('g'))}" for one in made]
    (folder / "q.tsv").write_text("\n".join(labels), "utf-8")
    names = {"documents": "d.jsonl", "topics": "t.jsonl", "qrels": "q.tsv", "output": "order"}
    return [word for option, name in names.items() for word in (f"--{option}", str(folder / name))]


def test_screen_writes_what_was_read_and_stops_at_the_last_good_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The format of ../shared/tools/score.py; each document once, the same again, calibration beside it."""
    options = write_set(tmp_path)
    said = Door(tmp_path, capsys, monkeypatch)("screen", *options, "--calibration")
    assert said.code == 0, said.err
    assert "Probabilities after 100 decisions" in said.out
    order = [line.split("\t") for line in (tmp_path / "order").read_text("utf-8").splitlines()]
    shown = [document for _, document in order]
    assert {topic for topic, _ in order} == {"valves"}
    assert len(shown) == len(set(shown)) < 40
    assert sum(document.startswith("g") for document in shown) == 20
    assert shown[-1].startswith("g")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("q.tsv", "valves\tg00", "q.tsv, line 1"),
        ("q.tsv", "valves\tnowhere\t1", "nowhere"),
        ("q.tsv", "valves\tg00\t0", "no topic"),
        ("d.jsonl", "[]", "no JSON object"),
        ("d.jsonl", '{"id": "a"}\n{"id": "a"}', "line 2"),
    ],
)
def test_screen_names_what_it_cannot_read(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    content: str,
    told: str,
) -> None:
    options = write_set(tmp_path)
    (tmp_path / name).write_text(content, "utf-8")
    said = Door(tmp_path, capsys, monkeypatch)("screen", *options)
    assert said.code == 1
    assert told in said.err.replace("\n", " ")


def test_a_run_reads_words_once_and_not_at_all_where_nothing_is_learned(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = list[int]()

    class Counting(Space):
        def __init__(self, reference: Sequence[Document], recipe: Learning = LEARNING) -> None:
            fitted.append(len(reference))
            super().__init__(reference, recipe)

    monkeypatch.setattr("watch.learning.Space", Counting)
    learn_and_flag(house)
    assert fitted == []
    decide_twelve(house)
    learn_and_flag(house)
    assert len(fitted) == 1
