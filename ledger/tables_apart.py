"""Two items that a broker says are not one thing: what people said, so it outlives a warehouse that is built anew."""

from sqlalchemy import Column, String, Table

from ledger.tables import Utc, metadata

kept_apart = Table(
    "kept_apart",
    metadata,
    Column("item_key", String, primary_key=True),
    Column("other_key", String, primary_key=True),
    Column("broker", String, nullable=False),
    Column("kept_at", Utc, nullable=False),
)
