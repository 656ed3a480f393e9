"""Every company there ever was, by name; also those that are not watched any more."""

import json

from sqlalchemy import Connection, select

from ledger.tables import companies


def read_names(connection: Connection) -> dict[str, str]:
    """Key -> name."""
    rows = connection.execute(select(companies.c.company_key, companies.c.map_json)).tuples()
    return {key: str(json.loads(text)["name"]) for key, text in rows}
