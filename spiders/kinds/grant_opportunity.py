"""An opportunity of grants.gov to an item: a row of its search, or its synopsis (SOURCES F6)."""

from datetime import date, datetime, time

from spiders.kinds.dates import day
from spiders.kinds.local import NEW_YORK
from spiders.kinds.personal import without_mail
from spiders.kinds.rows import Row, mapping, take_mapping, take_number, take_rows, take_text, take_texts
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line, plain
from terms.item import Call, Item, Organisation

_PAGE = "https://www.grants.gov/search-results-detail/"
# The site gives days only; 17:00 in Washington is on the safe side of its 23:59.
_CLOSES = time(17)
_HIT_IGNORED = frozenset(["agencyCode", "docType"])
# Contacts, formatted doubles, and the history of the record, which is most of its 700 kB.
_IGNORED = frozenset(
    ["revision", "owningAgencyCode", "listed", "publisherUid", "modifiedComments", "flag2006", "opportunityCategory",
     "agencyDetails", "topAgencyDetails", "synopsisAttachmentFolders", "synopsisDocumentURLs", "synAttChangeComments",
     "opportunityHistoryDetails", "opportunityPkgs", "closedOpportunityPkgs", "originalDueDate", "originalDueDateDesc",
     "synopsisModifiedFields", "forecastModifiedFields", "errorMessages", "synPostDateInPast", "docType",
     "forecastHistCount", "synopsisHistCount", "assistCompatible", "assistURL", "relatedOpps", "draftMode"]
)  # fmt: skip
_SYNOPSIS_IGNORED = frozenset(
    ["opportunityId", "version", "agencyCode", "agencyPhone", "agencyAddressDesc", "agencyDetails", "topAgencyDetails",
     "agencyContactPhone", "agencyContactName", "agencyContactDesc", "agencyContactEmail", "agencyContactEmailDesc",
     "responseDate", "responseDateDesc", "fundingDescLinkUrl", "fundingDescLinkDesc", "postingDate", "archiveDate",
     "archiveDateStr", "costSharing", "numberOfAwards", "estimatedFundingFormatted", "awardCeilingFormatted",
     "awardFloorFormatted", "sendEmail", "createTimeStamp", "createTimeStampStr", "modComments", "createdDate",
     "lastUpdatedDate"]
)  # fmt: skip
_AMOUNTS = {"estimatedFunding": "Total", "awardCeiling": "Most per award", "awardFloor": "Least per award"}


def of_hit(found: object, source: str, sha256: str, trouble: Trouble) -> Item:
    """The item of a row of the search, which has no description. Raises Unreadable that names the field."""
    row = mapping(found, "oppHit")
    item = _item(
        (line(take_text(row, "id"), 20), line(take_text(row, "title")), ""),
        take_text(row, "agency"),
        Call(
            stated_status=line(take_text(row, "oppStatus"), 40).lower() or None,
            opens_on=_american(row, "openDate"),
            deadlines_at=_deadlines(_american(row, "closeDate")),
        ),
        [take_text(row, "number")],
        take_texts(row, "cfdaList"),
        (source, sha256),
    )
    trouble.unknown(leftovers(row, _HIT_IGNORED))
    return item


def of_detail(found: object, source: str, sha256: str, trouble: Trouble) -> Item:
    """The item of an opportunity with its synopsis. Raises Unreadable that names the field."""
    row = mapping(found, "data")
    told = take_mapping(row, "synopsis")
    if not told:
        raise Unreadable("synopsis: missing; a forecast is read from the search only")
    subjects = [*_described(told, "fundingInstruments"), *_described(told, "fundingActivityCategories")]
    text = without_mail(plain(take_text(told, "synopsisDesc")))
    item = _item(
        (str(take_number(row, "id") or ""), line(take_text(row, "opportunityTitle")), text),
        take_text(told, "agencyName"),
        _call(told, take_text(row, "ost")),
        [take_text(row, "opportunityNumber"), *subjects],
        [take_text(one, "cfdaNumber") for one in take_rows(row, "cfdas")],
        (source, sha256),
    )
    trouble.unknown([*leftovers(row, _IGNORED), *leftovers(told, _SYNOPSIS_IGNORED)])
    return item


def _item(
    words: tuple[str, str, str], agency: str, call: Call, codes: list[str], aln: list[str], kept: tuple[str, str]
) -> Item:
    """An item of id, title and text; kept: the source's name and the capture's hash."""
    (number, title, text), named = words, line(agency, 200)
    if not number.isdecimal() or not title:
        raise Unreadable("id or title: missing")
    marked = [*(f"grants.gov:{line(one, 80)}" for one in codes if one), *(f"aln:{line(one, 10)}" for one in aln if one)]
    return Item(
        source=kept[0],
        source_id=number,
        kind="call",
        title=title,
        text=text,
        url=f"{_PAGE}{number}",
        language="en",
        published_on=None if call.stated_status == "forecasted" else call.opens_on,
        organisations=(Organisation(name=named, role="funder", country="US"),) if named else (),
        codes=tuple(dict.fromkeys(marked)),
        call=call.model_copy(update={"programme": "grants.gov"}),
        capture_sha256=kept[1],
    )


def _call(told: Row, status: str) -> Call:
    """The call of a synopsis. Amounts are in dollars and stay in words."""
    due, posted = take_text(told, "responseDateStr"), take_text(told, "postingDateStr")
    who = [*_described(told, "applicantTypes"), without_mail(plain(take_text(told, "applicantEligibilityDesc")))]
    amounts = {name: line(take_text(told, field), 20) for field, name in _AMOUNTS.items()}
    return Call(
        stated_status=line(status, 40).lower() or None,
        opens_on=day(posted[:10]),
        deadlines_at=_deadlines(_stamp(due)),
        beneficiaries="; ".join(one for one in who if one) or None,
        conditions="; ".join(f"{name}: {text} USD" for name, text in amounts.items() if text) or None,
    )


def _described(told: Row, name: str) -> list[str]:
    return [line(take_text(one, "description")) for one in take_rows(told, name)]


def _american(row: Row, name: str) -> date | None:
    """`06/24/2021`, month first. Raises Unreadable for anything else that is written."""
    written = take_text(row, name).strip()
    try:
        return datetime.strptime(written, "%m/%d/%Y").date() if written else None  # noqa: DTZ007  a day, no moment
    except ValueError as trouble:
        raise Unreadable(f"{name}: no date in {line(written, 40)!r}") from trouble


def _stamp(written: str) -> date | None:
    """The day of `2026-09-01-00-00-00`. Raises Unreadable for anything else that is written."""
    on = day(written[:10])
    if written and on is None:
        raise Unreadable(f"responseDateStr: no date in {line(written, 40)!r}")
    return on


def _deadlines(on: date | None) -> tuple[datetime, ...]:
    return (datetime.combine(on, _CLOSES, NEW_YORK),) if on else ()
