"""One extra mail a week at most, for what closes before the next digest (P57); approved like any other (P35)."""

from datetime import timedelta

from digests.compose import compose
from ledger import digests
from ledger.digests import digest_key
from terms.company import Company
from terms.digest import Digest, iso_week
from watch import schedule
from watch.advise import advise
from watch.digest import Drafted, week_of
from watch.house import House

KIND: schedule.DigestKind = "urgent"


def draft_urgent(house: House, company: Company) -> Drafted:
    """A draft of the projects that cannot wait.

    not due: this week's own digest is not approved yet and can tell them, or nobody wants a mail. quiet: nothing
    closes before the next digest. approved or sent: this week's extra mail is gone already, and there is no second.
    """
    week = week_of(house, company)
    with house.ledger.read() as connection:
        states = {kept.digest_key: kept.state for kept in digests.read_digests(connection, week)}
    usual, extra = digest_key(company.id, week), digest_key(company.id, week, KIND)
    if states.get(extra) in ("approved", "sent"):
        return Drafted(company.id, states[extra], 0, 0)
    if states.get(usual) not in ("approved", "sent") or not schedule.due_readers(house, company, week, KIND):
        return Drafted(company.id, "not due", 0, 0)
    digest, now = _composed(house, company, week), house.clock()
    with house.ledger.write() as connection:
        if not digest.suggestions:
            digests.drop_draft(connection, company.id, week, KIND)
        elif digests.save_draft(connection, digest, at=now, kind=KIND):
            return Drafted(company.id, "draft", len(digest.lines), digest.held_back)
    return Drafted(company.id, "quiet", 0, 0)


def _composed(house: House, company: Company, week: str) -> Digest:
    """Only projects whose deadline comes before the next Monday's mail."""
    now = house.clock()
    following = iso_week(schedule.monday_of(week) + timedelta(weeks=1))
    until = schedule.due_at(company, following, now)
    urgent = [
        one
        for one in advise(house, company).suggestions
        if one.call and one.call.deadline_at and one.call.deadline_at < until
    ]
    composed = compose(
        company, urgent, (), now=now, iso_week=week, language=company.languages[0], cap=house.settings.digest_cap,
        examined={}, new=0, degraded=(),
    )  # fmt: skip
    return composed.model_copy(update={"is_urgent": True})
