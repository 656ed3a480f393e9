"""Who did what, append-only (P66)."""

import json
from datetime import datetime

from sqlalchemy import Connection

from ledger.tables import audit


def append_audit(connection: Connection, who: str, what: str, facts: dict[str, str], *, at: datetime) -> None:
    """Add one row."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False)
    connection.execute(audit.insert().values(at=at, who=who, what=what, facts_json=text))
