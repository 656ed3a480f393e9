"""Claims, turns and second opinions: what keeps two brokers off one opportunity."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, select

from ledger.store import insert_new
from ledger.tables_claims import claims, opinions, turns


class Claim(NamedTuple):
    """Somebody works on a cluster for a company until a moment."""

    company_key: str
    cluster_key: str
    person_key: str
    until_at: datetime


class Opinion(NamedTuple):
    """A second opinion: asked, and said once it is."""

    opinion_no: int
    company_key: str
    cluster_key: str
    asked_by: str
    asked_of: str
    question: str
    asked_at: datetime
    said: str | None
    said_at: datetime | None


def claim(connection: Connection, wanted: Claim, *, at: datetime) -> bool:
    """Take or prolong a claim by a UNIQUE insert; False where somebody else holds it."""
    of_cluster = (claims.c.company_key == wanted.company_key) & (claims.c.cluster_key == wanted.cluster_key)
    free = (claims.c.until_at <= at) | (claims.c.person_key == wanted.person_key)
    connection.execute(claims.delete().where(of_cluster & free))
    return insert_new(connection, claims, wanted._asdict(), on=["company_key", "cluster_key"])


def release(connection: Connection, company_key: str, cluster_key: str) -> None:
    """Nobody works on it any more."""
    of_cluster = (claims.c.company_key == company_key) & (claims.c.cluster_key == cluster_key)
    connection.execute(claims.delete().where(of_cluster))


def read_claims(connection: Connection, *, at: datetime) -> list[Claim]:
    """Those that hold now; few, since each lasts minutes."""
    names = (claims.c[name] for name in Claim._fields)
    return [Claim(*row) for row in connection.execute(select(*names).where(claims.c.until_at > at))]


def take_turn(connection: Connection, company_key: str, cluster_key: str, after_no: int) -> bool:
    """True for the first who decides after what they saw; False for everybody after."""
    row = {"company_key": company_key, "cluster_key": cluster_key, "after_no": after_no}
    return insert_new(connection, turns, row, on=list(row))


def ask(
    connection: Connection, company_key: str, cluster_key: str, *, by: str, of: str, why: str, at: datetime
) -> None:
    """Ask a colleague; by and of are person keys."""
    row = {"company_key": company_key, "cluster_key": cluster_key, "asked_by": by, "asked_of": of}
    connection.execute(opinions.insert().values(**row, question=why, asked_at=at))


def answer(connection: Connection, opinion_no: int, said: str, *, at: datetime) -> bool:
    """What the colleague says, once."""
    unsaid = (opinions.c.opinion_no == opinion_no) & opinions.c.said.is_(None)
    return connection.execute(opinions.update().where(unsaid).values(said=said, said_at=at)).rowcount == 1


def read_opinions(connection: Connection, company_keys: Iterable[str]) -> list[Opinion]:
    """Every opinion asked for on these companies' clusters, oldest first."""
    names = (opinions.c[name] for name in Opinion._fields)
    wanted = set(company_keys)
    rows = connection.execute(select(*names).order_by(opinions.c.opinion_no))
    return [Opinion(*row) for row in rows if row.company_key in wanted]
