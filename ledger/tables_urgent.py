"""Calls that brokers were told of since they close before the next digest (P57). The same on both engines."""

from sqlalchemy import Column, String, Table

from ledger.tables import Utc, metadata

closing_told = Table(
    "closing_told",
    metadata,
    Column("company_key", String(64), primary_key=True),
    Column("ref", String(12), primary_key=True),
    Column("deadline_at", Utc, primary_key=True),
    Column("told_at", Utc, nullable=False),
)
