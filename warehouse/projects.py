"""Projects with who took part, announcements, and the papers and patents that speak for a partner too."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from terms.organisation import Announcement, Deed, Project
from warehouse.columns import incoming, schema_of
from warehouse.organisations_entries import state_of
from warehouse.sql import queries
from warehouse.store import Connection

_PROJECTS = schema_of(
    project_key="text", source="text", state_key="text", title="text", body="text", facts="text", started_on="date",
    ended_on="date",
)  # fmt: skip
_TAKING_PART = schema_of(project_key="text", organisation_key="text", role="text", funding_eur="int")
_ANNOUNCEMENTS = schema_of(
    announcement_key="text", source="text", call="text", organisation_key="text", state_key="text", facts="text"
)


def project_key(project: Project) -> str:
    """Our name for a project, unique over all sources."""
    return f"{project.source}:{project.source_id}"


def changed_projects(connection: Connection, projects: Sequence[Project]) -> list[Project]:
    """Those that are new or not as we hold them; of several with one key the last counts."""
    last = {project_key(project): project for project in projects}
    with incoming(connection, "incoming", [_project_row(project) for project in last.values()], _PROJECTS):
        found = connection.execute(queries("projects")["changed_projects"].text).fetchall()
    return [last[key] for (key,) in sorted(found)]


def store_projects(
    connection: Connection, projects: Sequence[Project], keys: Sequence[Sequence[str]], at: datetime
) -> None:
    """Projects with the identity of each of their organisations, in their order. Call inside `Warehouse.write`."""
    with incoming(connection, "incoming", [_project_row(project) for project in projects], _PROJECTS):
        connection.execute(queries("projects")["update_projects"].text, [at])
        connection.execute(queries("projects")["insert_projects"].text, [at, at])
    connection.execute(queries("projects")["drop_participations"].text, [[project_key(p) for p in projects]])
    rows = {
        (project_key(project), key): {
            "project_key": project_key(project), "organisation_key": key, "role": one.role,
            "funding_eur": one.funding_eur,
        }
        for project, own in zip(projects, keys, strict=True)
        for one, key in reversed(list(zip(project.organisations, own, strict=True)))
    }  # fmt: skip
    with incoming(connection, "incoming", list(rows.values()), _TAKING_PART):
        connection.execute(queries("projects")["insert_participations"].text)


def changed_announcements(connection: Connection, arriving: Sequence[Announcement]) -> list[Announcement]:
    """Those that are new or not as we hold them."""
    last = {f"{one.source}:{one.source_id}": one for one in arriving}
    with incoming(connection, "incoming", [_announcement_row(one, None) for one in last.values()], _ANNOUNCEMENTS):
        found = connection.execute(queries("projects")["changed_announcements"].text).fetchall()
    return [last[key] for (key,) in sorted(found)]


def store_announcements(
    connection: Connection, arriving: Sequence[Announcement], keys: Sequence[str | None], at: datetime
) -> None:
    """Announcements with the identity behind each, where it is known. Call inside `Warehouse.write`."""
    rows = [_announcement_row(one, key) for one, key in zip(arriving, keys, strict=True)]
    connection.execute(queries("projects")["drop_announcements"].text, [[row["announcement_key"] for row in rows]])
    with incoming(connection, "incoming", rows, _ANNOUNCEMENTS):
        connection.execute(queries("projects")["insert_announcements"].text, [at, at])


def flagged_dois(connection: Connection, most: int) -> list[str]:
    """DOIs of flagged papers whose organisations nobody has looked up yet."""
    return [doi for (doi,) in connection.execute(queries("projects")["flagged_dois"].text, [most]).fetchall()]


def holds_any(connection: Connection) -> bool:
    """Whether there is a project or an announcement at all."""
    return bool(connection.execute(queries("projects")["any_deed"].text).fetchall())


def read_project_deeds(connection: Connection, since: date) -> list[Deed]:
    """Projects that ran on or after a day, newest first; one that two registers hold is one, with all who took part."""
    taking: dict[str, list[tuple[str, str]]] = {}
    for key, organisation, role in connection.execute(queries("projects")["read_participations"].text).fetchall():
        taking.setdefault(key, []).append((organisation, role))
    rows = connection.execute(queries("projects")["read_projects"].text, [since]).fetchall()
    once: dict[str, Deed] = {}
    for row in rows:
        deed = _project_deed(row, tuple(taking.get(row[0], ())))
        other = once.get(deed.url)
        once[deed.url] = _joined(other, deed) if other else deed
    return list(once.values())


def read_announcement_deeds(connection: Connection) -> list[Deed]:
    """Announcements of organisations that we know."""
    rows = connection.execute(queries("projects")["read_announcements"].text).fetchall()
    return [_announcement_deed(*row) for row in rows]


def read_item_deeds(connection: Connection, most: int) -> list[Deed]:
    """The newest papers and patents, with the names of those who did the work, still to be resolved."""
    rows = connection.execute(queries("projects")["read_evidence_items"].text, [most]).fetchall()
    return [_item_deed(*row) for row in rows]


def _project_row(project: Project) -> dict[str, Any]:
    facts = project.model_dump_json(exclude={"capture_sha256", "title", "text"})
    return {
        "project_key": project_key(project), "source": project.source, "title": project.title, "body": project.text,
        "state_key": state_of("\0".join((project.title, project.text, facts))), "facts": facts,
        "started_on": project.started_on, "ended_on": project.ended_on,
    }  # fmt: skip


def _announcement_row(one: Announcement, key: str | None) -> dict[str, Any]:
    facts = one.model_dump_json(exclude={"capture_sha256"})
    return {
        "announcement_key": f"{one.source}:{one.source_id}", "source": one.source, "call": one.call,
        "organisation_key": key, "state_key": state_of(facts), "facts": facts,
    }  # fmt: skip


def _project_deed(row: tuple[Any, ...], organisations: tuple[tuple[str, str], ...]) -> Deed:
    key, source, title, body, facts, started, ended = row
    told = json.loads(facts)
    words = " ".join(code.partition(":")[2] for code in told["codes"])
    return Deed(
        key=key, kind="project", source=source, title=title, text=f"{body} {words}", url=told["url"],
        dated_on=ended or started, calls=tuple(told["calls"]), organisations=organisations,
    )  # fmt: skip


def _joined(one: Deed, other: Deed) -> Deed:
    """Two registers' words on one project: the longer text, everybody's names."""
    roles = dict(other.organisations) | dict(one.organisations)
    longer = one if len(one.text) >= len(other.text) else other
    both = {"organisations": tuple(sorted(roles.items())), "calls": tuple(dict.fromkeys((*one.calls, *other.calls)))}
    return longer.model_copy(update=both)


def _announcement_deed(key: str, source: str, call: str, organisation: str, facts: str) -> Deed:
    told = json.loads(facts)
    on = date.fromisoformat(told["updated_on"]) if told["updated_on"] else None
    title = f"Seeks partners under {call}"
    return Deed(
        key=key, kind="announcement", source=source, title=title, text=told["text"], url=told["url"], dated_on=on,
        calls=(call,), organisations=((organisation, "announced"),),
    )  # fmt: skip


def _item_deed(key: str, kind: str, source: str, on: date | None, title: str, body: str, facts: str) -> Deed:
    told = json.loads(facts)
    people = {frozenset(person["name"].casefold().replace(",", " ").split()) for person in told.get("people", ())}
    named = tuple(
        dict.fromkeys(
            (one["name"], one["country"])
            for one in told.get("organisations", ())
            if one["role"] in ("applicant", "affiliation")
            and frozenset(one["name"].casefold().replace(",", " ").split()) not in people
        )
    )
    return Deed.model_validate(
        {"key": key, "kind": kind, "source": source, "title": title, "text": body, "url": told["url"], "dated_on": on,
         "named": named}
    )  # fmt: skip
