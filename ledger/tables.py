"""The ledger's tables, one noun each, the same on SQLite and PostgreSQL. Changes: ledger/schema.py.

Times are stored as UTC without zone and read back aware. Decisions, need versions and audit rows are append-only.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData()


class Utc(TypeDecorator[datetime]):
    """An aware datetime, kept as UTC; a naive one is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware in, naive UTC to the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without zone must not enter the ledger: {value}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Naive UTC from the database, aware out."""
        return value.replace(tzinfo=UTC) if value is not None else None


schema_versions = Table("schema_versions", metadata, Column("version", Integer, primary_key=True))

companies = Table(
    "companies",
    metadata,
    Column("company_key", String(64), primary_key=True),
    Column("map_json", Text, nullable=False),
    Column("is_watched", Boolean, nullable=False),
    Column("imported_at", Utc, nullable=False),
)

need_versions = Table(
    "need_versions",
    metadata,
    Column("need_key", String(130), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("company_key", String(64), nullable=False, index=True),
    Column("need_json", Text, nullable=False),
    Column("since_at", Utc, nullable=False),
)

decisions = Table(
    "decisions",
    metadata,
    Column("decision_no", Integer, primary_key=True, autoincrement=True),
    Column("company_key", String(64), nullable=False),
    Column("need_key", String(130), nullable=False),
    Column("need_version", Integer, nullable=False),
    Column("cluster_key", Text, nullable=False),
    Column("item_key", Text, nullable=False),
    Column("verb", String(12), nullable=False),
    Column("reason", String(40)),
    Column("until", String(10)),
    Column("note", Text),
    Column("broker", String(200), nullable=False),
    Column("model_version", String(80), nullable=False),
    Column("decided_at", Utc, nullable=False),
    Index("decisions_by_company", "company_key", "decision_no"),
)

digests = Table(
    "digests",
    metadata,
    Column("digest_key", String(120), primary_key=True),
    Column("company_key", String(64), nullable=False),
    Column("iso_week", String(8), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(10), nullable=False),
    Column("digest_json", Text, nullable=False),
    Column("composed_at", Utc, nullable=False),
    Column("approved_by", String(200)),
    Column("approved_at", Utc),
    UniqueConstraint("company_key", "iso_week", "kind"),
)

digest_lines = Table(
    "digest_lines",
    metadata,
    Column("digest_key", String(120), primary_key=True),
    Column("ref", String(12), primary_key=True),
    Column("company_key", String(64), nullable=False, index=True),
    Column("cluster_key", Text, nullable=False),
    Column("item_key", Text, nullable=False),
    Column("need_key", String(130), nullable=False),
    Column("position", Integer, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("outbox_key", String(120), primary_key=True),
    Column("digest_key", String(120), nullable=False),
    Column("company_key", String(64), nullable=False),
    Column("iso_week", String(8), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("sender", String(320), nullable=False),
    Column("message_id", String(200), nullable=False, unique=True),
    Column("body", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("detail", Text),
    Column("changed_at", Utc, nullable=False),
    UniqueConstraint("company_key", "iso_week", "kind", "recipient"),
)

sends = Table(
    "sends",
    metadata,
    Column("outbox_key", String(120), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("claimed_at", Utc, nullable=False),
)

stops = Table(
    "stops",
    metadata,
    Column("address", String(320), primary_key=True),
    Column("why", String(200), nullable=False),
    Column("stopped_at", Utc, nullable=False),
)

incidents = Table(
    "incidents",
    metadata,
    Column("incident_key", String(64), primary_key=True),
    Column("place", String(120), nullable=False),
    Column("level", String(10), nullable=False),
    Column("message", Text, nullable=False),
    Column("facts_json", Text, nullable=False),
    Column("first_seen_at", Utc, nullable=False),
    Column("last_seen_at", Utc, nullable=False),
    Column("times", Integer, nullable=False),
    Column("last_run", String(120), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("audit_no", Integer, primary_key=True, autoincrement=True),
    Column("at", Utc, nullable=False),
    Column("who", String(200), nullable=False),
    Column("what", String(80), nullable=False),
    Column("facts_json", Text, nullable=False),
)
