"""Addresses that companies have digests posted to, and the posts; no secret stands here. The same on both engines."""

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint

from ledger.tables import Utc, metadata

webhooks = Table(
    "webhooks",
    metadata,
    Column("company_key", String(64), primary_key=True),
    Column("url", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("rotated_at", Utc),
    Column("failures", Integer, nullable=False),
    Column("changed_at", Utc, nullable=False),
)

posts = Table(
    "posts",
    metadata,
    Column("post_key", String(80), primary_key=True),
    Column("company_key", String(64), nullable=False),
    Column("digest_key", String(120), nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", Utc, nullable=False),
    Column("detail", Text, nullable=False),
    Column("changed_at", Utc, nullable=False),
    UniqueConstraint("company_key", "digest_key"),
)
