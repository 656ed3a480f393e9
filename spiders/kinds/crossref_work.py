"""A work of Crossref, or its citeproc form, to a publication. Field names: SOURCES L3."""

import re
from datetime import date

from spiders.kinds.address import doi_in
from spiders.kinds.affiliation import organisations_of
from spiders.kinds.dates import moment
from spiders.kinds.feed import two_letters
from spiders.kinds.personal import without_mail
from spiders.kinds.rows import Row, mapping, take_list, take_mapping, take_rows, take_text
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line, plain
from terms.item import Item, Organisation, Person, Publication

NOT_A_PUBLICATION = "a record of something that is not a publication"
_MOST = 200
_OTHER_TYPES = frozenset([
    "component", "database", "dataset", "grant", "journal", "journal-issue", "journal-volume", "peer-review",
    "book-set", "book-series", "report-series", "proceedings", "proceedings-series", "standard-series",
])  # fmt: skip
_IGNORED = frozenset([
    "indexed", "publisher-location", "reference-count", "license", "content-domain", "created", "page", "source",
    "is-referenced-by-count", "prefix", "member", "event", "link", "score", "resource", "references-count",
    "alternative-id", "URL", "issue", "short-container-title", "volume", "journal-issue", "ISSN", "issn-type",
    "isbn-type", "ISBN", "edition-number", "institution", "group-title", "version", "relation", "subtype",
    "content-updated", "content-created", "approved", "published-other", "degree", "update-policy", "assertion",
    "reference", "special_numbering", "article-number", "archive", "accepted", "updated-by", "original-title",
    "editor", "short-title", "subject", "update-to", "clinical-trial-number", "translator", "chair", "review",
    "free-to-read", "aliases", "proceedings-subject", "standards-body", "intended-application", "status", "id",
    "container-title-short", "journal-title", "original-container-title", "part-number", "project",
])  # fmt: skip
_AUTHOR_IGNORED = frozenset({"sequence", "ORCID", "authenticated-orcid", "role", "literal", "prefix"})
_DATES = ("published-online", "published-print", "published", "issued", "posted")
_JATS = re.compile(r"<(/?)(?:jats|mml):")
_HEADING = re.compile(r"^(?i:abstract|summary)[.:]?\s+(?=[A-Z0-9\"'(])")


def item_of(found: object, source: str, sha256: str, trouble: Trouble) -> Item | None:
    """The publication of a work, or None where it is something else. Raises Unreadable that names the field."""
    row = mapping(found, "work")
    doi, title = doi_in(take_text(row, "DOI")), _title(row)
    if take_text(row, "type") in _OTHER_TYPES:
        trouble.expected(NOT_A_PUBLICATION)
        return None
    if not doi or not title:
        raise Unreadable("DOI: no DOI" if not doi else "title: missing")
    people, organisations = _authors(row, trouble)
    item = Item(
        source=source,
        source_id=doi,
        kind="publication",
        title=title,
        text=without_mail(without_jats(take_text(row, "abstract")) or plain(take_text(row, "description"))),
        url=f"https://doi.org/{doi}",
        language=two_letters(take_text(row, "language")),
        published_on=_published_on(row),
        updated_at=moment(take_text(take_mapping(row, "deposited"), "date-time")),
        people=tuple(people[:_MOST]),
        organisations=tuple(dict.fromkeys((*organisations, *_others(row))))[:_MOST],
        publication=Publication(doi=doi, venue=line(_first(row, "container-title"), 200) or None),
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, _IGNORED))
    return item


def without_jats(abstract: str) -> str:
    """Plain text of a JATS abstract, without the heading that says it is one."""
    return _HEADING.sub("", plain(_JATS.sub(r"<\1", abstract)))


def _first(row: Row, name: str) -> str:
    """The first string of a list; the citeproc form has the string itself."""
    value = row.pop(name, None)
    values = value if isinstance(value, list) else [value]
    if wrong := next((each for each in values if not isinstance(each, str | None)), None):
        raise Unreadable(f"{name}: expected strings, found {type(wrong).__name__}")
    return next((each for each in values if each), "")


def _title(row: Row) -> str:
    """Title and subtitle, as other publishers write them."""
    title, subtitle = line(_first(row, "title")), line(_first(row, "subtitle"))
    return line(f"{title}: {subtitle}") if title and subtitle and subtitle.lower() not in title.lower() else title


def _published_on(row: Row) -> date | None:
    """The first date that has a day; many records name only a year or a month."""
    stated = [take_mapping(row, name) for name in _DATES]
    return next((on for held in stated if (on := _whole_date(take_list(held, "date-parts")))), None)


def _whole_date(parts: list[object]) -> date | None:
    first = parts[0] if parts else None
    if not isinstance(first, list) or len(first) != 3 or not all(type(number) is int for number in first):
        return None
    try:
        on = date(*first)
    except (ValueError, OverflowError):
        return None
    return on if 1900 <= on.year <= 2100 else None


def _authors(row: Row, trouble: Trouble) -> tuple[list[Person], list[Organisation]]:
    """People, and the organisations that they, or groups that stand among them, belong to."""
    people, organisations = [], []
    for author in take_rows(row, "author"):
        parts = [take_text(author, name) for name in ("given", "family", "suffix")]
        name, group = line(" ".join(part for part in parts if part), 200), line(take_text(author, "name"), 200)
        people += [Person(name=name)] if name else []
        organisations += [Organisation(name=group)] if group else []
        for held in take_rows(author, "affiliation"):
            organisations += organisations_of(take_text(held, "name"))
        trouble.unknown(f"author.{field}" for field in leftovers(author, _AUTHOR_IGNORED))
    return people, organisations


def _others(row: Row) -> list[Organisation]:
    """Funders and the publisher."""
    funders = [line(take_text(funder, "name"), 200) for funder in take_rows(row, "funder")]
    publisher = line(take_text(row, "publisher"), 200)
    named = [Organisation(name=name, role="funder") for name in funders if name]
    return [*named, *([Organisation(name=publisher, role="publisher")] if publisher else [])]
