"""The companies one person serves: coverage per need, contacts, engagement, aid, versions (P02, P05)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from ledger import answers, digests, need_versions
from ledger.need_versions import Dated
from needs.check import hints
from needs.writing import write_map
from terms.aid import Aid
from terms.company import Company, Need
from terms.errors import NotFound
from terms.person import Scope
from warehouse import matches
from watch.desk_queue import Workroom, read_scope_maps
from watch.gate import aid_on_record, list_aid

REVIEW_AFTER = timedelta(weeks=8)  # guess: an active need without an accepted item for so long asks for a review


class Coverage(NamedTuple):
    """What became of one need. hit_at: its last accepted item. asks_review: nothing accepted for eight weeks."""

    need: Need
    examined: int
    flagged: int
    accepted: int
    told: int
    answered: int
    hit_at: datetime | None
    asks_review: bool


class Portrait(NamedTuple):
    """One company as its page shows it. hints: soft warnings. aid_eur: of three years, None where none is on record."""

    company: Company
    coverage: Sequence[Coverage]
    versions: Mapping[str, Sequence[Dated]]
    hints: Sequence[str]
    aid: Sequence[Aid]
    aid_eur: int | None


class Change(NamedTuple):
    """One field that differs between two versions, as text."""

    field: str
    before: str
    after: str


def portfolio(room: Workroom, scope: Scope) -> list[tuple[Company, list[Coverage]]]:
    """Every company served with the coverage of its needs, by name."""
    maps = read_scope_maps(room, scope)
    counted = _counted(room, maps)
    found = [(company, _coverage(room, company, counted)) for company in maps.values()]
    return sorted(found, key=lambda pair: pair[0].name.casefold())


def portrait(room: Workroom, scope: Scope, company_key: str) -> Portrait:
    """One company. Raises NotFound for one that others serve."""
    company = company_of(room, scope, company_key)
    with room.house.ledger.read() as connection:
        versions = need_versions.read_versions(connection, company_key)
    return Portrait(
        company,
        _coverage(room, company, _counted(room, [company_key])),
        versions,
        hints(company, room.house.clock().date()),
        list_aid(room.house, company_key),
        aid_on_record(room.house, company_key),
    )


def company_of(room: Workroom, scope: Scope, company_key: str) -> Company:
    """The need map as it stands. Raises NotFound for a company that others serve."""
    scope.require(company_key)
    found = read_scope_maps(room, scope).get(company_key)
    if found is None:
        raise NotFound("there is nothing here that you have access to")
    return found


def map_text(room: Workroom, scope: Scope, company_key: str) -> str:
    """The need map as YAML (P01). Raises NotFound."""
    return write_map(company_of(room, scope, company_key))


def history(room: Workroom, scope: Scope, company_key: str, need_id: str) -> list[tuple[Dated, list[Change]]]:
    """Every version of a need, newest first, with what it changed. Raises NotFound."""
    scope.require(company_key)
    with room.house.ledger.read() as connection:
        versions = need_versions.read_versions(connection, company_key).get(f"{company_key}/{need_id}", [])
    older = [*versions[1:], None]
    return [
        (one, changes(before.need, one.need) if before else []) for one, before in zip(versions, older, strict=True)
    ]


def changes(before: Need, after: Need) -> list[Change]:
    """The fields that differ, in the order of the noun."""
    fields = [(name, getattr(before, name), getattr(after, name)) for name in Need.model_fields]
    return [Change(name, _shown(old), _shown(new)) for name, old, new in fields if old != new]


class _Counted(NamedTuple):
    examined: Mapping[str, tuple[int, int]]
    told: Mapping[str, int]
    answered: Mapping[str, int]


def _counted(room: Workroom, company_keys: Sequence[str] | Mapping[str, Company]) -> _Counted:
    room.decided.refresh()
    with room.house.warehouse.read() as connection:
        examined = matches.coverage(connection)
    with room.house.ledger.read() as connection:
        told = digests.count_told(connection)
        said = Counter(a.need_key for key in company_keys for a in answers.read_standing_answers(connection, key))
    return _Counted(examined, told, said)


def _coverage(room: Workroom, company: Company, counted: _Counted) -> list[Coverage]:
    stands = room.decided.stands(company.id).by_cluster.values()
    hits: dict[str, list[datetime]] = {}
    for stood in stands:
        if stood.decision.verb == "accept":
            hits.setdefault(stood.decision.need_key, []).append(stood.decision.decided_at)
    return [_of_need(company, need, hits, counted, room.house.clock()) for need in company.needs]


def _of_need(
    company: Company, need: Need, hits: Mapping[str, Sequence[datetime]], counted: _Counted, now: datetime
) -> Coverage:
    key = f"{company.id}/{need.id}"
    examined, flagged = counted.examined.get(key, (0, 0))
    last = max(hits.get(key, ()), default=None)
    began = datetime.combine(company.engagement.start, datetime.min.time(), now.tzinfo)
    return Coverage(
        need, examined, flagged, len(hits.get(key, ())), counted.told.get(key, 0), counted.answered.get(key, 0), last,
        need.status == "active" and now - (last or began) > REVIEW_AFTER,
    )  # fmt: skip


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
