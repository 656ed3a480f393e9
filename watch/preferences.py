"""What readers do with the links of their mails: stop, start again, choose how often, in which language (P59)."""

from collections.abc import Iterator
from typing import NamedTuple

from ledger import audit, companies, outbox, preferences
from terms.answer import Frequency, Preferences, Purpose, Scope
from terms.company import Company
from terms.errors import NotFound
from watch.companies import find_company
from watch.house import House
from watch.links import read_link

LANGUAGES = ("en", "nb")


class Visitor(NamedTuple):
    """Who followed a link: nobody logs in, the link says it. language: the page's."""

    scope: Scope
    wishes: Preferences
    company_name: str
    broker: str
    broker_address: str
    language: str


def visitor_of(house: House, token: str, purpose: Purpose) -> Visitor:
    """The reader a link was made for; nothing is changed. Raises NotFound where it is wrong, too old or revoked."""
    scope = read_link(house, token, purpose)
    with house.ledger.read() as connection:
        known = {company.id: company for company in companies.read_companies(connection)}
        company = known.get(scope.company_key)
        contacts = {contact.address.lower() for contact in company.contacts} if company else set()
        addresses = contacts | set(outbox.read_weeks(connection, scope.company_key))
        wishes = preferences.read_reader(connection, scope.reader_key)
        for address in sorted(addresses):
            if wishes is None and preferences.reader_key(scope.company_key, address) == scope.reader_key:
                wishes = preferences.read_preferences(connection, scope.company_key, address)
    if wishes is None or wishes.company_key != scope.company_key or scope.generation != wishes.generation:
        raise NotFound("this link is wrong, too old, or was revoked")
    return _visitor(scope, wishes, company)


def stop_by_link(house: House, token: str, *, how: str) -> Visitor:
    """No more mails of this company's list to this reader; doing it twice is the same as once. Raises NotFound."""
    visitor = visitor_of(house, token, "stop")
    if visitor.wishes.stopped_at is not None:
        return visitor
    return _saved(house, visitor, visitor.wishes.model_copy(update={"stopped_at": house.clock()}), how)


def save_by_link(house: House, token: str, *, frequency: Frequency, language: str | None, is_on: bool) -> Visitor:
    """Keep what the reader chose on the settings page. is_on: wants mails, also after having stopped them (E-24).

    Raises NotFound for a link that does not hold, ValueError for a language that the mail is not written in.
    """
    if language is not None and language not in LANGUAGES:
        raise ValueError(f"no mail is written in {language!r}; choose one of {', '.join(LANGUAGES)}")
    visitor = visitor_of(house, token, "settings")
    stopped = None if is_on else visitor.wishes.stopped_at or house.clock()
    wanted = visitor.wishes.model_copy(update={"frequency": frequency, "language": language, "stopped_at": stopped})
    return _saved(house, visitor, wanted, "settings page")


def revoke_links(house: House, company_key: str, address: str, *, by: str) -> int:
    """Every link that a reader ever got stops working; the next mail has new ones. Returns the new generation."""
    company = find_company(house, company_key)
    if address.lower() not in {contact.address.lower() for contact in company.contacts}:
        raise NotFound(f"{company_key} has no reader {address!r}; its need map lists them under contacts")
    with house.ledger.write() as connection:
        wishes = preferences.read_preferences(connection, company_key, address)
        wanted = wishes.model_copy(update={"generation": wishes.generation + 1})
        preferences.save_preferences(connection, wanted, how=f"revoked by {by}", at=house.clock())
    return wanted.generation


def revoke_calendar(house: House, company_key: str, *, by: str) -> int:
    """The company's calendar address stops working; the next mail has a new one. Returns the new generation."""
    find_company(house, company_key)
    with house.ledger.write() as connection:
        generation = preferences.revoke_calendar(connection, company_key, at=house.clock())
        audit.append_audit(connection, by, "revoked calendar", {"company": company_key}, at=house.clock())
    return generation


def readers_table(house: House) -> list[dict[str, str]]:
    """Every reader and what they chose, one row each."""
    return [dict(row) for row in _reader_rows(house)]


def _reader_rows(house: House) -> Iterator[dict[str, str]]:
    with house.ledger.read() as connection:
        for company in companies.read_companies(connection):
            last = outbox.read_weeks(connection, company.id)
            for contact in company.contacts:
                wishes = preferences.read_preferences(connection, company.id, contact.address)
                wanted = preferences.is_wanted(connection, company.id, contact.address)
                yield {
                    "company": company.id,
                    "reader": contact.address,
                    "wants": wishes.frequency if wanted or wishes.frequency == "paused" else "stopped",
                    "language": wishes.language or contact.language,
                    "last week": last.get(contact.address.lower(), ""),
                }


def _visitor(scope: Scope, wishes: Preferences, company: Company | None) -> Visitor:
    spoken = (
        next((c.language for c in company.contacts if c.address.lower() == wishes.address), "en") if company else "en"
    )
    return Visitor(
        scope,
        wishes,
        company.name if company else wishes.company_key,
        company.engagement.broker if company else "",
        company.engagement.broker_address if company else "",
        wishes.language or spoken,
    )


def _saved(house: House, visitor: Visitor, wanted: Preferences, how: str) -> Visitor:
    with house.ledger.write() as connection:
        preferences.save_preferences(connection, wanted, how=how, at=house.clock())
    return visitor._replace(wishes=wanted, language=wanted.language or visitor.language)
