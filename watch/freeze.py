"""The mails of an approved digest, frozen: one to each reader who is due, signed, with links that only they got."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from digests import tokens
from digests.headers import Mailbox
from digests.links import MailLinks
from digests.mail import build, message_id_for
from digests.render import Rendered, render
from digests.signature import signed
from ledger.digests import Kept
from terms.company import Company
from terms.digest import Digest, Line
from terms.mail import Outgoing
from watch.calendar import attachment
from watch.house import House
from watch.links import link_key, mail_links
from watch.schedule import Reader, with_missed


def freeze(
    house: House, company: Company, kept: Kept, readers: Sequence[Reader], now: datetime, *, calendar: int
) -> Iterator[Outgoing]:
    """One mail per reader. calendar: the generation of the company's calendar address.

    Raises SettingMissing or MailRefused where a setting is missing or unusable.
    """
    for reader in readers:
        digest = with_missed(kept.digest, reader.missed, now)
        links = links_of(house, company, kept.digest_key, digest, reader, calendar, now)
        words = rendered(house, company, digest, reader.language, now, links)
        yield _mail(house, company, kept, reader, words, links, digest.lines)


def rendered(
    house: House, company: Company, digest: Digest, language: str, now: datetime, links: MailLinks | None
) -> Rendered:
    """The digest as one reader gets it."""
    spoken = digest.model_copy(update={"language": language})
    return render(spoken, company, now=now, stop_address=stop_address(house, company), links=links)


def stop_address(house: House, company: Company) -> str:
    """Where a mail asks for no more mails."""
    return house.settings.stop_address or company.engagement.broker_address


def links_of(
    house: House, company: Company, digest_key: str, digest: Digest, reader: Reader, calendar: int, now: datetime
) -> MailLinks | None:
    """The reader's own addresses; None where no public address is set."""
    refs = [line.ref for line in digest.lines]
    return mail_links(house, company.id, reader.wishes, digest_key, refs, calendar, now.date())


def _mail(
    house: House,
    company: Company,
    kept: Kept,
    reader: Reader,
    words: Rendered,
    links: MailLinks | None,
    lines: Sequence[Line],
) -> Outgoing:
    settings, contact, week = house.mail, reader.contact, kept.digest.iso_week
    kind = kept.digest_key.rpartition("/")[2]
    message_id = message_id_for(company.id, week, kind, contact.address, house.settings.list_domain)
    is_secure = links is not None and links.stop.startswith("https://")
    body = build(
        words,
        sender=Mailbox(settings.sender_name, settings.sender_address),
        recipient=contact,
        reply_to=Mailbox(company.engagement.broker, company.engagement.broker_address),
        list_id=f"{company.id}.{house.settings.list_domain}",
        stop_address=stop_address(house, company),
        one_click_url=links.stop if links and is_secure else None,
        message_id=message_id,
        date=house.clock(),
        calendar=attachment(house, company, lines, reader.language),
    )
    return Outgoing(
        outbox_key=f"{kept.digest_key}/{contact.address}",
        company_key=company.id,
        iso_week=week,
        kind=kind,
        recipient=contact.address,
        sender=return_path(house, message_id),
        message_id=message_id,
        body=signed(body, settings),
    )


def return_path(house: House, message_id: str) -> str:
    """Where bounces of this mail go: an address only we can make, where a mailbox is set for them (E-16)."""
    settings = house.mail
    if settings.bounce_address is None:
        return settings.sender_address
    local, _, domain = settings.bounce_address.rpartition("@")
    name = message_id.removeprefix("<varde.")[:16]
    return f"{local}+{name}-{tokens.mark(name, link_key(house))}@{domain}"
