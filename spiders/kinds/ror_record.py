"""A record of ROR, schema 2, to a register entry (SOURCES O2). Version 1 was shut down and is refused by name."""

from spiders.kinds.address import web_address
from spiders.kinds.dates import day
from spiders.kinds.rows import Row, mapping, take_mapping, take_rows, take_text, take_texts
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line
from terms.organisation import OrganisationType, RegisterEntry

_IGNORED = frozenset({"established", "domains", "names_ids"})
_TYPES: dict[str, OrganisationType] = {
    "education": "university", "company": "company", "government": "public", "facility": "institute",
    "healthcare": "public", "nonprofit": "institute", "archive": "institute", "funder": "other", "other": "other",
}  # fmt: skip
_FIRST = ("education", "company", "healthcare", "facility", "government", "nonprofit", "archive")
_SCHEMES = {"grid": "grid", "isni": "isni", "fundref": "fundref", "wikidata": "wikidata"}


def entry_of(found: object, source: str, sha256: str, trouble: Trouble) -> RegisterEntry:
    """The entry of a record. Raises Unreadable that names the field."""
    row = mapping(found, "record")
    key = line(take_text(row, "id"), 100).rstrip("/").rpartition("/")[2].lower()
    if not key:
        raise Unreadable("id: missing")
    if "name" in row:
        raise Unreadable("name: a record of schema 1, which ROR shut down; fetch the dump of schema 2")
    names = take_rows(row, "names")
    shown = [name for name in names if "ror_display" in take_texts(dict(name), "types")] or names
    place = next((take_mapping(where, "geonames_details") for where in take_rows(row, "locations")), {})
    stated = take_texts(row, "types")
    modified = take_mapping(take_mapping(row, "admin"), "last_modified")
    entry = RegisterEntry(
        source=source,
        source_id=key,
        name=_named(shown),
        aliases=_aliases(names),
        country=line(take_text(place, "country_code"), 2).upper() or None,
        region=line(take_text(place, "country_subdivision_name"), 100) or None,
        town=line(take_text(place, "name"), 100) or None,
        type=next((_TYPES[kind] for kind in _FIRST if kind in stated), "other"),
        web=_web(take_rows(row, "links")),
        ids=(f"ror:{key}", *_other_ids(take_rows(row, "external_ids"))),
        parents=_parents(take_rows(row, "relationships")),
        is_active=take_text(row, "status") in ("active", ""),
        updated_on=day(take_text(modified, "date")),
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, _IGNORED))
    return entry


def _named(names: list[Row]) -> str:
    name = next((line(take_text(dict(name), "value"), 300) for name in names), "")
    if not name:
        raise Unreadable("names: missing")
    return name


def _aliases(names: list[Row]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said for name in names if (said := line(take_text(dict(name), "value"), 300))))


def _web(links: list[Row]) -> str | None:
    pages = (web_address(take_text(link, "value")) for link in links if take_text(link, "type") == "website")
    return next((page for page in pages if page), None)


def _other_ids(rows: list[Row]) -> tuple[str, ...]:
    """Ids of other registers, the preferred one first where there are several."""
    found = []
    for row in rows:
        scheme, every = _SCHEMES.get(take_text(row, "type")), take_texts(row, "all")
        found += [f"{scheme}:{value.replace(' ', '').lower()}" for value in every if scheme]
    return tuple(dict.fromkeys(found))


def _parents(rows: list[Row]) -> tuple[str, ...]:
    above = [take_text(row, "id") for row in rows if take_text(row, "type") == "parent"]
    return tuple(f"ror:{key.rstrip('/').rpartition('/')[2].lower()}" for key in above if key)
