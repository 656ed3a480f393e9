"""Names and printed affiliations to organisations, from files or the warehouse; and how well that goes."""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from network.register import Register
from spiders.catalogue import all_sources
from spiders.kinds.countries import country_at_end, country_named
from spiders.page import NO_KEY, Page, Plan
from terms.errors import NotFound, VardeError
from terms.organisation import Organisation, RegisterEntry, Resolution
from warehouse import organisations
from watch.house import House

_LAST_PARTS = 3


class Asked(NamedTuple):
    """One string to be resolved, with the ids that are known to be right, where the file states them."""

    text: str
    truth: frozenset[str] | None


class Audit(NamedTuple):
    """Pairs of string and organisation. known: right ones whose organisation the register holds, the base of recall.

    stated: all right ones. found: all that were said. right: those of them that are.
    """

    strings: int
    stated: int
    known: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """Share of what was said that is right; what the register lacks counts against it too."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of what the register could have said that was said."""
        return self.right / self.known if self.known else 0.0


def read_asked(path: Path) -> list[Asked]:
    """Strings of a file: one a line, or a JSON list of {affiliation, ror_ids}. Raises NotFound, VardeError."""
    if not path.is_file():
        raise NotFound(f"{path} is not there; --strings needs a file with a name or affiliation a line, or a JSON list")
    text = path.read_text("utf-8", "replace")
    if not text.lstrip().startswith("["):
        return [Asked(line.strip(), None) for line in text.splitlines() if line.strip()]
    try:
        return [Asked(str(row["affiliation"]), _truth(row)) for row in json.loads(text)]
    except (ValueError, TypeError, KeyError) as trouble:
        raise VardeError(f"{path}: a JSON list needs objects with `affiliation` ({type(trouble).__name__})") from None


def _truth(row: dict[str, object]) -> frozenset[str] | None:
    ids = row.get("ror_ids", [row["ror-id"]] if "ror-id" in row else None)
    return None if not isinstance(ids, list) else frozenset(f"ror:{str(one).rpartition('/')[2]}" for one in ids)


def organisations_of(house: House, registers: Sequence[str]) -> list[Organisation]:
    """What `SOURCE=FILE` pairs hold, joined by id; else what the warehouse holds. Raises NotFound, VardeError."""
    if not registers:
        with house.warehouse.read() as connection:
            return list(organisations.read_organisations(connection).values())
    joined: dict[str, Organisation] = {}
    for stated in registers:
        for entry in _entries(house, stated):
            _join(joined, entry)
    return list(joined.values())


def _entries(house: House, stated: str) -> Iterator[RegisterEntry]:
    name, _, file = stated.partition("=")
    source, path = all_sources().get(name), Path(file)
    if source is None or source.kind != "organisation" or not path.is_file():
        raise NotFound(f"{stated}: --register needs SOURCE=FILE, such as ror=dump.zip; SOURCE brings organisations")
    body = path.read_bytes()
    page = Page(path.name, body, sha256(body).hexdigest(), label=source.raw_label)
    plan = Plan(now=house.clock(), keys=dict.fromkeys(source.needs_keys, NO_KEY))
    for entry in source.parse(page, lambda incident: None, plan):
        if isinstance(entry, RegisterEntry):
            yield entry


def _join(joined: dict[str, Organisation], entry: RegisterEntry) -> None:
    key = entry.ids[0] if entry.ids else f"{entry.source}:{entry.source_id}"
    before = joined.get(key)
    aliases = (*(before.aliases if before else ()), entry.name, *entry.aliases)
    joined[key] = Organisation(
        organisation_key=key,
        name=before.name if before else entry.name,
        aliases=tuple(dict.fromkeys(aliases)),
        country=(before and before.country) or entry.country,
        town=(before and before.town) or entry.town,
        ids=tuple(dict.fromkeys((*(before.ids if before else ()), *entry.ids))),
    )


def stated_country(affiliation: str) -> str | None:
    """The country that one of the last pieces of an affiliation names."""
    pieces = [piece for piece in affiliation.replace(";", ",").split(",") if piece.strip()]
    named = (country_named(piece) for piece in reversed(pieces[-_LAST_PARTS:]))
    return next((code for code in named if code), None) or country_at_end(affiliation[-200:])


def resolve(known: Iterable[Organisation], asked: Iterable[Asked]) -> list[list[Resolution]]:
    """The organisations of each string, in their order."""
    register = Register(known)
    return [register.read(one.text, stated_country(one.text)) for one in asked]


def line_of(asked: Asked, told: Sequence[Resolution]) -> str:
    """One answer as a JSON line."""
    return json.dumps({"text": asked.text, "found": [one.model_dump() for one in told]}, ensure_ascii=False) + "\n"


def audit(known: Sequence[Organisation], asked: Sequence[Asked], told: Sequence[list[Resolution]]) -> Audit:
    """How right the resolutions are, for the strings whose ids are stated."""
    ids = {one.organisation_key: frozenset(one.ids) for one in known}
    held = frozenset().union(*ids.values())
    stated = known_ = found = right = 0
    for one, resolutions in zip(asked, told, strict=True):
        if one.truth is not None:
            said = [ids[r.organisation_key] for r in resolutions if r.organisation_key]
            stated += len(one.truth)
            known_ += len(one.truth & held)
            found += len(said)
            right += sum(bool(one.truth & candidate) for candidate in said)
    return Audit(len(asked), stated, known_, found, right)
