"""Each company's deadlines as a calendar: what digests told, with today's deadlines and decisions (P56)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from digests.calendar import write_calendar
from ledger import companies, decisions, digests, events, preferences
from terms.calendar import Event
from terms.company import Company
from terms.digest import Line
from terms.errors import NotFound
from terms.item import Item
from warehouse import items
from watch.companies import find_company
from watch.house import House
from watch.links import calendar_link, read_link
from watch.schedule import local_day

_NO_WEEK, _LAST_WEEK = "", "9999-W99"


def refresh_calendars(house: House) -> int:
    """Bring every calendar up to date; returns how many events are new or changed. Pages only read what stands here."""
    now, changed = house.clock(), 0
    with house.ledger.read() as connection:
        watched = companies.read_companies(connection)
        told = {c.id: digests.read_told_digests(connection, c.id, _NO_WEEK, _LAST_WEEK) for c in watched}
        stands = decisions.standing(decisions.read_decisions(connection))
    rejected = {key for key, standing in stands.items() if standing.decision.verb == "reject"}
    calls = {c.id: _calls(line for kept in told[c.id] for line in kept.digest.lines) for c in watched}
    with house.warehouse.read() as connection:
        stored = items.read_items(connection, sorted({line.item_key for lines in calls.values() for line in lines}))
    current = {key: kept.item for key, kept in stored.items()}
    with house.ledger.write() as connection:
        for company in watched:
            for event in events_of(company, calls[company.id], current, rejected, domain(house), now):
                changed += events.save_event(connection, event, at=now)
    return changed


def events_of(
    company: Company,
    lines: Sequence[Line],
    current: dict[str, Item],
    rejected: set[tuple[str, str]],
    domain: str,
    now: datetime,
) -> Iterator[Event]:
    """One event per told call. current: items as the warehouse has them now; the deadline that counts is theirs."""
    for line in lines:
        deadline = _deadline(line, current.get(line.item_key), now)
        if deadline is None:
            continue
        day = local_day(deadline, company)
        yield Event(
            uid=f"{sha256(f'{company.id}/{line.cluster_key}'.encode()).hexdigest()[:32]}@{domain}",
            company_key=company.id,
            cluster_key=line.cluster_key,
            ref=line.ref,
            title=line.title,
            url=line.url,
            deadline_at=deadline,
            decide_on=day - timedelta(days=company.decide_lead_days),
            is_cancelled=(company.id, line.cluster_key) in rejected,
            changed_at=now,
        )


def serve(house: House, token: str) -> bytes:
    """The calendar of a secret address; nothing is changed. Raises NotFound where it is wrong or was revoked."""
    scope = read_link(house, token, "calendar")
    with house.ledger.read() as connection:
        generation = preferences.calendar_generation(connection, scope.company_key)
    if scope.generation != generation:
        raise NotFound("this calendar address was revoked")
    return file_of(house, scope.company_key)


def file_of(house: House, company_key: str) -> bytes:
    """The calendar of one company as bytes. Raises NotFound."""
    company = find_company(house, company_key)
    with house.ledger.read() as connection:
        found = events.read_events(connection, company_key)
    return write_calendar(f"Varde · {company.name}", found, language=company.languages[0])


def address_of(house: House, company_key: str) -> str | None:
    """The secret address of a company's calendar; None where no public address is set. Raises NotFound."""
    find_company(house, company_key)
    with house.ledger.read() as connection:
        return calendar_link(house, company_key, preferences.calendar_generation(connection, company_key))


def attachment(house: House, company: Company, lines: Sequence[Line], language: str) -> bytes | None:
    """The calls of one digest as a file for the mail; None where the company wants none, or no call has a deadline."""
    if company.calendar != "attachment":
        return None
    with house.ledger.read() as connection:
        known = {event.uid: event for event in events.read_events(connection, company.id)}
    told = list(events_of(company, _calls(lines), {}, set(), domain(house), house.clock()))
    placed = [
        event.model_copy(update={"sequence": known[event.uid].sequence}) if event.uid in known else event
        for event in told
    ]
    return write_calendar(f"Varde · {company.name}", placed, language=language) if placed else None


def domain(house: House) -> str:
    """What UIDs end in: the list's domain, which nobody else uses."""
    return house.settings.list_domain


def _calls(lines: Iterable[Line]) -> list[Line]:
    """Calls, each cluster once, as told last."""
    return list({line.cluster_key: line for line in lines if line.kind == "call"}.values())


def _deadline(line: Line, item: Item | None, now: datetime) -> datetime | None:
    """The next deadline as the publisher states it now, else its last, else what the digest told."""
    stated = sorted(item.call.deadlines_at) if item and item.call else []
    ahead = [moment for moment in stated if moment > now]
    return ahead[0] if ahead else stated[-1] if stated else line.deadline_at
