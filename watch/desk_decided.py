"""What stands decided, in memory: decisions are append-only, so each request reads only those it has not seen."""

import threading
from bisect import insort
from collections.abc import Container, Iterator
from itertools import islice
from typing import NamedTuple

from ledger import decisions
from ledger.decisions import Standing
from ledger.store import Ledger

_OVERLAP = 500  # PostgreSQL hands out numbers before it commits: a lower one may arrive after a higher


class Stands(NamedTuple):
    """What stands for one company, by cluster as decided. version: changes with every decision of the company."""

    version: int
    by_cluster: dict[str, Standing]


_NOTHING = Stands(0, {})


class Decided:
    """Every decision of the ledger, folded company by company."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._guard = threading.Lock()
        self._numbers: set[int] = set()
        self._highest = 0
        self._history: dict[str, list[Standing]] = {}
        self._stands: dict[str, Stands] = {}
        self._made_by: dict[str, list[Standing]] = {}

    def refresh(self) -> None:
        """Take in what was decided since, here or elsewhere."""
        with self._ledger.read() as connection:
            rows = decisions.read_unseen(connection, max(0, self._highest - _OVERLAP), self._numbers)
        if not rows:
            return
        with self._guard:
            fresh = [row for row in rows if row.decision_no not in self._numbers]
            for row in fresh:
                self._numbers.add(row.decision_no)
                self._highest = max(self._highest, row.decision_no)
                self._history.setdefault(row.decision.company_key, []).append(row)
                insort(self._made_by.setdefault(row.decision.broker, []), row, key=lambda made: made.decision_no)
            for company_key in {row.decision.company_key for row in fresh}:
                self._fold(company_key)

    def stands(self, company_key: str) -> Stands:
        """What stands for a company, as of the last refresh."""
        return self._stands.get(company_key, _NOTHING)

    def history(self, company_key: str) -> list[Standing]:
        """Every decision of a company in order, undos too."""
        return self._history.get(company_key, [])

    def latest(self, broker: str, company_keys: Container[str], *, most: int) -> Iterator[Standing]:
        """The last decisions of one person on these companies, newest first, undos too."""
        mine = (row for row in reversed(self._made_by.get(broker, ())) if row.decision.company_key in company_keys)
        return islice(mine, most)

    def _fold(self, company_key: str) -> None:
        history = sorted(self._history[company_key])
        self._history[company_key] = history
        folded = {cluster: last for (_, cluster), last in decisions.standing(history).items()}
        self._stands[company_key] = Stands(len(history), folded)
