"""From scores to a queue that a broker can work off: a budget a company, no need starved, a cluster once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from nlp.explore import draw, wanted
from nlp.learn_recipe import LEARNING, Learning


class Scored(NamedTuple):
    """An undecided cluster for one need. is_wanted: a need's include term asks for it, whatever its fit."""

    need_key: str
    cluster_key: str
    fit: float
    is_above: bool
    is_wanted: bool = False


class Flag(NamedTuple):
    """What is put before a broker; is_explored: from below the threshold."""

    need_key: str
    cluster_key: str
    is_explored: bool


def flags(scored: Iterable[Scored], *, seed: str, recipe: Learning = LEARNING) -> list[Flag]:
    """The queue of one company, best first, explored ones last.

    Every need gets its best `least_per_need` above the threshold, then the best of all needs fill the company's budget;
    include terms come on top. `explored_share` of the queue is drawn at random from below the threshold. A cluster that
    suits several needs counts for its best one only.
    """
    best = _once(scored)
    above = [one for one in best if one.is_above or one.is_wanted]
    chosen = _within_budget(above, recipe)
    below = {one.cluster_key: one for one in best if not (one.is_above or one.is_wanted)}
    drawn = draw(below, wanted(len(chosen), recipe.explored_share), seed)
    return [
        *(Flag(one.need_key, one.cluster_key, False) for one in chosen),
        *(Flag(below[key].need_key, key, True) for key in drawn),
    ]


def above(fits: Mapping[str, float], flagged: Collection[str], recipe: Learning = LEARNING) -> set[str]:
    """Which clusters of a need are above the threshold by learned fits: as many as the matcher flagged, the best ones.

    More where the probability of acceptance is at least `learned_floor`; so learning never empties a queue.
    """
    ordered = sorted(fits, key=lambda key: (-fits[key], key))
    return {key for place, key in enumerate(ordered) if place < len(flagged) or fits[key] >= recipe.learned_floor}


def _once(scored: Iterable[Scored]) -> list[Scored]:
    """Each cluster on its best need; best first, equal ones by key, numbers that are none last."""
    ordered = sorted(scored, key=_place)
    first = dict[str, Scored]()
    for one in ordered:
        first.setdefault(one.cluster_key, one)
    return list(first.values())


def _place(one: Scored) -> tuple[bool, bool, float, str, str]:
    known = one.fit == one.fit
    return not one.is_wanted, not known, -one.fit if known else 0.0, one.cluster_key, one.need_key


def _within_budget(above: Sequence[Scored], recipe: Learning) -> list[Scored]:
    """Best first; asked for by a rule, or among its need's best few, or within what the budget leaves."""
    per_need, kept = defaultdict[str, int](int), set[str]()
    for one in above:
        if one.is_wanted or per_need[one.need_key] < recipe.least_per_need:
            per_need[one.need_key] += not one.is_wanted
            kept.add(one.cluster_key)
    room = max(0, recipe.flags_per_company - len(kept))
    rest = [one.cluster_key for one in above if one.cluster_key not in kept]
    kept |= set(rest[:room])
    return [one for one in above if one.cluster_key in kept]
