"""Work that takes longer than a page may: done aside, asked for again until it is there."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

from digests.links import safe_link
from terms.company import Need, NeedVersion
from terms.errors import NotFound, VardeError
from terms.item import Item
from terms.person import Scope
from warehouse import items, loads
from watch.desk_queue import Workroom
from watch.house import House

_KEPT = 50
SPAN = timedelta(days=30)
_SHOWN = 20


class Hit(NamedTuple):
    """One item that a need would have found. url: None where it is no plain web address."""

    fit: float
    is_flagged: bool
    item: Item
    url: str | None
    because: tuple[str, ...]


class Trial(NamedTuple):
    """What a need would have found in the last 30 days, best first, of so many clusters looked at."""

    need: Need
    examined: int
    flagged: int
    hits: tuple[Hit, ...]


@dataclass
class Work:
    """One piece of work. owner: a company's key, "" for nobody's. trouble: why it failed."""

    owner: str
    done: threading.Event = field(default_factory=threading.Event)
    outcome: Any = None
    trouble: str = ""


class Aside:
    """What is worked out beside the requests, one at a time; the last ones are kept."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._turn = threading.Lock()
        self._works: dict[str, Work] = {}

    def start(self, key: str, owner: str, work: Callable[[], Any], patience_s: float = 2.0) -> Work:
        """Begin it unless it is begun or done; waits a little, since most of it is quick."""
        with self._guard:
            found = self._works.get(key)
            if found is None:
                found = self._works[key] = Work(owner)
                for oldest in list(self._works)[: max(0, len(self._works) - _KEPT)]:
                    del self._works[oldest]
                threading.Thread(target=self._do, args=(found, work), name="desk-aside", daemon=True).start()
        found.done.wait(patience_s)
        return found

    def find(self, scope: Scope, key: str) -> Work:
        """What was begun. Raises NotFound, also where it is of a company that others serve."""
        found = self._works.get(key)
        if found is None:
            raise NotFound("that is not there any more; start it again")
        scope.require(found.owner)
        return found

    def _do(self, begun: Work, work: Callable[[], Any]) -> None:
        try:
            with self._turn:
                begun.outcome = work()
        except VardeError as error:
            begun.trouble = str(error)
        finally:
            begun.trouble = begun.trouble or ("" if begun.outcome is not None else "it broke; the log says why")
            begun.done.set()


def last_month(room: Workroom, company_key: str, need: Need) -> Trial:
    """What this need, saved or not, would have found among what came in the last 30 days; nothing is stored."""
    return found_last_month(room.house, company_key, need)


def found_last_month(house: House, company_key: str, need: Need) -> Trial:
    """The same without a desk."""
    from watch.sweep import score_since  # noqa: PLC0415 - spaCy takes seconds to import, and most pages need none

    version = NeedVersion(
        need_key=f"{company_key}/{need.id}", company_key=company_key, version=1,
        need=need.model_copy(update={"status": "active"}),
    )  # fmt: skip
    with house.warehouse.read() as connection:
        since = loads.last_before(connection, house.clock() - SPAN)
        scored = score_since(connection, [version], since)
        best = sorted(scored.matches, key=lambda m: (not m.is_flagged, -m.fit))[:_SHOWN]
        stored = items.read_items(connection, [match.item_key for match in best])
    hits = tuple(
        Hit(m.fit, m.is_flagged, stored[m.item_key].item, safe_link(stored[m.item_key].item.url), m.reasons.terms)
        for m in best
        if m.item_key in stored
    )
    return Trial(need, scored.clusters, sum(m.is_flagged for m in scored.matches), hits)
