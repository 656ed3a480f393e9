"""De minimis aid on record per company; append-only, a mistake is taken back by a negative amount."""

from datetime import date, datetime

from sqlalchemy import Connection, func, select

from ledger.tables_aid import aid
from terms.aid import Aid


def append_aid(connection: Connection, row: Aid, who: str, *, at: datetime) -> None:
    """Add one row; who: the broker that was told."""
    connection.execute(aid.insert().values(**row._asdict(), who=who, noted_at=at))


def read_aid(connection: Connection, company_key: str) -> list[Aid]:
    """Every row of one company, oldest first."""
    rows = select(aid).where(aid.c.company_key == company_key).order_by(aid.c.granted_on, aid.c.aid_no)
    return [Aid(r.company_key, r.granted_on, r.amount_eur, r.giver) for r in connection.execute(rows)]


def aid_since(connection: Connection, company_key: str, since: date) -> int | None:
    """Euro granted on or after `since`; None where nothing at all is on record, which is not the same as zero."""
    mine = aid.c.company_key == company_key
    if connection.execute(select(func.count()).where(mine)).scalar() == 0:
        return None
    total = select(func.coalesce(func.sum(aid.c.amount_eur), 0)).where(mine, aid.c.granted_on >= since)
    return int(connection.execute(total).scalar_one())


def companies_on_record(connection: Connection) -> set[str]:
    """Keys of the companies of which anything is on record."""
    return set(connection.execute(select(aid.c.company_key).distinct()).scalars())
