"""What one crawl saw, and the haul that it makes of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Literal

from spiders.haul import ItemsFile, StoreLost
from spiders.page import Plan
from spiders.resume import Mark, Progress
from spiders.settings import CrawlJob
from spiders.shown import without_keys
from spiders.source import Source
from terms.haul import Haul
from terms.incident import Incident

COUNTS = ("pages", "captures", "items", "duplicates", "failed_pages", "unchanged", "skipped")
_ALIKE = 20


class Findings:
    """What one crawl of one source saw: counts, incidents, how far it came and whether it read everything.

    mark: where an earlier crawl of the same list stopped; what that one saw counts for totals and the cursor.
    """

    def __init__(self, source: Source, mark: Mark | None = None) -> None:
        self.source = source
        self.lost: StoreLost | None = None
        self._counts = dict.fromkeys(COUNTS, 0)
        self._incidents: dict[tuple[str, str, str], list[Incident]] = defaultdict(list)
        self._ids: dict[int, set[str]] = defaultdict(set)
        self._totals: dict[int, list[int]] = defaultdict(list)
        self._cursors: list[str] = []
        self._mark = mark
        if mark:
            self._ids |= {root: set(ids) for root, ids in mark.ids.items()}
            self._totals |= {root: list(totals) for root, totals in mark.totals.items()}
            self._cursors += mark.cursors
        self._whole = True

    def start_again(self) -> None:
        """Forget what an earlier crawl saw: its list is read from its start, said aloud."""
        self._mark = None
        for seen in (self._ids, self._totals, self._cursors):
            seen.clear()
        self._say("The list could not be taken up where the last crawl stopped; it is read from its start")

    def counted(self, name: str) -> int:
        """How many so far."""
        return self._counts[name]

    def mark(self, progress: Progress, items: int) -> Mark:
        """What the next crawl must know to go on. items: those of this crawl."""
        return Mark(
            begun=progress.begun,
            done=tuple(sorted(progress.done)),
            left=tuple(progress.left()),
            ids={root: tuple(sorted(ids)) for root, ids in self._ids.items()},
            totals={root: tuple(totals) for root, totals in self._totals.items()},
            cursors=tuple(sorted(set(self._cursors))),
            items=items + (self._mark.items if self._mark else 0),
        )

    def count(self, name: str, times: int = 1) -> None:
        """More of `pages`, `captures`, `unchanged` …, or of `absent`, which only few sources know."""
        self._counts[name] = self._counts.get(name, 0) + times

    def note(self, incident: Incident) -> None:
        """Raise an incident and go on. One that says that records were left out counts them as skipped."""
        facts = {name: without_keys(value) for name, value in incident.facts.items()}
        incident = incident.model_copy(update={"facts": facts})
        self._incidents[incident.where, incident.level, incident.message].append(incident)
        if "left out" in incident.message:
            stated = incident.facts.get("left_out") or incident.facts.get("records") or "1"
            self.count("skipped", int(stated) if stated.isdecimal() else 1)

    def failed(self, message: str, level: Literal["warning", "error"] = "warning", **facts: str) -> None:
        """A page that could not be got or read."""
        self.count("failed_pages")
        self.cut_short(message, level, **facts)

    def cut_short(self, message: str, level: Literal["warning", "error"] = "warning", **facts: str) -> None:
        """Something was left unread, so the cursor stays."""
        self._whole = False
        self._say(message, level, **facts)

    def _say(self, message: str, level: Literal["warning", "error"] = "warning", **facts: str) -> None:
        """Raise an incident of the source."""
        self.note(Incident(where=f"source:{self.source.name}", level=level, message=message, facts=facts))

    def saw(self, root: int, ids: Iterable[str]) -> None:
        """Records of a page that descends from the first request number `root`."""
        self._ids[root].update(ids)

    def learn(self, root: int, total: int | None, cursor: str | None) -> None:
        """What the publisher says there is in all under one first request, and how far a page brings us."""
        self._totals[root] += [] if total is None else [total]
        self._cursors += [] if cursor is None else [cursor]

    def _check_yield(self) -> None:
        """Say aloud that a live crawl that read everything brought too few or too many; a recording is a sample."""
        pages, items = str(self._counts["pages"]), self._counts["items"] + (self._mark.items if self._mark else 0)
        fewest, most = self.source.expect
        if items < fewest and not self._counts["unchanged"]:
            said = "Fewer items than expected" if items else "No item in any page"
            self._say(said, items=str(items), pages=pages, expected=str(fewest))
        if items > most:
            self._say("More items than expected", items=str(items), pages=pages, expected=str(most))

    def _check_total(self) -> None:
        """Say aloud that the publisher counts another number of records than it sent."""
        stated = {root: totals for root, totals in self._totals.items() if totals}
        got = sum(len(self._ids[root]) for root in stated)
        if not sum(map(min, stated.values())) <= got <= sum(map(max, stated.values())):
            said = "The publisher counts another number of items than were read"
            self._say(said, items=str(got), stated=str(sum(map(max, stated.values()))))

    def conclude(self, job: CrawlJob, items: ItemsFile) -> Haul:
        """The haul. Times are those of the plan, so that a replay can be repeated byte for byte."""
        plan, is_checked = job.plan, not job.is_raw
        self._counts |= {"items": len(items), "duplicates": items.duplicates}
        if self._mark:
            self._counts["earlier"] = self._mark.items
        if is_checked and self._whole:
            self._check_total()
        if job.replay is None and self._whole:
            self._check_yield()
        useful = self._counts["items"] or self._counts["unchanged"]
        state: Literal["complete", "partial", "failed"] = "complete"
        if not self._whole:
            state = "partial" if useful else "failed"
        return Haul(
            source=self.source.name,
            run_key=job.run_key,
            state=state,
            started_at=plan.now,
            finished_at=plan.now,
            counts=self._counts,
            incidents=tuple(self._told()),
            cursor=self._cursor(plan) if self._whole and is_checked else plan.since,
        )

    def _cursor(self, plan: Plan) -> str | None:
        """The greatest that the source named; for a source that names none, today.

        A list that was read in two crawls brings us no further than the day of the first: the second did not see what
        came meanwhile on the first pages.
        """
        begun = (self._mark.begun if self._mark else plan.now).date().isoformat()
        if type(self.source).cursor is Source.cursor:
            return begun
        named = [min(cursor, begun) if self._mark else cursor for cursor in self._cursors]
        return max([*named, *([plan.since] if plan.since else [])], default=None)

    def _told(self) -> Iterator[Incident]:
        """Incidents; of one kind at most twenty, then how many more there were."""
        for alike in self._incidents.values():
            yield from alike[:_ALIKE]
            if len(alike) > _ALIKE:
                yield alike[0].model_copy(update={"facts": {"more": str(len(alike) - _ALIKE)}})
