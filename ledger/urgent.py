"""Which closing calls a broker was told of: each once, and again only where its deadline moved (P57)."""

from datetime import datetime

from sqlalchemy import Connection

from ledger.store import insert_new
from ledger.tables_urgent import closing_told


def tell_once(connection: Connection, company_key: str, ref: str, deadline_at: datetime, *, at: datetime) -> bool:
    """Remember that a broker is told now; False where that was so before."""
    row = {"company_key": company_key, "ref": ref, "deadline_at": deadline_at, "told_at": at}
    return insert_new(connection, closing_told, row, on=["company_key", "ref", "deadline_at"])
