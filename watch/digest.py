"""Hop 6, second half: drafts, and approval that freezes the mails. Nothing unapproved is sent (P35)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from digests.compose import compose, is_quiet
from digests.headers import Mailbox
from digests.mail import build, message_id_for
from digests.render import Rendered, render
from ledger import audit, digests, outbox
from ledger.digests import Kept, digest_key
from terms.company import Company, Contact
from terms.digest import Digest, iso_week
from terms.errors import NotFound, VardeError
from terms.mail import Outgoing
from warehouse import runs
from watch.advise import advise
from watch.collect import source_facts
from watch.companies import find_company, read_watched
from watch.health import read_health
from watch.house import House


class Drafted(NamedTuple):
    """What drafting did for one company. state: draft, quiet (nothing to tell), or approved/sent and left alone."""

    company_key: str
    state: str
    lines: int
    held_back: int


def week_of(house: House, company: Company) -> str:
    """The ISO week it is now where the company is."""
    return iso_week(house.clock().astimezone(ZoneInfo(company.timezone)))


def due_at(company: Company, week: str, now: datetime) -> datetime:
    """Monday 07:00 of an ISO week where the company is, or now if that has passed (P50)."""
    monday = datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(hour=7, tzinfo=ZoneInfo(company.timezone))
    return max(monday.astimezone(UTC), now)


def draft_all(house: House) -> list[Drafted]:
    """A draft for every watched company that has something to be told."""
    return [draft(house, company) for company in read_watched(house)]


def draft(house: House, company: Company) -> Drafted:
    """Compose this week's digest of one company anew; an approved one stays as it is."""
    now, week = house.clock(), week_of(house, company)
    digest = _composed(house, company, week, now)
    key = digest_key(company.id, week)
    with house.ledger.write() as connection:
        if is_quiet(digest) and company.quiet_week == "nothing":
            digests.drop_draft(connection, company.id, week)
        elif digests.save_draft(connection, digest, at=now):
            return Drafted(company.id, "draft", len(digest.lines), digest.held_back)
        kept = {k.digest_key: k.state for k in digests.read_digests(connection, week)}
    return Drafted(company.id, kept.get(key, "quiet"), 0, 0)


def approve(house: House, company_key: str, *, by: str, week: str | None = None) -> int:
    """Freeze the draft's mails, one per contact, and put them into the outbox; returns how many.

    Raises NotFound without a draft, ValueError where nobody approves, VardeError where it is approved already or a call
    in it has closed since.
    """
    if not by.strip():
        raise ValueError("an approval needs a name (--broker, or VARDE_BROKER)")
    company = find_company(house, company_key)
    key = digest_key(company.id, week or week_of(house, company))
    now = house.clock()
    with house.ledger.write() as connection:
        kept = digests.read_digest(connection, key)
        _refuse_stale(kept, week_of(house, company), now)
        mails = list(_mails(house, company, kept, now))
        if not digests.set_approved(connection, key, by=by, at=now):
            raise VardeError(f"{key} is {kept.state} already, by {kept.approved_by}")
        audit.append_audit(connection, by, "approved digest", {"digest": key}, at=now)
        return outbox.enqueue(connection, key, mails, at=now, due_at=due_at(company, kept.digest.iso_week, now))


def preview(house: House, company_key: str, week: str | None = None, language: str | None = None) -> Rendered:
    """The digest as its first contact would get it. Raises NotFound."""
    company = find_company(house, company_key)
    key = digest_key(company.id, week or week_of(house, company))
    with house.ledger.read() as connection:
        kept = digests.read_digest(connection, key)
    return _rendered(house, company, kept, company.contacts[0], house.clock(), language)


def list_digests(house: House, week: str | None = None) -> list[Kept]:
    """Digests of a week, or all."""
    with house.ledger.read() as connection:
        return digests.read_digests(connection, week)


def _composed(house: House, company: Company, week: str, now: datetime) -> Digest:
    advice = advise(house, company)
    facts = source_facts(house)
    titles = {name: source.title for name, source in facts.items()}
    ill = [name for name, health in read_health(house, facts).items() if health.state != "healthy"]
    with house.warehouse.read() as connection:
        counted = runs.examined_since(connection, now - timedelta(days=7))
    return compose(
        company,
        advice.suggestions,
        advice.leftover,
        now=now,
        iso_week=week,
        language=company.languages[0],
        cap=house.settings.digest_cap,
        examined={titles.get(source, source): items for source, (items, _) in counted.items()},
        new=sum(new for _, new in counted.values()),
        degraded=sorted(titles[name] for name in ill),
    )


def _refuse_stale(kept: Kept, this_week: str, now: datetime) -> None:
    if kept.digest.iso_week < this_week:
        raise VardeError(f"{kept.digest_key} is of a past week; what it held stands in the draft of {this_week}")
    if kept.state != "draft":
        raise VardeError(f"{kept.digest_key} is {kept.state} already, by {kept.approved_by}")
    closed = [line.title for line in kept.digest.lines if line.deadline_at and line.deadline_at <= now]
    if closed:
        raise VardeError(f"{kept.digest_key}: closed since it was drafted: {', '.join(closed)}; `varde digest draft`")


def _mails(house: House, company: Company, kept: Kept, now: datetime) -> Iterator[Outgoing]:
    settings = house.mail
    if not company.contacts:
        raise NotFound(f"{company.id} has no contact to send a digest to; add one to its need map")
    for contact in company.contacts:
        address = contact.address
        message_id = message_id_for(company.id, kept.digest.iso_week, "digest", address, house.settings.list_domain)
        body = build(
            _rendered(house, company, kept, contact, now, None),
            sender=Mailbox(settings.sender_name, settings.sender_address),
            recipient=contact,
            reply_to=Mailbox(company.engagement.broker, company.engagement.broker_address),
            list_id=f"{company.id}.{house.settings.list_domain}",
            stop_address=house.settings.stop_address or company.engagement.broker_address,
            message_id=message_id,
            date=now,
        )
        yield Outgoing(
            outbox_key=f"{kept.digest_key}/{address}",
            company_key=company.id,
            iso_week=kept.digest.iso_week,
            recipient=address,
            sender=settings.sender_address,
            message_id=message_id,
            body=body,
        )


def _rendered(
    house: House, company: Company, kept: Kept, contact: Contact, now: datetime, language: str | None
) -> Rendered:
    spoken = kept.digest.model_copy(update={"language": language or contact.language})
    stop = house.settings.stop_address or company.engagement.broker_address
    return render(spoken, company, now=now, stop_address=stop)
