"""Every version of a need with its day, so that a page can show what changed (P02)."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger.tables import need_versions
from terms.company import Need


class Dated(NamedTuple):
    """One version of a need, and since when it stands."""

    version: int
    since_at: datetime
    need: Need


def read_versions(connection: Connection, company_key: str) -> dict[str, list[Dated]]:
    """Need key -> its versions, newest first."""
    rows = select(need_versions).where(need_versions.c.company_key == company_key)
    found: dict[str, list[Dated]] = {}
    for row in connection.execute(rows.order_by(need_versions.c.need_key, need_versions.c.version.desc())):
        dated = Dated(row.version, row.since_at, Need.model_validate_json(row.need_json))
        found.setdefault(row.need_key, []).append(dated)
    return found
