"""What became of items, a row a step, append-only."""

from sqlalchemy import BigInteger, Column, Date, Integer, String, Table, Text

from ledger.tables import Utc, metadata

outcomes = Table(
    "outcomes",
    metadata,
    Column("outcome_no", Integer, primary_key=True, autoincrement=True),
    Column("ref", String(12), nullable=False, index=True),
    Column("company_key", String(64), nullable=False, index=True),
    Column("need_key", String(130), nullable=False),
    Column("cluster_key", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("verb", String(20), nullable=False),
    Column("ending", String(12)),
    Column("amount_eur", BigInteger),
    Column("happened_on", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("who", String(200), nullable=False),
    Column("noted_at", Utc, nullable=False),
)
