"""What waits, in order, kept between requests: only a company of which something changed is put in anew.

A broker may have thousands waiting; sorting and counting them all for each page took longer than all else together.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.claims import Claim, Opinion
from watch.desk_book import Entry

_MOST_KEPT = 200  # sets of companies, some one a person


class Waiting(NamedTuple):
    """One opportunity that waits. changed: what changed since it was rejected (P32). held_by: somebody else's claim."""

    entry: Entry
    changed: str | None
    opinion: Opinion | None
    held_by: Claim | None


Place = tuple[str, str]
Line = tuple[float, str, str, Waiting]  # best fit first, then company and cluster: the order of the queue


class Tally(NamedTuple):
    """How many wait, since when the oldest does; by company and by need, most first. calls: those with a deadline."""

    waiting: int
    oldest_at: datetime | None
    by_company: tuple[tuple[str, int], ...]
    by_need: tuple[tuple[str, int], ...]
    calls: tuple[Entry, ...]


class Lines(NamedTuple):
    """What waits for some companies. parts: the lines of each. places: (company, cluster) -> number in rows."""

    parts: Mapping[str, Sequence[Line]]
    lines: Sequence[Line]
    rows: Sequence[Waiting]
    places: Mapping[Place, int]
    tally: Tally


def line_of(entry: Entry, changed: str | None) -> Line:
    """A line of which nobody has said anything."""
    return (-entry.fit, entry.company_key, entry.cluster_key, Waiting(entry, changed, None, None))


class Ordered:
    """The lines of each set of companies that somebody serves, as of the last time they were asked for."""

    def __init__(self) -> None:
        self._kept: dict[frozenset[str], Lines] = {}

    def lines(self, parts: Mapping[str, Sequence[Line]]) -> Lines:
        """All parts in one order. A part is the same object as before where nothing in it changed."""
        companies = frozenset(parts)
        former = self._kept.pop(companies, None)
        kept = _merged(parts, former)
        self._kept[companies] = kept
        for oldest in list(self._kept)[: max(0, len(self._kept) - _MOST_KEPT)]:
            self._kept.pop(oldest, None)
        return kept


def tally(every: Sequence[Waiting]) -> Tally:
    """Count what waits."""
    entries = [one.entry for one in every]
    return Tally(
        len(entries),
        min((entry.first_seen_at for entry in entries), default=None),
        _most_first(entries, lambda entry: entry.company_key),
        _most_first(entries, lambda entry: entry.need_key),
        tuple(entry for entry in entries if entry.call),
    )


def _merged(parts: Mapping[str, Sequence[Line]], former: Lines | None) -> Lines:
    before = former.parts if former else {}
    fresh = {company for company, part in parts.items() if before.get(company) is not part}
    if former and not fresh:
        return former
    lines = [line for line in former.lines if line[1] not in fresh] if former else []
    lines += [line for company in fresh for line in parts[company]]
    lines.sort()  # long runs in order already; company and cluster are a key, so nothing behind them is compared
    rows = [line[3] for line in lines]
    places = {(company, cluster): number for number, (_, company, cluster, _) in enumerate(lines)}
    return Lines(dict(parts), lines, rows, places, tally(rows))


def _most_first(entries: Iterable[Entry], key: Callable[[Entry], str]) -> tuple[tuple[str, int], ...]:
    counted: dict[str, int] = {}
    for entry in entries:
        name = key(entry)
        counted[name] = counted.get(name, 0) + 1
    return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
