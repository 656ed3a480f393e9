"""Steps of disclosure between companies, append-only: what was shown to whom, who consented, who took it back."""

from sqlalchemy import Column, Integer, String, Table

from ledger.tables import Utc, metadata

disclosures = Table(
    "disclosures",
    metadata,
    Column("disclosure_no", Integer, primary_key=True, autoincrement=True),
    Column("pair_key", String(12), nullable=False, index=True),
    Column("verb", String(20), nullable=False),
    Column("company_key", String(64), nullable=False),
    Column("text_version", String(16), nullable=False),
    Column("said_by", String(200), nullable=False),
    Column("who", String(200), nullable=False),
    Column("at", Utc, nullable=False),
)
