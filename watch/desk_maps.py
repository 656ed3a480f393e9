"""Need maps changed at the desk: checked whole, kept as new versions, written to the maps' folder (P01, P02)."""

import json
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from ledger import audit, companies
from needs.check import hints
from needs.maps import understand
from needs.reasons import reason_for
from needs.writing import write_map
from terms.company import Company, Need, NeedVersion
from terms.errors import MapNotUnderstood, NotFound, Overtaken, VardeError
from terms.person import Scope
from watch.desk_companies import company_of
from watch.desk_queue import Workroom

_LISTS = ("include", "exclude", "cpc", "arxiv")
_NUMBERS = ("trl_now", "trl_target", "priority")


class Checked(NamedTuple):
    """A need as written in a form. need, company: None where it is refused. problems: field -> what to do."""

    need: Need | None
    company: Company | None
    problems: Mapping[str, str]
    hints: Sequence[str]


def map_stamp(company: Company) -> str:
    """Changes with the map; a form carries it back."""
    return sha256(company.model_dump_json().encode()).hexdigest()[:16]


def check_need(
    room: Workroom, scope: Scope, company_key: str, need_id: str | None, fields: Mapping[str, str]
) -> Checked:
    """The need of a form, as the map would take it. need_id: of the one that is edited, None for a new one.

    Raises NotFound for a company that others serve, or a need there is not.
    """
    company = company_of(room, scope, company_key)
    if need_id is not None and need_id not in {need.id for need in company.needs}:
        raise NotFound("there is no such need")
    try:
        need = Need.model_validate_json(json.dumps(_raw(fields, need_id)), strict=True)
    except ValidationError as error:
        found = {_field(one["loc"]): reason_for(("needs", 0, *one["loc"]), one) for one in error.errors()}
        return Checked(None, None, found, ())
    others = [need if one.id == need_id else one for one in company.needs]
    changed = company.model_copy(update={"needs": tuple(others if need_id else [*others, need])})
    try:
        write_map(changed)
    except MapNotUnderstood as error:
        return Checked(None, None, _by_field(str(error)), ())
    told = [hint.partition(": ")[2] for hint in hints(changed, room.house.clock().date()) if _is_of(hint, need)]
    return Checked(need, changed, {}, told)


def save_map(room: Workroom, scope: Scope, company: Company, seen: str | None) -> list[NeedVersion]:
    """Keep a checked map; every need that changed gets a new version. Ledger and file change together or not at all.

    seen: `map_stamp` of the map that was changed, None for an import that replaces it. Raises Overtaken where it was
    changed meanwhile, NotFound for a company that others serve, VardeError where the file cannot be written.
    """
    scope.require(company.id)
    house, text = room.house, write_map(company)
    with house.ledger.write() as connection:
        stored = companies.read_maps(connection, [company.id]).get(company.id)
        if stored is None or (seen is not None and map_stamp(Company.model_validate_json(stored)) != seen):
            raise Overtaken("this need map was changed since you opened it; open it again and repeat your change")
        fresh = companies.save_company(connection, company, at=house.clock())
        facts = {"company": company.id, "versions": ", ".join(f"{v.need.id} v{v.version}" for v in fresh)}
        audit.append_audit(connection, scope.person.name, "changed need map", facts, at=house.clock())
        _write(house.settings.maps, company.id, text)
    return fresh


def import_map(room: Workroom, scope: Scope, company_key: str, content: bytes, name: str) -> list[NeedVersion]:
    """A need map from a file, taken whole or refused whole (P01).

    Raises MapNotUnderstood naming line and field, ValueError where it is another company's, NotFound.
    """
    company_of(room, scope, company_key)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MapNotUnderstood(f"{name}:1: file: is not UTF-8; save the file as UTF-8") from error
    company = understand(text, name)
    if company.id != company_key:
        raise ValueError("this file is the need map of another company; nothing was changed")
    return save_map(room, scope, company, None)


def _raw(fields: Mapping[str, str], need_id: str | None) -> dict[str, Any]:
    """The form's texts as a map would have them; an empty field is not there."""
    raw: dict[str, Any] = {name: text.strip() for name, text in fields.items() if text.strip()}
    for name in _LISTS:
        raw[name] = [line.strip() for line in fields.get(name, "").splitlines() if line.strip()]
    for name in _NUMBERS:
        if raw.get(name, "").isdecimal():
            raw[name] = int(raw[name])
    if "description" in raw:
        raw["description"] = raw["description"].replace("\r\n", "\n")
    return raw | ({"id": need_id} if need_id else {})


def _field(place: tuple[int | str, ...]) -> str:
    return str(place[0]) if place else "id"


def _by_field(told: str) -> dict[str, str]:
    """`map:12: needs[2].title: reason` as field and reason."""
    found = (re.fullmatch(r".*?:\d+: (?:needs\[\d+\]\.)?(\w+)\S*: (.*)", line) for line in told.splitlines())
    return {one[1]: one[2] for one in found if one} or {"description": told}


def _is_of(hint: str, need: Need) -> bool:
    return hint.startswith(f"{need.id}: ")


def _write(folder: Path, company_key: str, text: str) -> None:
    """The file that the next import reads; without a folder there is no import."""
    if not folder.is_dir():
        return
    to = _file_of(folder, company_key)
    fresh = to.with_name(f".{to.name}.tmp")
    try:
        fresh.write_text(text, "utf-8")
        fresh.replace(to)
    except OSError as error:
        raise VardeError(f"{to} cannot be written ({error.strerror}); nothing was changed") from error


def _file_of(folder: Path, company_key: str) -> Path:
    """The company's file, whatever it is called; else one by its key."""
    wanted = re.compile(rf"^id:\s*[\"']?{re.escape(company_key)}[\"']?\s*$", re.M)
    for path in sorted(folder.glob("*.y*ml")):
        if not path.name.startswith(".") and wanted.search(path.read_text("utf-8", "replace")):
            return path
    return folder / f"{company_key}.yaml"
