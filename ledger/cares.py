"""Care for incidents: steps in, what stands out."""

from sqlalchemy import Connection, select

from ledger.tables_cares import cares
from terms.care import Care


def append_care(connection: Connection, care: Care) -> None:
    """Add one step."""
    connection.execute(cares.insert().values(**care.model_dump()))


def read_cares(connection: Connection, incident_key: str | None = None) -> list[Care]:
    """Every step in order, of one incident or of all."""
    rows = select(cares).order_by(cares.c.care_no)
    if incident_key is not None:
        rows = rows.where(cares.c.incident_key == incident_key)
    return [
        Care.model_validate({name: row._mapping[name] for name in Care.model_fields})
        for row in connection.execute(rows)
    ]
