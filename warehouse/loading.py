"""How far a haul that is absorbed in parts has come, so that a kill in between loses and doubles nothing (P63)."""

from typing import NamedTuple

from terms.haul import Haul
from warehouse.items import Absorbed, Counts
from warehouse.sql import queries
from warehouse.store import Connection


class Progress(NamedTuple):
    """What is in of one haul. lines: of its items file. twins: new items that joined a cluster that was there."""

    lines: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    twins: int = 0

    @property
    def counts(self) -> Counts:
        """The items by what became of them."""
        return Counts(self.new, self.changed, self.unchanged)

    def after(self, lines: int, absorbed: Absorbed, twins: int) -> "Progress":
        """This, and another part that ends with line number `lines`."""
        new, changed, unchanged = absorbed.counts
        return Progress(
            lines, self.new + new, self.changed + changed, self.unchanged + unchanged, self.twins + twins
        )  # fmt: skip


def read_progress(connection: Connection, haul: Haul) -> Progress:
    """How far the haul is in; nothing where it was not begun."""
    rows = connection.execute(queries("loading")["read_loading"].text, [haul.source, haul.run_key]).fetchall()
    return Progress(*rows[0]) if rows else Progress()


def keep_progress(connection: Connection, haul: Haul, progress: Progress) -> None:
    """Say how far the haul is in. Call inside the write that stores its items."""
    forget_progress(connection, haul)
    connection.execute(queries("loading")["insert_loading"].text, [haul.source, haul.run_key, *progress])


def forget_progress(connection: Connection, haul: Haul) -> None:
    """The haul is in as a whole. Call inside the write that says so."""
    connection.execute(queries("loading")["delete_loading"].text, [haul.source])
