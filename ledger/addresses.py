"""What came back for which address, once each; whether a bounce may stop an address is decided by who signed it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger.store import insert_new
from ledger.tables_answers import bounces


class Bounced(NamedTuple):
    """One mail that came back. is_trusted: it came to an address that only our own mail carried (E-16)."""

    bounce_key: str
    address: str
    kind: str
    code: str
    detail: str
    is_trusted: bool
    seen_at: datetime


def add_bounce(connection: Connection, bounced: Bounced) -> bool:
    """Keep a bounce; False where this very mail was read before."""
    return insert_new(connection, bounces, bounced._asdict(), on=["bounce_key"])


def read_bounces(connection: Connection) -> list[Bounced]:
    """Every bounce, oldest first."""
    names = (bounces.c[name] for name in Bounced._fields)
    return [
        Bounced(*row) for row in connection.execute(select(*names).order_by(bounces.c.seen_at, bounces.c.bounce_key))
    ]
