"""What people changed of drafts: order, a mentor's sentence, lines held back."""

from sqlalchemy import Column, String, Table, Text

from ledger.tables import Utc, metadata

digest_edits = Table(
    "digest_edits",
    metadata,
    Column("digest_key", String(160), primary_key=True),
    Column("edit_json", Text, nullable=False),
    Column("changed_at", Utc, nullable=False),
)

# until_week: the first ISO week that may tell it again; null for never
held_lines = Table(
    "held_lines",
    metadata,
    Column("company_key", String(64), primary_key=True),
    Column("cluster_key", Text, primary_key=True),
    Column("ref", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("until_week", String(8)),
    Column("held_by", Text, nullable=False),
    Column("held_at", Utc, nullable=False),
)
