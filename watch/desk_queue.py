"""The queue as the desk works it off: what waits for the companies one person serves, in one view (P30, P33).

The same rules as `watch.review.queue`; a test holds the two against each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from ledger import claims, companies
from ledger.claims import Claim, Opinion
from ledger.decisions import Standing
from ledger.shared import SharedLedger
from terms.company import Company
from terms.errors import NotFound
from terms.item import Call, Item, next_deadline, status_of
from terms.person import Scope
from warehouse.revisions import Since
from warehouse.shared import SharedWarehouse
from watch.changed import changed_among
from watch.collect import source_facts
from watch.desk_book import Book, Entry, Shelf
from watch.desk_decided import Decided, Stands
from watch.desk_lines import Lines, Ordered, Part, Waiting, part_of
from watch.house import House

View = Literal["all", "closing", "second", "unassigned", "exploration"]
_NEVER = datetime.max.replace(tzinfo=UTC)


class Queue(NamedTuple):
    """What waits for one person. rows: best fit first, with claims and opinions as they are now."""

    rows: Sequence[Waiting]
    lines: Lines


class Settled(NamedTuple):
    """What waits for one company in one state. until: when the first call among it closes."""

    company: Company
    state: object
    since: datetime
    until: datetime
    part: Part


@dataclass
class Workroom:
    """What the desk's requests share: the house, the book of what is flagged, what stands decided."""

    house: House
    warehouse: SharedWarehouse
    shelf: Shelf
    decided: Decided
    settled: dict[str, Settled] = field(default_factory=dict)
    ordered: Ordered = field(default_factory=Ordered)
    maps: dict[str, tuple[str, Company]] = field(default_factory=dict)
    states: dict[tuple[str, str], Item] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)

    def title_of(self, source: str) -> str:
        """A source's title; read again where a source is new."""
        if source not in self.titles:
            self.titles |= {name: facts.title for name, facts in source_facts(self.house).items()}
        return self.titles.setdefault(source, source)


def open_workroom(house: House) -> Workroom:
    """For a process that stays: the house's warehouse is read through one shared connection from now on."""
    warehouse, ledger = SharedWarehouse(house.warehouse), SharedLedger(house.ledger)
    kept = replace(house, warehouse=warehouse, ledger=ledger)
    return Workroom(kept, warehouse, Shelf(warehouse), Decided(ledger))


def read_scope_maps(room: Workroom, scope: Scope) -> dict[str, Company]:
    """The need maps of the companies served, parsed once per text."""
    return _read_maps(room, sorted(scope.companies))


def read_map(room: Workroom, scope: Scope, company_key: str) -> Company:
    """The need map of one company. Raises NotFound for one that others serve, or that is not watched any more."""
    scope.require(company_key)
    found = _read_maps(room, [company_key])
    if not found:
        raise NotFound("there is no such company any more")
    return found[company_key]


def _read_maps(room: Workroom, keys: Sequence[str]) -> dict[str, Company]:
    with room.house.ledger.read() as connection:
        texts = companies.read_maps(connection, keys)
    for key, text in texts.items():
        if key not in room.maps or room.maps[key][0] != text:
            room.maps[key] = (text, Company.model_validate_json(text))
    return {key: room.maps[key][1] for key in sorted(texts)}


def waiting(room: Workroom, scope: Scope, at: datetime) -> Queue:
    """Everything that waits for the companies served, best fit first. at: wall clock, for claims."""
    book, maps = room.shelf.book(), read_scope_maps(room, scope)
    room.decided.refresh()
    now = room.house.clock()
    lines = room.ordered.lines({key: _undecided(room, book, company, now) for key, company in maps.items()})
    with room.house.ledger.read() as connection:
        held = {(c.company_key, c.cluster_key): _others(c, scope) for c in claims.read_claims(connection, at=at)}
        asked = {(o.company_key, o.cluster_key): o for o in claims.read_opinions(connection, maps)}
    rows = list(lines.rows)
    for company_key, cluster_key in held.keys() | asked.keys():
        beside = (entry for entry in book.by_cluster.get(cluster_key, ()) if entry.company_key == company_key)
        number = next(map(lines.place, beside), None)
        if number is not None:
            place = company_key, cluster_key
            rows[number] = rows[number]._replace(opinion=asked.get(place), held_by=held.get(place))
    return Queue(rows, lines)


def in_view(
    found: Sequence[Waiting],
    view: View,
    scope: Scope,
    now: datetime,
    brokerless: frozenset[str],
    *,
    company: str,
    need: str,
) -> list[Waiting]:
    """Those of one view, company and need ("" for any); closing soon by deadline, else in the order given."""
    kept = found
    if company or need:
        kept = [w for w in found if company in ("", w.entry.company_key) and need in ("", w.entry.need_key)]
    if view == "closing":
        soon = [w for w in kept if status_of(w.entry.call, now) == "closing soon"]
        return sorted(soon, key=lambda w: (next_deadline(w.entry.call, now) or now, -w.entry.fit))
    if view == "second":
        mine = scope.person.person_key
        return [w for w in kept if w.opinion and mine in (w.opinion.asked_by, w.opinion.asked_of)]
    if view == "exploration":
        return [w for w in kept if w.entry.is_explored]
    if view == "unassigned":
        return [w for w in kept if w.entry.company_key in brokerless]
    return [w for w in kept if w.opinion is None or not _is_out(w.opinion)]


def _is_out(opinion: Opinion) -> bool:
    """Whether it waits for a colleague's word."""
    return opinion.said is None


def _others(claim: Claim, scope: Scope) -> Claim | None:
    return claim if claim.person_key != scope.person.person_key else None


def _undecided(room: Workroom, book: Book, company: Company, now: datetime) -> Part:
    stands, today = room.decided.stands(company.id), now.date().isoformat()
    state = (book.edition, stands.version, today)
    kept = room.settled.get(company.id)
    if kept and kept.company is company and kept.state == state and kept.since <= now < kept.until:
        return kept.part
    needs = frozenset(f"{company.id}/{need.id}" for need in company.needs if need.status == "active")
    left = [(e, said) for e, said in _left(book, company.id, stands, needs, today) if not _is_closed(e.call, now)]
    closing = [max(entry.call.deadlines_at) for entry, _ in left if entry.call and entry.call.deadlines_at]
    room.settled[company.id] = Settled(company, state, now, min(closing, default=_NEVER), part_of(left))
    return room.settled[company.id].part


def _is_closed(call: Call | None, now: datetime) -> bool:
    return call is not None and status_of(call, now) == "closed"


def _left(
    book: Book, company_key: str, stands: Stands, needs: frozenset[str], today: str
) -> Iterable[tuple[Entry, str | None]]:
    placed = placed_today(book, stands.by_cluster)
    settled = {home for home, s in placed if s.decision.verb != "later" or (s.decision.until or "") > today}
    otherwise = {home for home, s in placed if s.decision.verb != "reject"}
    rejected = [(s.decision, home) for home, s in placed if s.decision.verb == "reject" and home not in otherwise]
    changed = changed_among(rejected, book.members, _changes(book, [home for _, home in rejected])) if rejected else {}
    for entry in book.entries.get(company_key, ()):
        said = changed.get((company_key, entry.cluster_key))
        if entry.need_key in needs and (said or entry.cluster_key not in settled):
            yield entry, said


def _changes(book: Book, clusters: Iterable[str]) -> list[Since]:
    """What changed in these clusters, oldest first."""
    items = {item for cluster in clusters for item in book.members.get(cluster, ())}
    return sorted((s for item in items for s in book.changes.get(item, ())), key=lambda since: since.changed_at)


def placed_today(book: Book, by_cluster: Mapping[str, Standing]) -> list[tuple[str, Standing]]:
    """(cluster of today, what stands) for each cluster as decided: clusters join later."""
    return [(book.homes.get(cluster, cluster), stood) for cluster, stood in by_cluster.items()]
