"""People of the desk, the companies they serve, their sessions, and tries to log in."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from ledger.tables import Utc, metadata

people = Table(
    "people",
    metadata,
    Column("person_key", String(32), primary_key=True),
    Column("login", String(200), nullable=False, unique=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("role", String(12), nullable=False),
    Column("language", String(2), nullable=False),
    Column("shortcuts", Boolean, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("since_at", Utc, nullable=False),
)

# company_key `*`: every company there is
serves = Table(
    "serves",
    metadata,
    Column("person_key", String(32), primary_key=True),
    Column("company_key", String(64), primary_key=True),
)

# secret_hash: SHA-256 of the cookie; a stolen ledger opens no session
sessions = Table(
    "sessions",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("person_key", String(32), nullable=False, index=True),
    Column("opened_at", Utc, nullable=False),
    Column("used_at", Utc, nullable=False),
)

# browsers that somebody has logged in with before: others guessing at the account do not slow them down
devices = Table(
    "devices",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("person_key", String(32), nullable=False, index=True),
    Column("since_at", Utc, nullable=False),
)

# failed tries; place: what is throttled, hashed
login_tries = Table(
    "login_tries",
    metadata,
    Column("try_no", Integer, primary_key=True, autoincrement=True),
    Column("place", String(64), nullable=False),
    Column("at", Utc, nullable=False),
    Index("login_tries_by_place", "place", "at"),
)
