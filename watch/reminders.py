"""What brokers are told in time: drafts that nobody approves, calls that close too soon (issue 7, P57)."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from typing import Literal

from digests.headers import Mailbox
from digests.mail import build, message_id_for
from digests.notice import closing_notice, notice
from digests.render import Rendered
from digests.wording import week_number
from ledger import incidents, outbox, urgent
from terms.company import Company, Contact
from terms.errors import SettingMissing
from terms.incident import Incident
from terms.mail import Outgoing
from terms.urgent import Closing
from watch.apart import apart
from watch.companies import read_watched
from watch.house import House
from watch.schedule import Unapproved, unapproved, unapproved_incident, week_of
from watch.urgent import draft_urgent, find_closing


def remind(house: House) -> int:
    """Tell of every draft that waits too long, each stage once; returns how many mails to brokers were queued.

    A draft itself is never sent. Where no mail server is set, the incident alone tells.
    """
    queued, now = 0, house.clock()
    for found in unapproved(house, read_watched(house)):
        mails = _mails(partial(_mail, house, found))
        stage = "overdue" if found.is_over else "reminder"
        with house.ledger.write() as connection:
            run = f"{found.digest_key} {stage}"
            incidents.note_incidents(connection, [unapproved_incident(found)], at=now, run=run)
            queued += outbox.enqueue(connection, f"{found.digest_key}/{stage}", mails, at=now, due_at=now)
    return queued


def tell_closing(house: House) -> list[Closing]:
    """Draft the extra mail where one is needed, and tell each broker once of every call that closes too soon (P57).

    Nothing is sent to a company. Returns what closes before its company's next digest.
    """
    found = find_closing(house)
    watched = {company.id: company for company in read_watched(house)}
    for key, group in groupby(sorted(found, key=lambda one: one.company_key), key=lambda one: one.company_key):
        closing = list(group)
        if any(one.standing == "urgent" for one in closing):
            apart(house, watched[key], draft_urgent)
        _tell_of(house, watched[key], closing)
    return found


def _tell_of(house: House, company: Company, closing: Sequence[Closing]) -> None:
    now = house.clock()
    with house.ledger.write() as connection:
        fresh = [one for one in closing if urgent.tell_once(connection, company.id, one.ref, one.closes_at, at=now)]
        if not fresh:
            return
        incident = _closing_incident(company, fresh)
        incidents.note_incidents(connection, [incident], at=now, run=" ".join(one.ref for one in fresh))
        mails = _mails(partial(_closing_mail, house, company, fresh))
        key = f"{company.id}/{week_of(now, company)}/closing"
        outbox.enqueue(connection, key, mails, at=now, due_at=now)


def _closing_incident(company: Company, closing: Sequence[Closing]) -> Incident:
    facts = {"company": company.id, "broker": company.engagement.broker}
    facts |= {one.ref: f"{one.title[:120]} ({one.standing}, closes {one.closes_at:%Y-%m-%d})" for one in closing}
    message = "calls close before the company's next digest; decide on them, or approve the extra mail"
    return Incident(where=f"digest:{company.id}", level="warning", message=message, facts=facts)


def _closing_mail(house: House, company: Company, closing: Sequence[Closing]) -> Outgoing:
    words = closing_notice(closing, company.timezone, house.clock())
    return _to_broker(house, company, week_of(house.clock(), company), f"closing-{closing[0].ref}", words)


def _mails(mail: Callable[[], Outgoing]) -> list[Outgoing]:
    try:
        return [mail()]
    except SettingMissing:
        return []


def _mail(house: House, found: Unapproved) -> Outgoing:
    company, week = found.company, found.digest_key.split("/")[1]
    stage: Literal["overdue", "reminder"] = "overdue" if found.is_over else "reminder"
    words = notice(stage, company=company.name, key=company.id, week=week_number(week))
    return _to_broker(house, company, week, stage, words)


def _to_broker(house: House, company: Company, week: str, kind: str, words: Rendered) -> Outgoing:
    """A mail of the house to a company's broker. Raises SettingMissing where no mail server is set."""
    settings, engagement = house.mail, company.engagement
    address = engagement.broker_address
    message_id = message_id_for(company.id, week, kind, address, house.settings.list_domain)
    body = build(
        words,
        sender=Mailbox(settings.sender_name, settings.sender_address),
        recipient=Contact(name=engagement.broker, address=address),
        reply_to=Mailbox(settings.sender_name, settings.sender_address),
        list_id=f"brokers.{house.settings.list_domain}",
        stop_address=house.settings.stop_address,
        message_id=message_id,
        date=house.clock(),
    )
    return Outgoing(
        outbox_key=f"{company.id}/{week}/{kind}/{address}",
        company_key=company.id,
        iso_week=week,
        kind=kind,
        recipient=address,
        sender=settings.sender_address,
        message_id=message_id,
        body=body,
    )
