"""A partner announcement of the EU portal's search to an announcement; persons in it are not read (SOURCES O4)."""

import hashlib
from urllib.parse import quote

from spiders.kinds import portal
from spiders.kinds.dates import day
from spiders.kinds.funded import country_of
from spiders.kinds.personal import without_mail
from spiders.kinds.rows import mapping, take_first, take_text, take_texts
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line, plain
from terms.organisation import Announcement

_ROW_IGNORED = frozenset(
    {"apiVersion", "contentType", "databaseLabel", "database", "weight", "groupById", "accessRestriction", "checksum",
     "citation", "content", "highlights", "pages", "title", "children", "url", "summary", "language"}
)  # fmt: skip
_TOLD_IGNORED = frozenset(
    {"type", "es_SortDate", "DATASOURCE", "language", "esST_URL", "esST_FileName", "esST_checksum", "esDA_QueueDate",
     "esDA_IngestDate", "es_ContentType", "corporate-search-version", "REFERENCE", "contactPerson", "contactEmail",
     "personName", "userId", "email", "phone", "firstName", "lastName"}
)  # fmt: skip


def announcement_of(found: object, source: str, sha256: str, trouble: Trouble) -> Announcement:
    """The announcement of a row. Raises Unreadable that names the field."""
    row = mapping(found, "result")
    told = mapping(row.pop("metadata", None), "metadata")
    reference, call = line(take_text(row, "reference"), 200), line(take_first(told, "topic"), 200)
    pic, text = line(take_first(told, "pic"), 20), plain(take_first(told, "text"), 8_000)
    if not call or not (pic or text):
        raise Unreadable("topic, or both pic and text: missing")
    announcement = Announcement(
        source=source,
        source_id=reference or hashlib.sha256(f"{call}\n{pic}\n{text}".encode()).hexdigest()[:24],
        call=call,
        text=without_mail(text),
        url=f"{portal.SCREEN}topic-details/{quote(call, safe='')}",
        organisation=line(take_first(told, "organisationName") or take_first(told, "legalName"), 300) or None,
        country=country_of(take_first(told, "country")),
        ids=(f"pic:{pic}",) if pic else (),
        updated_on=day((take_texts(told, "publicationDate") or [""])[0][:10]),
        capture_sha256=sha256,
    )
    trouble.unknown([*leftovers(row, _ROW_IGNORED), *leftovers(told, _TOLD_IGNORED)])
    return announcement
