"""Edits of drafts, lines held back, and one company's digests over time (P35)."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, select

from ledger.digests import Kept, read_digest
from ledger.store import insert_new
from ledger.tables import digests
from ledger.tables_edits import digest_edits, held_lines
from terms.edit import Edit, Held


def read_edit(connection: Connection, digest_key: str) -> Edit:
    """What was changed of one draft; nothing where nobody changed it."""
    text = connection.execute(select(digest_edits.c.edit_json).where(digest_edits.c.digest_key == digest_key)).scalar()
    return Edit.model_validate_json(text) if text else Edit()


def save_edit(connection: Connection, digest_key: str, edit: Edit, *, at: datetime) -> None:
    """Replace what was changed."""
    row = {"digest_key": digest_key, "edit_json": edit.model_dump_json(), "changed_at": at}
    if not insert_new(connection, digest_edits, row, on=["digest_key"]):
        connection.execute(digest_edits.update().where(digest_edits.c.digest_key == digest_key).values(**row))


def hold(connection: Connection, held: Held, *, at: datetime) -> None:
    """Keep a line out of drafts; held before, it is held anew."""
    release(connection, held.company_key, held.cluster_key)
    connection.execute(held_lines.insert().values(**held.model_dump(), held_at=at))


def release(connection: Connection, company_key: str, cluster_key: str) -> bool:
    """Let a line into drafts again; False where it was not held."""
    wanted = (held_lines.c.company_key == company_key) & (held_lines.c.cluster_key == cluster_key)
    return connection.execute(held_lines.delete().where(wanted)).rowcount > 0


def read_held(connection: Connection, company_key: str, iso_week: str) -> list[Held]:
    """What may not be told to a company in this ISO week, by title."""
    is_out = held_lines.c.until_week.is_(None) | (held_lines.c.until_week > iso_week)
    rows = select(held_lines).where(held_lines.c.company_key == company_key, is_out).order_by(held_lines.c.title)
    return [Held(**{name: row._mapping[name] for name in Held.model_fields}) for row in connection.execute(rows)]


def read_digests_of(connection: Connection, company_keys: Iterable[str], iso_week: str | None = None) -> list[Kept]:
    """Digests of these companies, of one week or of all, newest week first."""
    rows = select(digests.c.digest_key, digests.c.company_key).order_by(
        digests.c.iso_week.desc(), digests.c.company_key
    )
    if iso_week is not None:
        rows = rows.where(digests.c.iso_week == iso_week)
    wanted = set(company_keys)
    return [read_digest(connection, key) for key, company in connection.execute(rows).tuples() if company in wanted]
