"""State aid that companies say they received; the ledger of three years behind de minimis."""

from sqlalchemy import Column, Date, Integer, String, Table

from ledger.tables import Utc, metadata

aid = Table(
    "aid",
    metadata,
    Column("aid_no", Integer, primary_key=True, autoincrement=True),
    Column("company_key", String(64), nullable=False, index=True),
    Column("granted_on", Date, nullable=False),
    Column("amount_eur", Integer, nullable=False),
    Column("giver", String(200), nullable=False),
    Column("who", String(200), nullable=False),
    Column("noted_at", Utc, nullable=False),
)
