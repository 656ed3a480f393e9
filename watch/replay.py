"""A past week under another recipe, before that recipe is released: what would be gained and lost (P28).

Both recipes score the very same documents against the needs of today, with what came before the week as background, so
that nothing but the recipe differs. Learning has no part in either side. Nothing is stored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from ledger import companies, decisions
from network.lines import ref_of
from nlp.recipe import CURRENT, Recipe
from terms.company import NeedVersion
from terms.decision import Decision
from terms.errors import VardeError
from terms.match import Match
from warehouse import arrivals, items, matches
from warehouse.store import Connection
from watch.house import House
from watch.schedule import monday_of
from watch.sweep import ground_of, score_stream

Change = Literal["gained", "lost", "kept"]
CHANGES: tuple[Change, ...] = ("gained", "lost", "kept")
_NEVER = 2**31 - 1


class Moved(NamedTuple):
    """A match that either recipe puts before a broker. fit_before, fit_after: None where it is not even kept.

    decided: what stands of it for the company, on whatever need; None where nothing.
    """

    change: Change
    need_key: str
    ref: str
    cluster_key: str
    title: str
    source: str
    fit_before: float | None
    fit_after: float | None
    because: tuple[str, ...]
    decided: Decision | None

    @property
    def company_key(self) -> str:
        """Whose match it is."""
        return self.need_key.partition("/")[0]


class Replay(NamedTuple):
    """A week under two recipes. moves: by need, gained first, then lost, then kept, each by falling fit.

    missed: decisions on the week's clusters that neither recipe puts before the company's broker, by verb.
    """

    week: str
    before: str
    after: str
    clusters: int
    needs: int
    moves: tuple[Moved, ...]
    missed: Mapping[str, int]

    def count(self, change: Change, verb: str | None = None) -> int:
        """How many moved so; with verb, of those that were decided so."""
        return sum(m.change == change and (verb is None or _verb(m) == verb) for m in self.moves)

    def by_need(self) -> dict[str, dict[Change, int]]:
        """need key -> how many gained, lost and kept; needs without any are left out."""
        counts = dict[str, dict[Change, int]]()
        for moved in self.moves:
            counts.setdefault(moved.need_key, dict.fromkeys(CHANGES, 0))[moved.change] += 1
        return counts


def _verb(moved: Moved) -> str | None:
    return moved.decided.verb if moved.decided else None


def replay(
    house: House, week: str, recipe: Recipe, *, against: Recipe = CURRENT, step: Callable[[str], None] = lambda _: None
) -> Replay:
    """Score what was first seen in an ISO week (UTC) under `recipe` and under `against`; compare what each flags.

    Raises VardeError where there is no such week, or nothing came in it.
    """
    start, end = span_of(week)
    with house.ledger.read() as connection:
        needs = sorted(companies.read_watched_needs(connection), key=lambda v: (v.need_key, v.version))
        stands = [s.decision for s in decisions.standing(decisions.read_decisions(connection)).values()]
    wanted = [version for version in needs if version.need.status == "active"]
    with house.warehouse.read() as connection:
        arrived = set(arrivals.arrived_clusters(connection, start, end))
        if not arrived:
            raise VardeError(f"{week}: nothing was first seen in that week, so there is nothing to replay")
        step(f"{week}: {len(arrived)} clusters under {against.name}")
        before = _scored(connection, wanted, (start, end), against)
        step(f"{week}: {len(arrived)} clusters under {recipe.name}")
        after = _scored(connection, wanted, (start, end), recipe)
        decided = _decided(connection, stands, arrived)
        moves = _moves(connection, before, after, decided)
    shown = {(moved.company_key, moved.cluster_key) for moved in moves}
    missed = _counts(decision.verb for place, decision in decided.items() if place not in shown)
    return Replay(week, against.model_version, recipe.model_version, len(arrived), len(wanted), moves, missed)


def span_of(week: str) -> tuple[datetime, datetime]:
    """Begin and end of an ISO week, in UTC. Raises VardeError where there is none."""
    try:
        start = datetime.combine(monday_of(week), datetime.min.time(), UTC)
    except ValueError:
        raise VardeError(f"{week!r} is no ISO week; write it like 2026-W47") from None
    return start, start + timedelta(days=7)


def _scored(
    connection: Connection, wanted: Sequence[NeedVersion], span: tuple[datetime, datetime], recipe: Recipe
) -> dict[tuple[str, str], Match]:
    """(need key, cluster key) -> the match; with the corpus statistics that a matching in that week would have used."""
    if not wanted:
        return {}
    clusters = sum(matches.count_clusters(connection, 0))
    until = arrivals.loads_until(connection, span[0])
    older, _ = matches.count_clusters(connection, until)
    ground, _ = ground_of(connection, until if older >= recipe.reference_fewest else _NEVER, clusters, recipe)
    found = score_stream(connection, wanted, arrivals.stream_arrivals(connection, *span), ground, recipe)
    return {(match.need_key, match.cluster_key): match for match in found}


def _decided(connection: Connection, stands: Sequence[Decision], arrived: set[str]) -> dict[tuple[str, str], Decision]:
    """(company, cluster of today) -> what stands, for the clusters of the week."""
    homes = items.read_clusters_of(connection, [decision.cluster_key for decision in stands])
    placed = {(d.company_key, homes.get(d.cluster_key, d.cluster_key)): d for d in stands}
    return {place: decision for place, decision in placed.items() if place[1] in arrived}


def _moves(
    connection: Connection,
    before: Mapping[tuple[str, str], Match],
    after: Mapping[tuple[str, str], Match],
    decided: Mapping[tuple[str, str], Decision],
) -> tuple[Moved, ...]:
    flagged = [pair for pair in {**before, **after} if _is_flagged(before, pair) or _is_flagged(after, pair)]
    stored = items.read_items(connection, sorted({(after.get(p) or before[p]).item_key for p in flagged}))
    moves = []
    for pair in flagged:
        shown, item = after.get(pair) or before[pair], stored[(after.get(pair) or before[pair]).item_key].item
        company = pair[0].partition("/")[0]
        change: Change = "gained" if not _is_flagged(before, pair) else "kept" if _is_flagged(after, pair) else "lost"
        moves.append(
            Moved(
                change, *_named(pair, company), item.title, item.source, _fit(before, pair), _fit(after, pair),
                shown.reasons.terms, decided.get((company, pair[1])),
            )
        )  # fmt: skip
    return tuple(sorted(moves, key=lambda m: (m.need_key, CHANGES.index(m.change), -(m.fit_after or 0), m.cluster_key)))


def _named(pair: tuple[str, str], company: str) -> tuple[str, str, str]:
    return pair[0], ref_of(company, pair[1]), pair[1]


def _is_flagged(side: Mapping[tuple[str, str], Match], pair: tuple[str, str]) -> bool:
    return pair in side and side[pair].is_flagged


def _fit(side: Mapping[tuple[str, str], Match], pair: tuple[str, str]) -> float | None:
    return side[pair].fit if pair in side else None


def _counts(verbs: Iterable[str]) -> dict[str, int]:
    counts = dict[str, int]()
    for verb in sorted(verbs):
        counts[verb] = counts.get(verb, 0) + 1
    return counts
