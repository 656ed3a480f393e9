"""What people said and what was promised, in SQLite or PostgreSQL: needs, decisions, digests, outbox, incidents."""
