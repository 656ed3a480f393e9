"""Who takes care of which incident; append-only."""

from sqlalchemy import Column, Integer, String, Table, Text

from ledger.tables import Utc, metadata

cares = Table(
    "cares",
    metadata,
    Column("care_no", Integer, primary_key=True, autoincrement=True),
    Column("incident_key", String(64), nullable=False, index=True),
    Column("state", String(12), nullable=False),
    Column("owner_key", String(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("who", String(200), nullable=False),
    Column("at", Utc, nullable=False),
)
