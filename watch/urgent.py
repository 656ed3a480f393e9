"""One extra mail a week at most, for what closes before the next digest (P57); approved like any other (P35)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from digests.compose import compose
from ledger import digests
from ledger.digests import digest_key
from terms.company import Company
from terms.decision import Opportunity
from terms.digest import Digest, Line
from terms.item import next_deadline
from terms.urgent import Closing
from watch import schedule
from watch.advise import advise
from watch.companies import read_watched
from watch.digest import Drafted, week_of
from watch.house import House
from watch.review import opportunity_ref, queue

KIND: schedule.DigestKind = "urgent"
_GONE = ("approved", "sent")


def draft_urgent(house: House, company: Company) -> Drafted:
    """A draft of the projects that cannot wait.

    not due: this week's own digest is not approved yet and can tell them, or nobody wants a mail. quiet: nothing
    closes before the next digest. approved or sent: this week's extra mail is gone already, and there is no second.
    """
    week = week_of(house, company)
    extra = _states(house, week).get(digest_key(company.id, week, KIND), "")
    if extra in _GONE:
        return Drafted(company.id, extra, 0, 0)
    if _own_can_tell(house, company, week) or not schedule.due_readers(house, company, week, KIND):
        return Drafted(company.id, "not due", 0, 0)
    digest, now = _composed(house, company, week), house.clock()
    with house.ledger.write() as connection:
        if not digest.suggestions:
            digests.drop_draft(connection, company.id, week, KIND)
        elif digests.save_draft(connection, digest, at=now, kind=KIND):
            return Drafted(company.id, "draft", len(digest.lines), digest.held_back)
    return Drafted(company.id, "quiet", 0, 0)


def find_closing(house: House, companies: Sequence[Company] | None = None) -> list[Closing]:
    """Calls, accepted and not told or flagged and not decided, that close before their company's next digest.

    companies: those that are watched, unless some are named. The next to close comes first.
    """
    with house.warehouse.look():
        waiting = queue(house).waiting
        every = read_watched(house) if companies is None else companies
        found = [one for company in every for one in _closing(house, company, waiting)]
    return sorted(found, key=lambda one: (one.closes_at, one.company_key, one.ref))


def _closing(house: House, company: Company, waiting: Sequence[Opportunity]) -> Iterator[Closing]:
    now, week = house.clock(), week_of(house, company)
    until = _next_digest_at(house, company, week)

    def closing(ref: str, title: str, at: datetime, standing: Literal["flagged", "digest", "urgent"]) -> Closing:
        return Closing(
            company_key=company.id, company_name=company.name, ref=ref, title=title, closes_at=at, standing=standing
        )

    standing: Literal["digest", "urgent"] = "digest" if _own_can_tell(house, company, week) else "urgent"
    for line in _lines_to_tell(house, company, week, standing):
        if line.deadline_at and now < line.deadline_at < until:
            yield closing(line.ref, line.title, line.deadline_at, standing)
    for one in (one for one in waiting if one.company_key == company.id):
        closes = next_deadline(one.item.call, now)
        if closes is not None and closes < until:
            yield closing(opportunity_ref(one), one.item.title, closes, "flagged")


def _lines_to_tell(house: House, company: Company, week: str, standing: str) -> list[Line]:
    """Calls that are accepted and not told: of this week's draft where there is one, which is quick to read."""
    key = digest_key(company.id, week)
    with house.ledger.read() as connection:
        drafts = [one for one in digests.read_digests(connection, week) if one.digest_key == key]
    if standing == "digest" and drafts:
        return [line for line in drafts[0].digest.lines if line.kind == "call"]
    return [one.call for one in advise(house, company).suggestions if one.call]


def _composed(house: House, company: Company, week: str) -> Digest:
    """Only projects whose deadline comes before the next digest."""
    now, until = house.clock(), _next_digest_at(house, company, week)
    urgent = [
        one
        for one in advise(house, company).suggestions
        if one.call and one.call.deadline_at and one.call.deadline_at < until
    ]
    composed = compose(
        company, urgent, (), now=now, iso_week=week, language=company.languages[0],
        cap=house.settings.digest_cap, examined={}, new=0, degraded=(),
    )  # fmt: skip
    return composed.model_copy(update={"is_urgent": True})


def _own_can_tell(house: House, company: Company, week: str) -> bool:
    """Whether this week's own digest may still tell something: somebody is due one, and it is not approved yet."""
    state = _states(house, week).get(digest_key(company.id, week), "")
    return state not in _GONE and bool(schedule.due_readers(house, company, week))


def _next_digest_at(house: House, company: Company, week: str) -> datetime:
    """Monday morning of the first week after this one in which some reader is due a digest."""
    return schedule.due_at(company, schedule.next_week(house, company, week), house.clock())


def _states(house: House, week: str) -> dict[str, str]:
    with house.ledger.read() as connection:
        return {kept.digest_key: kept.state for kept in digests.read_digests(connection, week)}
