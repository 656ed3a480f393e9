"""Hop 6: digests, draft > approved > sent (or merged into a later one); a line told once is not told again."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, distinct, func, select

from ledger.store import insert_new
from ledger.tables import digest_lines, digests
from terms.digest import Digest
from terms.errors import NotFound

_TOLD = ("approved", "sent")


class Kept(NamedTuple):
    """A digest as kept, with its state."""

    digest_key: str
    state: str
    digest: Digest
    composed_at: datetime
    approved_by: str | None
    approved_at: datetime | None


class KeptLine(NamedTuple):
    """One line of a digest: which cluster, for which need."""

    digest_key: str
    ref: str
    company_key: str
    cluster_key: str
    item_key: str
    need_key: str


def digest_key(company_key: str, iso_week: str, kind: str = "digest") -> str:
    """Our name for a company's mail of a week: at most one of a kind (RELIABILITY E-19)."""
    return f"{company_key}/{iso_week}/{kind}"


def save_draft(connection: Connection, digest: Digest, *, at: datetime, kind: str = "digest") -> bool:
    """Store or replace a draft; False where the digest is approved already and stays as it is."""
    key = digest_key(digest.company_key, digest.iso_week, kind)
    row = {
        "digest_key": key, "company_key": digest.company_key, "iso_week": digest.iso_week, "kind": kind,
        "state": "draft", "digest_json": digest.model_dump_json(), "composed_at": at,
    }  # fmt: skip
    if not insert_new(connection, digests, row, on=["company_key", "iso_week", "kind"]):
        of_draft = (digests.c.digest_key == key) & (digests.c.state == "draft")
        values = {"digest_json": row["digest_json"], "composed_at": at}
        if connection.execute(digests.update().where(of_draft).values(**values)).rowcount != 1:
            return False
    connection.execute(digest_lines.delete().where(digest_lines.c.digest_key == key))
    lines = [
        {"digest_key": key, "ref": line.ref, "company_key": digest.company_key, "cluster_key": line.cluster_key,
         "item_key": line.item_key, "need_key": line.need_key, "position": position}
        for position, line in enumerate(digest.lines)
    ]  # fmt: skip
    if lines:
        connection.execute(digest_lines.insert(), lines)
    return True


def drop_draft(connection: Connection, company_key: str, iso_week: str, kind: str = "digest") -> None:
    """Take back a draft that has nothing left to say; an approved digest stays."""
    key = digest_key(company_key, iso_week, kind)
    dropped = connection.execute(digests.delete().where(digests.c.digest_key == key, digests.c.state == "draft"))
    if dropped.rowcount:
        connection.execute(digest_lines.delete().where(digest_lines.c.digest_key == key))


def set_approved(connection: Connection, key: str, *, by: str, at: datetime) -> bool:
    """draft > approved, once; False where somebody was faster."""
    values = {"state": "approved", "approved_by": by, "approved_at": at}
    of_draft = (digests.c.digest_key == key) & (digests.c.state == "draft")
    return connection.execute(digests.update().where(of_draft).values(**values)).rowcount == 1


def set_sent(connection: Connection, key: str) -> None:
    """approved > sent."""
    of_approved = (digests.c.digest_key == key) & (digests.c.state == "approved")
    connection.execute(digests.update().where(of_approved).values(state="sent"))


def set_merged(connection: Connection, key: str) -> None:
    """approved > merged: no mail of it left in time; its lines are told in a later one (E-12)."""
    of_approved = (digests.c.digest_key == key) & (digests.c.state == "approved")
    connection.execute(digests.update().where(of_approved).values(state="merged"))


def read_open(connection: Connection, company_key: str | None = None) -> list[Kept]:
    """Digests that are approved and not sent, oldest week first."""
    rows = select(digests).where(digests.c.state == "approved").order_by(digests.c.iso_week, digests.c.digest_key)
    if company_key is not None:
        rows = rows.where(digests.c.company_key == company_key)
    return [_kept(row._mapping) for row in connection.execute(rows)]


def read_told_digests(connection: Connection, company_key: str, after: str, before: str) -> list[Kept]:
    """Approved or sent digests of a company between two ISO weeks, both left out, oldest first."""
    between = (digests.c.company_key == company_key) & (digests.c.iso_week > after) & (digests.c.iso_week < before)
    told = between & digests.c.state.in_(_TOLD)
    return [_kept(r._mapping) for r in connection.execute(select(digests).where(told).order_by(digests.c.iso_week))]


def read_digest(connection: Connection, key: str) -> Kept:
    """One digest. Raises NotFound."""
    row = connection.execute(select(digests).where(digests.c.digest_key == key)).one_or_none()
    if row is None:
        raise NotFound(f"there is no digest {key}; `varde digest list` shows those there are")
    return _kept(row._mapping)


def read_digests(connection: Connection, iso_week: str | None = None) -> list[Kept]:
    """Digests of one week or of all, by key."""
    rows = select(digests).order_by(digests.c.digest_key)
    if iso_week is not None:
        rows = rows.where(digests.c.iso_week == iso_week)
    return [_kept(row._mapping) for row in connection.execute(rows)]


def read_told(connection: Connection) -> set[tuple[str, str]]:
    """(company, cluster key) of every line in an approved or sent digest."""
    rows = (
        select(digest_lines.c.company_key, digest_lines.c.cluster_key)
        .join(digests, digests.c.digest_key == digest_lines.c.digest_key)
        .where(digests.c.state.in_(_TOLD))
    )
    return {(row.company_key, row.cluster_key) for row in connection.execute(rows)}


def count_told(connection: Connection) -> dict[str, int]:
    """need key -> clusters told in approved or sent digests (P05)."""
    rows = (
        select(digest_lines.c.need_key, func.count(distinct(digest_lines.c.cluster_key)))
        .join(digests, digests.c.digest_key == digest_lines.c.digest_key)
        .where(digests.c.state.in_(_TOLD))
        .group_by(digest_lines.c.need_key)
    )
    return {row[0]: int(row[1]) for row in connection.execute(rows)}


def find_lines(connection: Connection, ref: str) -> list[KeptLine]:
    """Lines of this ref, of every company and week."""
    names = (digest_lines.c[name] for name in KeptLine._fields)
    rows = select(*names).where(digest_lines.c.ref == ref).order_by(digest_lines.c.digest_key)
    return [KeptLine(*row) for row in connection.execute(rows)]


def _kept(row: object) -> Kept:
    values = dict(row)  # type: ignore[call-overload]
    return Kept(
        values["digest_key"],
        values["state"],
        Digest.model_validate_json(values["digest_json"]),
        values["composed_at"],
        values["approved_by"],
        values["approved_at"],
    )
