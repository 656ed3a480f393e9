"""What waits, in order, kept between requests: only a company of which something changed is put in anew.

A broker may have thousands waiting; sorting and counting them all for each page took longer than all else together.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
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


Line = tuple[float, str, str, Waiting]  # best fit first, then company and cluster: the order of the queue


class Part(NamedTuple):
    """What waits for one company, in order, and counted. calls: those with a deadline."""

    lines: Sequence[Line]
    oldest_at: datetime | None
    by_need: Mapping[str, int]
    calls: tuple[Entry, ...]


class Tally(NamedTuple):
    """How many wait, since when the oldest does; by company and by need, most first. calls: those with a deadline."""

    waiting: int
    oldest_at: datetime | None
    by_company: tuple[tuple[str, int], ...]
    by_need: tuple[tuple[str, int], ...]
    calls: tuple[Entry, ...]


class Lines(NamedTuple):
    """What waits for some companies. parts: of each company."""

    parts: Mapping[str, Part]
    lines: Sequence[Line]
    rows: Sequence[Waiting]
    tally: Tally

    def place(self, entry: Entry) -> int | None:
        """The number of its row, or None where it does not wait."""
        key = _key(entry)
        number = bisect_left(self.lines, key)
        return number if number < len(self.lines) and self.lines[number][:3] == key else None


class Ordered:
    """The lines of each set of companies that somebody serves, as of the last time they were asked for."""

    def __init__(self) -> None:
        self._kept: dict[frozenset[str], Lines] = {}

    def lines(self, parts: Mapping[str, Part]) -> Lines:
        """All parts in one order. A part is the same object as before where nothing in it changed."""
        companies = frozenset(parts)
        kept = _merged(parts, self._kept.pop(companies, None))
        self._kept[companies] = kept
        for oldest in list(self._kept)[: max(0, len(self._kept) - _MOST_KEPT)]:
            self._kept.pop(oldest, None)
        return kept


def part_of(left: Iterable[tuple[Entry, str | None]]) -> Part:
    """The lines of one company, of which nobody has said anything. left: with what changed since a rejection."""
    lines = sorted((*_key(entry), Waiting(entry, changed, None, None)) for entry, changed in left)
    entries = [line[3].entry for line in lines]
    by_need: dict[str, int] = {}
    for entry in entries:
        by_need[entry.need_key] = by_need.get(entry.need_key, 0) + 1
    oldest = min((entry.first_seen_at for entry in entries), default=None)
    return Part(lines, oldest, by_need, tuple(entry for entry in entries if entry.call))


def tally(found: Iterable[Waiting]) -> Tally:
    """Count what waits."""
    by_company: dict[str, list[tuple[Entry, str | None]]] = {}
    for one in found:
        by_company.setdefault(one.entry.company_key, []).append((one.entry, one.changed))
    return _tally({company: part_of(left) for company, left in by_company.items()})


def _tally(parts: Mapping[str, Part]) -> Tally:
    some = [(company, part) for company, part in parts.items() if part.lines]
    return Tally(
        sum(len(part.lines) for _, part in some),
        min((part.oldest_at for _, part in some if part.oldest_at), default=None),
        _most_first((company, len(part.lines)) for company, part in some),
        _most_first(pair for _, part in some for pair in part.by_need.items()),
        tuple(entry for _, part in some for entry in part.calls),
    )


def _merged(parts: Mapping[str, Part], former: Lines | None) -> Lines:
    before = former.parts if former else {}
    fresh = {company for company, part in parts.items() if before.get(company) is not part}
    if former and not fresh:
        return former
    lines = [line for line in former.lines if line[1] not in fresh] if former else []
    lines += [line for company in fresh for line in parts[company].lines]
    lines.sort()  # long runs in order already; company and cluster are a key, so nothing behind them is compared
    return Lines(dict(parts), lines, [line[3] for line in lines], _tally(parts))


def _key(entry: Entry) -> tuple[float, str, str]:
    return -entry.fit, entry.company_key, entry.cluster_key


def _most_first(counted: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counted, key=lambda pair: (-pair[1], pair[0])))
