"""Reasons of matches that were stored without: they are made when a match is to be shown, and stay (P20, P21)."""

from collections.abc import Sequence
from typing import NamedTuple

from terms.match import Document, Reasons
from warehouse.columns import incoming, schema_of, table_of
from warehouse.matches import document_of
from warehouse.sql import queries
from warehouse.store import Connection

UNTOLD = Reasons(terms=(), passages=()).model_dump_json()  # stands in the view `opportunities` too
_WANTED = schema_of(item_key="text")
_TOLD = schema_of(need_key="text", need_version="int", cluster_key="text", model_version="text", reasons="text")


class Untold(NamedTuple):
    """A stored match without reasons. cluster_key: that under which it was matched."""

    need_key: str
    need_version: int
    cluster_key: str
    item_key: str
    model_version: str


def read_matched(connection: Connection, item_keys: Sequence[str]) -> dict[str, Document]:
    """The items of matches by key, with the codes of their clusters of today."""
    with incoming(connection, "wanted", table_of(_WANTED, sorted(set(item_keys))), _WANTED):
        rows = connection.execute(queries("reasons")["read_matched"].text).fetchall()
    return {row[1]: document_of(row) for row in rows}


def store_reasons(connection: Connection, told: Sequence[tuple[Untold, Reasons | None]]) -> None:
    """Keep the reasons; a match that has none goes. Call inside `Warehouse.write`."""
    _apply(connection, "update_reasons", "told", [(one, why.model_dump_json()) for one, why in told if why is not None])
    _apply(connection, "delete_untellable", "untellable", [(one, "") for one, why in told if why is None])


def _apply(connection: Connection, query: str, name: str, rows: Sequence[tuple[Untold, str]]) -> None:
    if rows:
        columns = ([getattr(one, field) for one, _ in rows] for field in _TOLD.names[:-1])
        with incoming(connection, name, table_of(_TOLD, *columns, [why for _, why in rows]), _TOLD):
            connection.execute(queries("reasons")[query].text)
