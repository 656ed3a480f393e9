"""A test of this week's digest to whoever asks for it, and to nobody else (P35)."""

from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

from digests.headers import Mailbox
from digests.mail import build, message_id_for
from digests.render import Rendered
from digests.smtp import deliver
from ledger import audit
from terms.company import Address, Company, Contact
from terms.errors import VardeError
from terms.mail import Outgoing
from terms.person import Person, Scope
from watch.desk_digest import sheet
from watch.desk_queue import Workroom

_ADDRESS: TypeAdapter[str] = TypeAdapter(Address)


def send_test(room: Workroom, scope: Scope, company_key: str) -> str:
    """Send the draft as it stands to the person's own address; returns the address.

    It has no links of a reader and is no part of the outbox. Raises NotFound, ValueError where the person has no
    address, VardeError where the server did not take it.
    """
    shown = sheet(room, scope, company_key)
    company, house = shown.week.company, room.house
    address = own_address(scope.person, company)
    if shown.mail is None:
        raise VardeError("there is no draft this week; draft it first")
    outgoing = _outgoing(
        room, company, shown.week.iso_week, shown.mail, Contact(name=scope.person.name, address=address)
    )
    outcome = deliver(outgoing, house.mail)
    if outcome.state != "sent":
        raise VardeError(f"the mail server did not take the test: {outcome.detail}")
    with house.ledger.write() as connection:
        facts = {"company": company.id, "to": address}
        audit.append_audit(connection, scope.person.name, "sent test digest", facts, at=house.clock())
    return address


def own_address(person: Person, company: Company) -> str:
    """The person's log-in name where it is an address, else the engagement's where they are its broker by name.

    Raises ValueError.
    """
    try:
        return _ADDRESS.validate_python(person.login)
    except ValidationError:
        if person.name == company.engagement.broker:
            return company.engagement.broker_address
    raise ValueError("your log-in name is no mail address, so a test cannot be sent to you; ask your operator for one")


def _outgoing(room: Workroom, company: Company, week: str, words: Rendered, to: Contact) -> Outgoing:
    house, settings = room.house, room.house.mail
    domain = house.settings.list_domain
    message_id = message_id_for(company.id, week, f"test {uuid4()}", to.address, domain)
    marked = Rendered(words.language, f"[TEST] {words.subject}", words.preheader, words.html, words.text)
    body = build(
        marked,
        sender=Mailbox(settings.sender_name, settings.sender_address),
        recipient=to,
        reply_to=Mailbox(company.engagement.broker, company.engagement.broker_address),
        list_id=f"test.{company.id}.{domain}",
        message_id=message_id,
        date=house.clock(),
    )
    return Outgoing(
        outbox_key=f"test/{message_id}", company_key=company.id, iso_week=week, kind="test", recipient=to.address,
        sender=settings.sender_address, message_id=message_id, body=body,
    )  # fmt: skip
