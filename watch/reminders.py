"""When a draft is due and nobody approves it: its broker is reminded, and in the end everybody is told (issue 7)."""

from digests.headers import Mailbox
from digests.mail import build, message_id_for
from digests.notice import notice
from digests.wording import week_number
from ledger import incidents, outbox
from terms.company import Contact
from terms.errors import SettingMissing
from terms.mail import Outgoing
from watch.companies import read_watched
from watch.house import House
from watch.schedule import Unapproved, unapproved, unapproved_incident


def remind(house: House) -> int:
    """Tell of every draft that waits too long, each stage once; returns how many mails to brokers were queued.

    A draft itself is never sent. Where no mail server is set, the incident alone tells.
    """
    queued, now = 0, house.clock()
    for found in unapproved(house, read_watched(house)):
        mails = _mails(house, found)
        stage = "overdue" if found.is_over else "reminder"
        with house.ledger.write() as connection:
            run = f"{found.digest_key} {stage}"
            incidents.note_incidents(connection, [unapproved_incident(found)], at=now, run=run)
            queued += outbox.enqueue(connection, f"{found.digest_key}/{stage}", mails, at=now, due_at=now)
    return queued


def _mails(house: House, found: Unapproved) -> list[Outgoing]:
    try:
        return [_mail(house, found)]
    except SettingMissing:
        return []


def _mail(house: House, found: Unapproved) -> Outgoing:
    settings, engagement, company = house.mail, found.company.engagement, found.company
    week, kind = found.digest_key.split("/")[1], "overdue" if found.is_over else "reminder"
    address = engagement.broker_address
    message_id = message_id_for(company.id, week, kind, address, house.settings.list_domain)
    body = build(
        notice(
            "overdue" if found.is_over else "reminder", company=company.name, key=company.id, week=week_number(week)
        ),
        sender=Mailbox(settings.sender_name, settings.sender_address),
        recipient=Contact(name=engagement.broker, address=address),
        reply_to=Mailbox(settings.sender_name, settings.sender_address),
        list_id=f"brokers.{house.settings.list_domain}",
        stop_address=house.settings.stop_address,
        message_id=message_id,
        date=house.clock(),
    )
    return Outgoing(
        outbox_key=f"{found.digest_key}/{kind}/{address}",
        company_key=company.id,
        iso_week=week,
        kind=kind,
        recipient=address,
        sender=settings.sender_address,
        message_id=message_id,
        body=body,
    )
