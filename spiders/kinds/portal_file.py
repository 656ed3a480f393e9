"""A topic of the EU portal's file grantsTenders.json to an item; tenders are skipped by name (SOURCES F2)."""

from datetime import UTC, datetime
from urllib.parse import quote

from spiders.kinds import portal
from spiders.kinds.dates import brussels_deadline, from_epoch_ms
from spiders.kinds.rows import Row, mapping, take_list, take_number, take_text, take_texts
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line
from terms.item import Call, Item

TENDER = "tender"
_TENDER_TYPE = 0
_IGNORED = frozenset(
    [
        "ccm2Id",
        "callccm2Id",
        "allowPartnerSearch",
        "programmeDivision",
        "deadlineModel",
        "topicMGAs",
        "actions",
        "latestInfos",
        "links",
        "flags",
        "additionalDossiers",
        "infoPackDossiers",
        "additionalCpvs",
        "lots",
        "placesOfDeliveryOrPerformance",
        "cftId",
    ]
)


def item_of(found: object, source: str, sha256: str, trouble: Trouble) -> Item | None:
    """The item of a topic, or None for a tender. Raises Unreadable that names the field. It has no description."""
    row = mapping(found, "GrantTenderObj")
    if take_number(row, "type") == _TENDER_TYPE:
        trouble.expected(TENDER)
        return None
    identifier, title = line(take_text(row, "identifier"), 200), line(take_text(row, "title"))
    if not identifier:
        raise Unreadable("identifier: missing")
    published = _moment(take_number(row, "publicationDateLong"))
    call_identifier, words = take_text(row, "callIdentifier"), [*take_texts(row, "keywords"), *take_texts(row, "tags")]
    item = Item(
        source=source,
        source_id=identifier,
        kind="call",
        title=title or identifier,
        text=line(take_text(row, "callTitle")),
        url=f"{portal.SCREEN}topic-details/{quote(identifier, safe='')}",
        language="en",
        published_on=published.date() if published else None,
        codes=portal.keywords_of(words, (identifier, call_identifier)),
        call=_call(row),
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, _IGNORED))
    return item


def _moment(stamp: int | None) -> datetime | None:
    return from_epoch_ms(stamp) if stamp is not None else None


def _call(row: Row) -> Call:
    opens = _moment(take_number(row, "plannedOpeningDateLong"))
    programme = mapping(row.pop("frameworkProgramme", None) or {}, "frameworkProgramme")
    status = mapping(row.pop("status", None) or {}, "status")
    return Call(
        programme=portal.PROGRAMMES.get(str(programme.get("id")), line(take_text(programme, "description"), 100))
        or None,
        stated_status=portal.STATUSES.get(str(status.get("id")), line(take_text(status, "description"), 100)) or None,
        opens_on=opens.astimezone(UTC).date() if opens else None,
        deadlines_at=tuple(sorted({_deadline(stamp) for stamp in take_list(row, "deadlineDatesLong")})),
        beneficiaries=_beneficiaries(row),
    )


def _deadline(stamp: object) -> datetime:
    at = from_epoch_ms(stamp) if isinstance(stamp, int) else None
    if at is None:
        raise Unreadable(f"deadlineDatesLong: no date in {str(stamp)[:40]!r}")
    return brussels_deadline(at)


def _beneficiaries(row: Row) -> str | None:
    """The types of action; `SME` where the portal's only structured word on beneficiaries says so."""
    actions = [take_text(mapping(action, "topicActions"), "description") for action in take_list(row, "topicActions")]
    return line("; ".join((["SME"] if row.pop("sme", None) is True else []) + actions)) or None
