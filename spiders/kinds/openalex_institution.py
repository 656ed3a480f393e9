"""Institutions of OpenAlex, whole or as a work names them, to register entries (SOURCES L6)."""

from spiders.kinds.address import web_address
from spiders.kinds.dates import day
from spiders.kinds.rows import Row, mapping, take_mapping, take_rows, take_text, take_texts
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line
from terms.organisation import OrganisationType, RegisterEntry

_TYPES: dict[str, OrganisationType] = {
    "education": "university", "company": "company", "government": "public", "facility": "institute",
    "healthcare": "public", "nonprofit": "institute", "archive": "institute", "funder": "other", "other": "other",
}  # fmt: skip
_IGNORED = frozenset(
    {"ids", "lineage", "image_url", "image_thumbnail_url", "repositories", "works_count", "cited_by_count",
     "summary_stats", "counts_by_year", "roles", "topics", "topic_share", "is_super_system", "works_api_url",
     "created_date", "associated_institutions", "x_concepts", "type_id", "updated", "updated_date"}
)  # fmt: skip


def entry_of(found: object, source: str, sha256: str, trouble: Trouble, seen_in: str = "") -> RegisterEntry:
    """The entry of an institution. Raises Unreadable that names the field. seen_in: the work that names it."""
    row = mapping(found, "institution")
    key = _last(take_text(row, "id"))
    name = line(take_text(row, "display_name"), 300)
    if not key or not name:
        raise Unreadable("id or display_name: missing")
    ror, place = _last(take_text(row, "ror")).lower(), take_mapping(row, "geo")
    aliases = _aliases(row)
    updated = line(str(row.get("updated_date") or ""), 40)
    entry = RegisterEntry(
        source=source,
        source_id=key,
        name=name,
        aliases=tuple(dict.fromkeys(alias for alias in aliases if alias != name)),
        country=line(take_text(row, "country_code"), 2).upper() or None,
        region=line(take_text(place, "region"), 100) or None,
        town=line(take_text(place, "city"), 100) or None,
        type=_TYPES.get(take_text(row, "type").lower(), "unknown"),
        web=web_address(take_text(row, "homepage_url")) or None,
        ids=(*((f"ror:{ror}",) if ror else ()), f"openalex:{key.lower()}"),
        seen_in=(seen_in,) if seen_in else (),
        updated_on=day(updated[:10]),
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, _IGNORED))
    return entry


def _last(address: str) -> str:
    return line(address, 200).rstrip("/").rpartition("/")[2]


def _aliases(row: Row) -> list[str]:
    """Other names, short forms, and the name in other languages."""
    others = take_mapping(take_mapping(row, "international"), "display_name")
    told = (*take_texts(row, "display_name_alternatives"), *take_texts(row, "display_name_acronyms"), *others.values())
    return [said for name in told if isinstance(name, str) and (said := line(name, 300))]


def entries_of_work(work: Row, source: str, sha256: str, trouble: Trouble) -> list[RegisterEntry]:
    """The institutions behind one paper, each once, with the paper's DOI."""
    doi = take_text(work, "doi").lower().partition("doi.org/")[2]
    seen_in = f"doi:{doi}" if doi else f"openalex:{_last(take_text(work, 'id')).lower()}"
    found: dict[str, RegisterEntry] = {}
    for author in take_rows(work, "authorships"):
        for institution in take_rows(author, "institutions"):
            entry = entry_of(institution, source, sha256, trouble, seen_in)
            found.setdefault(entry.source_id, entry)
    return list(found.values())
