"""Who gets a mail in which week: every ISO week at most once, as often as each reader chose (P59, G-01 to G-08)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from ledger import audit, digests, outbox, preferences, webhooks
from terms.answer import Frequency, Preferences
from terms.company import Company, Contact
from terms.digest import Digest, iso_week
from terms.incident import Incident
from watch.house import House

DigestKind = Literal["digest", "urgent"]
_LONGEST_PAUSE = 6  # weeks between two monthly mails, at most
_LATE = "its mails did not leave before the next week: told in the next digest"


class Reader(NamedTuple):
    """Someone who is due a mail. missed: digests of weeks that this reader did not want a mail in."""

    contact: Contact
    wishes: Preferences
    missed: tuple[Digest, ...] = ()

    @property
    def language(self) -> str:
        """The reader's own choice, else the need map's."""
        return self.wishes.language or self.contact.language


def week_of(now: datetime, company: Company) -> str:
    """The ISO week it is at `now` (aware) where the company is."""
    return iso_week(now.astimezone(ZoneInfo(company.timezone)))


def local_day(moment: datetime, company: Company) -> date:
    """The day it is at `moment` (aware) where the company is."""
    return moment.astimezone(ZoneInfo(company.timezone)).date()


def monday_of(week: str) -> date:
    """The Monday of an ISO week; ValueError where there is no such week, such as 2027-W53."""
    return date.fromisocalendar(int(week[:4]), int(week.rpartition("-W")[2]), 1)


def due_at(company: Company, week: str, now: datetime) -> datetime:
    """Monday 07:00 of an ISO week where the company is, or now if that has passed (P50)."""
    monday = datetime.combine(monday_of(week), datetime.min.time(), ZoneInfo(company.timezone)).replace(hour=7)
    return max(monday.astimezone(UTC), now)


def is_due(frequency: Frequency, week: str, last: str | None) -> bool:
    """Whether a reader who last got the mail of week `last` is due one in `week`."""
    if frequency == "paused":
        return False
    if last is None:
        return True
    this, before = monday_of(week), monday_of(last)
    if frequency == "monthly":
        return (this.year, this.month) > (before.year, before.month)
    return this - before >= timedelta(weeks=2 if frequency == "fortnightly" else 1)


def due_readers(house: House, company: Company, week: str, kind: DigestKind = "digest") -> list[Reader]:
    """The contacts of a company who want a mail in this week, each with what was told since their last one.

    An urgent mail goes to whoever has not paused; it tells nothing that an earlier one told.
    """
    with house.ledger.read() as connection:
        last = outbox.read_weeks(connection, company.id)
        found = []
        for contact in company.contacts:
            wishes = preferences.read_preferences(connection, company.id, contact.address)
            got = last.get(contact.address.lower())
            is_open = preferences.is_wanted(connection, company.id, contact.address)
            if is_open and (kind == "urgent" or got == week or is_due(wishes.frequency, week, got)):
                since = got if got and wishes.frequency != "weekly" and kind == "digest" else week
                told = digests.read_told_digests(connection, company.id, since, week)
                found.append(Reader(contact, wishes, tuple(kept.digest for kept in told)))
    return found


def next_week(house: House, company: Company, week: str) -> str:
    """The first ISO week after `week` in which some reader of the company is due a digest; the next where nobody is."""
    with house.ledger.read() as connection:
        last = outbox.read_weeks(connection, company.id)
        read = [preferences.read_preferences(connection, company.id, one.address) for one in company.contacts]
    coming = [iso_week(monday_of(week) + timedelta(weeks=n)) for n in range(1, _LONGEST_PAUSE + 1)]
    due = (
        w for w in coming for one in read if one.is_wanted and is_due(one.frequency, w, last.get(one.address.lower()))
    )
    return next(due, coming[0])


def with_missed(digest: Digest, missed: Sequence[Digest], now: datetime) -> Digest:
    """The digest and what earlier ones told whose mail a reader did not want; closed calls are left out."""
    told = {line.ref for line in digest.lines}
    suggestions, evidence = list(digest.suggestions), list(digest.evidence)
    for earlier in missed:
        for suggestion in earlier.suggestions:
            lines = ((suggestion.call,) if suggestion.call else ()) + suggestion.evidence
            is_open = suggestion.call is None or (suggestion.call.deadline_at or now) >= now
            if is_open and not {line.ref for line in lines} <= told:
                suggestions.append(suggestion)
                told |= {line.ref for line in lines}
        fresh = [line for line in earlier.evidence if line.ref not in told and (line.deadline_at or now) >= now]
        evidence += fresh
        told |= {line.ref for line in fresh}
    changes = {(c.ref, c.kind): c for one in (*missed, digest) for c in one.changes}
    merged = {"suggestions": tuple(suggestions), "evidence": tuple(evidence), "changes": tuple(changes.values())}
    return digest.model_copy(update=merged)


def merge_late(house: House, company: Company) -> list[str]:
    """Approved digests of past weeks of which no mail left are taken back, so that one mail tells all (E-12, P13).

    Returns their keys. A digest of which any mail left, or may have, stays as it is.
    """
    now = house.clock()
    week = week_of(now, company)
    with house.ledger.write() as connection:
        states = outbox.read_digest_states(connection)
        late = [kept for kept in digests.read_open(connection, company.id) if kept.digest.iso_week < week]
        merged = [k.digest_key for k in late if states.get(k.digest_key, set()) <= {"pending", "failed", "stopped"}]
        for key in merged:
            outbox.withdraw(connection, key, _LATE, at=now)
            webhooks.stop_posts(connection, _LATE, at=now, digest_key=key)
            digests.set_merged(connection, key)
            audit.append_audit(connection, "varde", "merged late digest", {"digest": key, "into": week}, at=now)
    return merged


class Unapproved(NamedTuple):
    """A draft that nobody approved. is_over: the time for approving it has passed."""

    company: Company
    digest_key: str
    due_at: datetime
    is_over: bool


def unapproved(house: House, companies: Sequence[Company]) -> Iterator[Unapproved]:
    """Drafts of this week that were due long enough ago to remind their broker."""
    now, settings = house.clock(), house.settings
    with house.ledger.read() as connection:
        drafts = {
            k.digest_key for week in _weeks(companies, now) for k in _drafts(digests.read_digests(connection, week))
        }
    for company in companies:
        week = week_of(now, company)
        key, due = digests.digest_key(company.id, week), due_at(company, week, datetime.min.replace(tzinfo=UTC))
        if key in drafts and now >= due + timedelta(hours=settings.remind_after_hours):
            yield Unapproved(company, key, due, now >= due + timedelta(hours=settings.approve_within_hours))


def unapproved_incident(found: Unapproved) -> Incident:
    """What brokers and operators are told: first that a digest waits, in the end that nothing was sent."""
    facts = {"digest": found.digest_key, "broker": found.company.engagement.broker}
    if found.is_over:
        message = "nobody approved a digest in time; nothing was sent, and what it holds waits for the next"
        return Incident(where=f"digest:{found.company.id}", level="error", message=message, facts=facts)
    message = "a digest is due and waits for its broker's approval"
    return Incident(where=f"digest:{found.company.id}", level="warning", message=message, facts=facts)


def _weeks(companies: Sequence[Company], now: datetime) -> set[str]:
    return {week_of(now, company) for company in companies}


def _drafts(kept: Sequence[digests.Kept]) -> list[digests.Kept]:
    return [one for one in kept if one.state == "draft"]
