"""How readers want their mail, and which of their links still hold; every change is audited (P54, P59, E-24)."""

from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection, Row, select

from ledger.audit import append_audit
from ledger.store import insert_new
from ledger.tables import stops
from ledger.tables_answers import calendars, readers
from terms.answer import Preferences


def reader_key(company_key: str, address: str) -> str:
    """Our name for a reader of one company; the address cannot be read from it."""
    return sha256(f"{company_key}\0{address.lower()}".encode()).hexdigest()[:16]


def read_preferences(connection: Connection, company_key: str, address: str) -> Preferences:
    """One reader's wishes; weekly where nothing was ever said."""
    key = reader_key(company_key, address)
    found = read_reader(connection, key)
    return found or Preferences(company_key=company_key, address=address.lower(), reader_key=key)


def read_reader(connection: Connection, key: str) -> Preferences | None:
    """The reader of this key, where anything was ever said."""
    row = connection.execute(select(readers).where(readers.c.reader_key == key)).one_or_none()
    return _preferences(row) if row else None


def read_every_reader(connection: Connection) -> list[Preferences]:
    """Every reader who ever said anything, by company and address."""
    rows = select(readers).order_by(readers.c.company_key, readers.c.address)
    return [_preferences(row) for row in connection.execute(rows)]


def save_preferences(connection: Connection, wanted: Preferences, *, how: str, at: datetime) -> bool:
    """Keep what a reader wants, and audit it as proof of consent; False where it stood so before."""
    before = read_preferences(connection, wanted.company_key, wanted.address)
    if before == wanted:
        return False
    row = {**wanted.model_dump(), "address": wanted.address.lower(), "changed_at": at}
    if not insert_new(connection, readers, row, on=["reader_key"]):
        connection.execute(readers.update().where(readers.c.reader_key == wanted.reader_key).values(**row))
    facts = {
        name: f"{old} > {new}"
        for name, old in before.model_dump().items()
        if (new := getattr(wanted, name)) != old and name != "address"
    }
    append_audit(
        connection, f"reader:{wanted.reader_key}", "changed preferences",
        {"company": wanted.company_key, "how": how, **facts}, at=at,
    )  # fmt: skip
    return True


def is_wanted(connection: Connection, company_key: str, address: str) -> bool:
    """Whether a mail may go to this address now: neither stopped, unsubscribed nor paused (E-18)."""
    stopped = connection.execute(select(stops.c.address).where(stops.c.address == address.lower())).first()
    return stopped is None and read_preferences(connection, company_key, address).is_wanted


def calendar_generation(connection: Connection, company_key: str) -> int:
    """Which generation of a company's calendar address holds; 1 until it was revoked."""
    found = connection.execute(select(calendars.c.generation).where(calendars.c.company_key == company_key)).scalar()
    return int(found or 1)


def revoke_calendar(connection: Connection, company_key: str, *, at: datetime) -> int:
    """Every earlier calendar address of the company stops working; returns the new generation."""
    generation = calendar_generation(connection, company_key) + 1
    row = {"company_key": company_key, "generation": generation, "changed_at": at}
    if not insert_new(connection, calendars, row, on=["company_key"]):
        connection.execute(calendars.update().where(calendars.c.company_key == company_key).values(**row))
    return generation


def _preferences(row: Row[tuple[object, ...]]) -> Preferences:
    values = row._mapping
    return Preferences.model_validate({name: values[name] for name in Preferences.model_fields})
