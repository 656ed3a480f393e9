"""What was said of a need's documents, as lessons: which reasons teach, and how much one voice may weigh (H-09)."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nlp.learn_recipe import LEARNING, Learning
from terms.answer import AnswerVerb
from terms.decision import Decision

_ANSWER_WEIGHT = 0.5  # guess: a reader's click beside a broker's decision
_OFF_TOPIC = ("wrong technology", "too basic")
_ANSWERS: dict[AnswerVerb, bool] = {"useful": True, "more": True, "not ours": False}


class Lesson(NamedTuple):
    """One voice on one cluster. voice: `broker:…` or `reader:…`. is_explored: shown from below the threshold."""

    cluster_key: str
    is_good: bool
    voice: str
    weight: float = 1.0
    is_explored: bool = False


def is_good(decision: Decision) -> bool | None:
    """Whether the topic suited. None where a decision says nothing of that: too late, not eligible, known, later …"""
    if decision.verb == "accept":
        return True
    return False if decision.verb == "reject" and decision.reason in _OFF_TOPIC else None


def answer_lesson(cluster_key: str, verb: AnswerVerb, reader_key: str) -> Lesson | None:
    """A reader's answer as a lesson; None for `known`, which says nothing of the topic."""
    good = _ANSWERS.get(verb)
    return None if good is None else Lesson(cluster_key, good, f"reader:{reader_key}", _ANSWER_WEIGHT)


def bounded(lessons: Iterable[Lesson], recipe: Learning = LEARNING) -> list[Lesson]:
    """The lessons in one order, no voice heavier than its share where others speak too (RELIABILITY H-09).

    A voice may weigh `weight_per_broker` of the whole, but always as much as `fewest_decisions` decisions; a voice that
    is alone keeps its weight.
    """
    ordered = sorted(lessons)
    total = defaultdict[str, float](float)
    for lesson in ordered:
        total[lesson.voice] += lesson.weight
    every = sum(total.values())
    share = recipe.weight_per_broker / max(1 - recipe.weight_per_broker, 1e-9)
    most = {voice: max(share * (every - own), float(recipe.fewest_decisions)) for voice, own in total.items()}
    if len(total) < 2:
        return ordered
    return [
        lesson._replace(weight=lesson.weight * min(1.0, most[lesson.voice] / total[lesson.voice])) for lesson in ordered
    ]


def state_of(lessons: Sequence[Lesson], recipe: Learning = LEARNING) -> str:
    """A short hash of all that was taught: equal exactly where the learned scores are meant to be."""
    told = "\n".join(f"{x.cluster_key}\t{x.is_good}\t{x.weight!r}\t{x.is_explored}" for x in sorted(lessons))
    return hashlib.sha256(f"{recipe.model_version}\n{told}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
