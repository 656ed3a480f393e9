"""Companies and the versions of their needs (P01, P02)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from ledger.store import insert_new
from ledger.tables import companies, need_versions
from terms.company import Company, Need, NeedVersion

_FEW = 500  # more keys than this are not listed in a statement


def save_company(connection: Connection, company: Company, *, at: datetime) -> list[NeedVersion]:
    """Store a need map; every need that changed gets a new version. Returns the new versions, empty where none."""
    row = {"company_key": company.id, "map_json": company.model_dump_json(), "is_watched": True, "imported_at": at}
    if not insert_new(connection, companies, row, on=["company_key"]):
        stored = select(companies.c.map_json, companies.c.is_watched).where(companies.c.company_key == company.id)
        if connection.execute(stored).one() != (row["map_json"], True):
            connection.execute(companies.update().where(companies.c.company_key == company.id).values(**row))
    known = {version.need.id: version for version in current_needs(connection, company.id)}
    fresh = [
        NeedVersion(
            need_key=f"{company.id}/{need.id}",
            company_key=company.id,
            version=known[need.id].version + 1 if need.id in known else 1,
            need=need,
        )
        for need in company.needs
        if need.id not in known or known[need.id].need != need
    ]
    for version in fresh:
        connection.execute(
            need_versions.insert().values(
                need_key=version.need_key,
                version=version.version,
                company_key=company.id,
                need_json=version.need.model_dump_json(),
                since_at=at,
            )
        )
    return fresh


def unwatch_others(connection: Connection, watched: Sequence[str]) -> list[str]:
    """Companies that are in no map any more are not watched; what was decided for them stays. Returns their keys."""
    others = companies.c.is_watched & companies.c.company_key.not_in(list(watched))
    gone = sorted(connection.execute(select(companies.c.company_key).where(others)).scalars())
    connection.execute(companies.update().where(others).values(is_watched=False))
    return gone


def read_companies(connection: Connection) -> list[Company]:
    """Every watched company, by key."""
    rows = connection.execute(
        select(companies.c.map_json).where(companies.c.is_watched).order_by(companies.c.company_key)
    )
    return [Company.model_validate_json(text) for text in rows.scalars()]


def company_keys(connection: Connection) -> list[str]:
    """The key of every watched company."""
    rows = select(companies.c.company_key).where(companies.c.is_watched).order_by(companies.c.company_key)
    return list(connection.execute(rows).scalars())


def read_maps(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """The need maps, as stored JSON, of those of these companies that are watched."""
    rows = select(companies.c.company_key, companies.c.map_json).where(companies.c.is_watched)
    if len(keys) <= _FEW:
        rows = rows.where(companies.c.company_key.in_(list(keys)))
    wanted = set(keys)
    return {key: text for key, text in connection.execute(rows).tuples() if key in wanted}


def current_needs(connection: Connection, company_key: str | None = None) -> list[NeedVersion]:
    """The newest version of every need, of one company or of all."""
    newest = (
        select(need_versions.c.need_key, func.max(need_versions.c.version).label("version"))
        .group_by(need_versions.c.need_key)
        .subquery()
    )
    rows = (
        select(need_versions)
        .join(newest, (need_versions.c.need_key == newest.c.need_key) & (need_versions.c.version == newest.c.version))
        .order_by(need_versions.c.need_key)
    )
    if company_key is not None:
        rows = rows.where(need_versions.c.company_key == company_key)
    return [_version(r.need_key, r.company_key, r.version, r.need_json) for r in connection.execute(rows)]


def read_need(connection: Connection, need_key: str, version: int) -> NeedVersion | None:
    """The text a match or a decision was made on (P02)."""
    row = connection.execute(
        select(need_versions).where(need_versions.c.need_key == need_key, need_versions.c.version == version)
    ).one_or_none()
    return _version(row.need_key, row.company_key, row.version, row.need_json) if row else None


def read_watched_needs(connection: Connection) -> list[NeedVersion]:
    """The needs to match, as the ledger holds them now."""
    return watched_needs(read_companies(connection), current_needs(connection))


def watched_needs(every: Sequence[Company], versions: Sequence[NeedVersion]) -> list[NeedVersion]:
    """The needs to match: active, and still in their company's map."""
    in_maps = {f"{company.id}/{need.id}" for company in every for need in company.needs if need.status == "active"}
    return [version for version in versions if version.need_key in in_maps]


def _version(need_key: str, company_key: str, version: int, text: str) -> NeedVersion:
    return NeedVersion(need_key=need_key, company_key=company_key, version=version, need=Need.model_validate_json(text))
