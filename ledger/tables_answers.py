"""What readers said: answers, preferences; which calendars are served; what bounced. The same on both engines."""

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text, UniqueConstraint

from ledger.tables import Utc, metadata

readers = Table(
    "readers",
    metadata,
    Column("reader_key", String(32), primary_key=True),
    Column("company_key", String(64), nullable=False),
    Column("address", String(320), nullable=False),
    Column("frequency", String(12), nullable=False),
    Column("language", String(2)),
    Column("generation", Integer, nullable=False),
    Column("stopped_at", Utc),
    Column("changed_at", Utc, nullable=False),
    UniqueConstraint("company_key", "address"),
)

answers = Table(
    "answers",
    metadata,
    Column("answer_no", Integer, primary_key=True, autoincrement=True),
    Column("company_key", String(64), nullable=False),
    Column("digest_key", String(120), nullable=False),
    Column("ref", String(12), nullable=False),
    Column("cluster_key", Text, nullable=False),
    Column("item_key", Text, nullable=False),
    Column("need_key", String(130), nullable=False),
    Column("reader_key", String(32), nullable=False),
    Column("verb", String(12), nullable=False),
    Column("note", Text),
    Column("answered_at", Utc, nullable=False),
    Index("answers_by_company", "company_key", "answer_no"),
)

calendars = Table(
    "calendars",
    metadata,
    Column("company_key", String(64), primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("changed_at", Utc, nullable=False),
)

calendar_events = Table(
    "calendar_events",
    metadata,
    Column("uid", String(120), primary_key=True),
    Column("company_key", String(64), nullable=False, index=True),
    Column("cluster_key", Text, nullable=False),
    Column("ref", String(12), nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("deadline_at", Utc, nullable=False),
    Column("decide_on", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("is_cancelled", Boolean, nullable=False),
    Column("changed_at", Utc, nullable=False),
)

bounces = Table(
    "bounces",
    metadata,
    Column("bounce_key", String(64), primary_key=True),
    Column("address", String(320), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("code", String(20), nullable=False),
    Column("detail", Text, nullable=False),
    Column("is_trusted", Boolean, nullable=False),
    Column("seen_at", Utc, nullable=False),
)
