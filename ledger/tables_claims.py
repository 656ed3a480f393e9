"""Who works on what just now: claims, turns that only one decision can take, second opinions asked for."""

from sqlalchemy import Column, Index, Integer, String, Table, Text

from ledger.tables import Utc, metadata

claims = Table(
    "claims",
    metadata,
    Column("company_key", String(64), primary_key=True),
    Column("cluster_key", Text, primary_key=True),
    Column("person_key", String(32), nullable=False),
    Column("until_at", Utc, nullable=False),
)

# after_no: the newest decision that the broker had seen; of two who saw the same, one takes the turn
turns = Table(
    "turns",
    metadata,
    Column("company_key", String(64), primary_key=True),
    Column("cluster_key", Text, primary_key=True),
    Column("after_no", Integer, primary_key=True),
)

opinions = Table(
    "opinions",
    metadata,
    Column("opinion_no", Integer, primary_key=True, autoincrement=True),
    Column("company_key", String(64), nullable=False),
    Column("cluster_key", Text, nullable=False),
    Column("asked_by", String(32), nullable=False),
    Column("asked_of", String(32), nullable=False),
    Column("question", Text, nullable=False),
    Column("asked_at", Utc, nullable=False),
    Column("said", Text),
    Column("said_at", Utc),
    Index("opinions_by_company", "company_key", "cluster_key"),
)
