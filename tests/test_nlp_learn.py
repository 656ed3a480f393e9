"""Learning from decisions: what teaches, how far one voice reaches, what is the same again (P25, RELIABILITY H)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from nlp.learn import Lessons, scores, train
from nlp.learn_lessons import Lesson, answer_lesson, bounded, is_good, state_of
from nlp.learn_need import Learnt, learn, precision
from nlp.learn_recipe import LEARNING
from nlp.learn_rows import Space, dot
from nlp.learn_screen import drawn, screen
from terms.decision import Decision
from terms.match import Document
from tests.make import need

GOOD = ("hydrogen valve seal leakage", "valve seat metal seals pressure", "tight seals for hydrogen valves at 700 bar")
BAD = ("salmon lice counted in pens", "grain drying with solar heat", "noise of wind turbines at night")


def document(key: str, title: str, text: str = "", codes: Sequence[str] = ()) -> Document:
    return Document(
        cluster_key=key, item_key=key, kind="publication", title=title, text=text, language="en", codes=tuple(codes)
    )


def shelf(count: int = 24) -> dict[str, Document]:
    """Half about valves (g…), half about other things (b…)."""
    half = count // 2
    good = {f"g{n:02}": document(f"g{n:02}", GOOD[n % 3], f"test rig {n} of seals") for n in range(half)}
    return good | {f"b{n:02}": document(f"b{n:02}", BAD[n % 3], f"field trial {n}") for n in range(half)}


def lessons(keys: Sequence[str], voice: str = "broker:bo", **facts: Any) -> list[Lesson]:
    return [Lesson(key, key.startswith("g"), voice, **facts) for key in keys]


def taught(
    told: Sequence[Lesson], fits: dict[str, float] | None = None, shown: dict[str, Document] | None = None
) -> Learnt:
    documents = shown or shelf()
    decided = {lesson.cluster_key for lesson in told}
    undecided = [key for key in documents if key not in decided]
    usual = dict.fromkeys(documents, 0.5)
    return learn(need(), told, documents, fits or usual, undecided, Space(list(documents.values())))


DECIDED = [f"{kind}{n:02}" for n in range(6) for kind in "gb"]


def decision(verb: str, reason: str | None = None) -> Decision:
    facts = {"company_key": "tind", "need_key": "tind/valves", "need_version": 1, "cluster_key": "c", "item_key": "c"}
    made = {"verb": verb, "reason": reason, "broker": "bo", "model_version": "m", "decided_at": datetime.now(UTC)}
    return Decision.model_validate(facts | made)


@pytest.mark.parametrize(
    ("verb", "reason", "good"),
    [
        ("accept", None, True),
        ("reject", "wrong technology", False),
        ("reject", "too basic", False),
        ("reject", "too late", None),
        ("reject", "not eligible", None),
        ("reject", "known already", None),
        ("reject", "other", None),
        ("later", None, None),
        ("duplicate", None, None),
    ],
)
def test_only_reasons_of_topic_teach(verb: str, reason: str | None, good: bool | None) -> None:
    """Wrong technology is not too late."""
    assert is_good(decision(verb, reason)) is good


def test_answers_teach_half_as_much_and_known_teaches_nothing() -> None:
    useful, off = answer_lesson("c", "useful", "r1"), answer_lesson("c", "not ours", "r1")
    assert useful is not None and useful.is_good and useful.weight == 0.5
    assert off is not None and not off.is_good
    assert answer_lesson("c", "known", "r1") is None


def test_what_was_accepted_draws_its_like_up() -> None:
    """Learned fits part the undecided as the decisions did."""
    learnt = taught(lessons(DECIDED))
    assert learnt.state == "on"
    good = [p for key, p in learnt.fits.items() if key.startswith("g")]
    bad = [p for key, p in learnt.fits.items() if key.startswith("b")]
    assert len(good) == len(bad) == 6
    assert min(good) > max(bad)


def test_the_order_of_decisions_plays_no_part() -> None:
    """Learned state is a function of the decisions that stand."""
    assert taught(lessons(DECIDED)) == taught(lessons(DECIDED[::-1]))


def test_before_enough_decisions_nothing_is_learned() -> None:
    few = lessons(DECIDED[: LEARNING.fewest_decisions - 1])
    assert taught(few).state == "waiting"
    assert taught(few).fits == {}


def test_learning_switches_itself_off_where_it_is_worse() -> None:
    """The unlearned order is right and the words mislead: random labels on the same texts."""
    documents = {
        f"g{n:02}": document(f"g{n:02}", "tight valve seals", "the same words in every text") for n in range(12)
    }
    told = [Lesson(key, place % 3 == 0, "broker:bo") for place, key in enumerate(documents)]
    documents |= {"u1": document("u1", "another valve")}
    learnt = taught(told, {lesson.cluster_key: 0.9 if lesson.is_good else 0.1 for lesson in told}, documents)
    assert learnt.state == "off"
    assert learnt.fits == {}
    assert learnt.unlearned == 1.0
    assert learnt.learned is not None and learnt.learned < 1.0


def test_h_05_one_kind_of_label_equal_scores_and_empty_texts() -> None:
    """Never an exception, never a number that is none."""
    documents = shelf() | {"empty": document("empty", "", ""), "stop": document("stop", "the of and")}
    all_good = [Lesson(key, True, "broker:bo") for key in DECIDED]
    fits = taught(all_good, shown=documents).fits
    assert all(np.isfinite(p) and 0 <= p <= 1 for p in fits.values())
    all_bad = [Lesson(key, False, "broker:bo") for key in DECIDED]
    assert taught(all_bad, shown=documents).state == "waiting"
    nothing = taught(lessons(DECIDED), {key: float("nan") for key in documents}, documents)
    assert nothing.state == "on"


def test_h_06_the_same_lessons_give_the_same_bits() -> None:
    first, again = taught(lessons(DECIDED)), taught(lessons(DECIDED))
    assert first.fits == again.fits
    assert first.version == again.version


def test_h_09_one_decision_moves_a_score_within_its_bound() -> None:
    """However wrong, one label pulls with at most twice its cost times its loss."""
    documents = shelf(40)
    space = Space(list(documents.values()))
    rows, asked = space.rows(list(documents.values())), space.need_row(need())
    keys = list(documents)
    right = Lessons.of(list(range(8)) + list(range(20, 28)), [True] * 8 + [False] * 8)
    wrong = Lessons.of([*right.places, 30], [*right.good, True])
    strangers = drawn(len(keys))
    moved = np.abs(dot(rows, train(rows, asked, right, strangers)) - dot(rows, train(rows, asked, wrong, strangers)))
    assert keys[30].startswith("b")
    assert moved.max() < 1.0, "one poisoned decision must not carry any document over the margin"
    poisoned = scores(rows, asked, wrong, strangers)
    assert poisoned[:20].min() > poisoned[20:].max()


def test_h_09_one_broker_never_outweighs_the_others() -> None:
    """A hundred accepts of one voice weigh as much as what all others said."""
    flood = [Lesson(f"c{n}", True, "broker:bot") for n in range(100)]
    others = [Lesson(f"d{n}", False, "broker:bo") for n in range(20)]
    weights = bounded([*flood, *others])
    assert sum(x.weight for x in weights if x.voice == "broker:bot") == pytest.approx(20)
    assert sum(x.weight for x in weights if x.voice == "broker:bo") == pytest.approx(20)
    assert sum(x.weight for x in bounded(flood)) == 100


def test_h_09_taking_back_restores_the_exact_scores() -> None:
    """Bot accepts everything; after undo nothing of it is left."""
    before = taught(lessons(DECIDED))
    bot = [Lesson(f"b{n:02}", True, "broker:bot") for n in range(6, 12)]
    poisoned = taught([*lessons(DECIDED), *bot])
    assert poisoned.version != before.version
    assert poisoned.fits != before.fits
    assert taught(lessons(DECIDED)) == before


def test_h_09_accepting_everything_keeps_the_good_on_top() -> None:
    """Half of the decisions are a bot's accepts: what the broker wants still leads."""
    bot = [Lesson(key, True, "broker:bot") for key in ("b06", "b07", "b08", "g06", "g07", "g08")]
    learnt = taught([*lessons(DECIDED), *bot])
    if learnt.state == "on":
        good = [p for key, p in learnt.fits.items() if key.startswith("g")]
        bad = [p for key, p in learnt.fits.items() if key.startswith("b")]
        assert np.mean(good) > np.mean(bad)
    assert learnt.state in ("on", "off")


def test_state_names_what_was_taught() -> None:
    one, other = lessons(DECIDED), lessons(DECIDED[:-1])
    assert state_of(one) == state_of(one[::-1])
    assert state_of(one) != state_of(other)


def test_codes_teach_where_words_do_not() -> None:
    """A class that holds the accepted ones carries over to its subgroups."""
    documents = {
        f"{kind}{n:02}": document(f"{kind}{n:02}", f"part {n}", codes=[f"cpc:{code}/{n}"])
        for n in range(8)
        for kind, code in (("g", "F16K9"), ("b", "A01K6"))
    }
    learnt = taught(lessons(DECIDED), shown=documents)
    assert learnt.fits["g07"] > learnt.fits["b07"]


def test_precision_shares_places_among_equals() -> None:
    values = np.array([3.0, 2.0, 2.0, 1.0])
    assert precision(values, np.array([True, True, False, False])) == pytest.approx(0.75)
    assert precision(np.zeros(4), np.array([True, False, False, False])) == pytest.approx(0.25)


def test_screening_asks_once_and_only_of_what_was_shown() -> None:
    """The model may not look ahead; it ends when all good ones are found."""
    documents = list(shelf(60).values())
    space = Space(documents)
    asked_for: list[int] = []

    def reveal(place: int) -> bool:
        asked_for.append(place)
        return documents[place].cluster_key.startswith("g")

    order = screen(space.rows(documents), space.need_row(need()), reveal, 30)
    assert order == asked_for
    assert len(order) == len(set(order)) < 60
    assert order == screen(space.rows(documents), space.need_row(need()), lambda p: p < 30, 30)
