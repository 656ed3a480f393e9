"""Applications as the USPTO's Open Data Portal lists them: `patentFileWrapperDataBag`, or `patentBag` of its beta.

There is no abstract. Postal addresses, telephone numbers and lawyers are in every record and are never read.
"""

import re
from collections.abc import Iterator

from spiders.kinds.dates import day
from spiders.kinds.patent import Document, Party, codes_of, country_in, number_of
from spiders.kinds.rows import Row, mapping, take_list, take_text, take_texts
from spiders.kinds.trouble import Unreadable, leftovers

_IGNORED = frozenset(
    {"applicationStatusCode", "applicationTypeCode", "class/subclass", "recordAttorney", "nationalStageIndicator",
     "firstInventorName", "firstApplicantName", "firstInventorToFileIndicator", "effectiveFilingDate", "class",
     "applicationTypeLabelName", "applicationStatusDate", "applicationTypeCategory", "eventDataBag", "subclass",
     "applicationStatusDescriptionText", "businessEntityStatusCategory", "correspondenceAddressBag",
     "applicationConfirmationNumber", "smallEntityStatusIndicator", "publicationCategoryBag", "continuityBag",
     "customerNumber", "docketNumber", "groupArtUnitNumber", "patentTermAdjustmentData", "assignmentBag",
     "publicationDateBag", "publicationSequenceNumberBag", "internationalRegistrationPublicationDate",
     "internationalRegistrationNumber", "examinerNameText", "uspcSymbolText", "entityStatusData",
     "parentContinuityBag", "childContinuityBag", "grantDocumentMetaData", "pgpubDocumentMetaData",
     "lastIngestionDateTime", "pctPublicationNumber", "pctPublicationDate", "nationalStageDate",
     "transactionContentBag"}
)  # fmt: skip


def rows_of(answer: Row) -> list[object] | None:
    """The records of an answer in either shape; None where it is neither."""
    found = next((answer[name] for name in ("patentFileWrapperDataBag", "patentBag") if name in answer), None)
    return found if isinstance(found, list) else None


def document_of(row: object, unknown: list[str]) -> Document:
    """One application. unknown: takes up the names of fields that nobody knows. Raises Unreadable.

    Today's shape keeps the bibliographic fields in `applicationMetaData`, the beta kept them in the record itself.
    """
    fields = mapping(row, "record")
    fields |= mapping(fields.pop("applicationMetaData", {}), "applicationMetaData")
    title = take_text(fields, "inventionTitle")
    filed_as = take_text(fields, "applicationNumberText")
    if not title:
        raise Unreadable("inventionTitle: this record has no bibliographic part")
    number, kind_code, published = _published(fields, filed_as)
    document = Document(
        number=number,
        kind_code=kind_code,
        title=title,
        language="en",
        published_on=day(published),
        inventors=tuple(_parties(fields, "inventorBag", "inventorNameText")),
        applicants=tuple(_parties(fields, "applicantBag", "applicantNameText")),
        codes=tuple(codes_of("cpc", take_texts(fields, "cpcClassificationBag"))),
        priority_on=min((on for text in _priorities(fields) if (on := day(text))), default=None),
        filed_on=day(take_text(fields, "filingDate")),
        url=f"https://patentcenter.uspto.gov/applications/{_plain_number(filed_as)}",
    )
    unknown += leftovers(fields, _IGNORED)
    return document


def _published(fields: Row, filed_as: str) -> tuple[str, str, str]:
    """Number, kind and date of the publication, of the grant where that is all there is, else of the application."""
    early, granted = take_text(fields, "earliestPublicationNumber"), take_text(fields, "patentNumber")
    early_on, granted_on = take_text(fields, "earliestPublicationDate"), take_text(fields, "grantDate")
    if early:
        return *number_of(early), early_on
    if granted:
        return *number_of(f"US{granted}"), granted_on
    return f"US-application-{_plain_number(filed_as)}", "", ""


def _plain_number(filed_as: str) -> str:
    """Letters and digits of an application's number, as Patent Center has it in its addresses."""
    return re.sub(r"[^A-Z0-9]", "", filed_as.upper())


def _parties(fields: Row, bag: str, name: str) -> Iterator[Party]:
    """Names, and the country of the first address; the addresses themselves are dropped."""
    for entry in take_list(fields, bag):
        party = mapping(entry, bag)
        places = [mapping(place, "correspondenceAddressBag") for place in take_list(party, "correspondenceAddressBag")]
        country = next((code for place in places if (code := take_text(place, "countryCode"))), "")
        yield take_text(party, name), country_in(country)


def _priorities(fields: Row) -> list[str]:
    return [
        take_text(mapping(entry, "foreignPriorityBag"), "filingDate")
        for entry in take_list(fields, "foreignPriorityBag")
    ]
