"""A row of the EU portal's search to an item. Every value of its metadata is a list of strings (SOURCES F1)."""

from urllib.parse import quote

from spiders.kinds import portal
from spiders.kinds.dates import day, moment
from spiders.kinds.rows import Row, mapping, take_first, take_text, take_texts
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line, plain
from terms.item import Call, Item

STUB = "neither title nor deadline"
LEGACY = "legacy row of a topic whose current row is there"
NOT_A_GRANT = "not a grant"
_TENDER, _GRANT_TYPES = "0", ("", "1", "2", "8")
_CURRENT = ("", "SEDIA")

_ROW_IGNORED = frozenset(
    [
        "apiVersion",
        "reference",
        "contentType",
        "databaseLabel",
        "database",
        "weight",
        "groupById",
        "accessRestriction",
        "checksum",
        "citation",
        "content",
        "highlights",
        "pages",
        "title",
        "children",
    ]
)
# Ids and names of the index, and what the portal says again elsewhere in the row.
_METADATA_IGNORED = frozenset(
    [
        "es_SortDate",
        "sortStatus",
        "language",
        "focusArea",
        "typeOfMGAs",
        "ccm2Id",
        "callccm2Id",
        "REFERENCE",
        "cenTagsA",
        "actions",
        "allowPartnerSearch",
        "deadlineModel",
        "specificObjective",
        "ccmTags2",
        "destination",
        "destinationGroup",
        "cftId",
        "datasource",
        "corporate-search-version",
        "programmeDivision",
        "programmePeriod",
        "callTitle",
        "es_ContentType",
        "esST_URL",
        "esST_FileName",
        "esST_checksum",
        "esDA_QueueDate",
        "links",
        "latestInfos",
        "additionalInfos",
        "supportInfo",
        "flags",
        "geographicalZones",
        "destinationDescription",
        "destinationDetails",
        "missionDescription",
        "missionDetails",
    ]
)


def current_identifier(found: object) -> str:
    """The identifier of a current row; '' for legacy and unreadable ones."""
    told = found.get("metadata") if isinstance(found, dict) else None
    if not isinstance(told, dict) or told.get("DATASOURCE") != ["SEDIA"]:
        return ""
    identifier = told.get("identifier")
    return identifier[0] if isinstance(identifier, list) and identifier and isinstance(identifier[0], str) else ""


def row_name(found: object) -> str:
    """What tells a row from every other of the search: its data source, reference and language."""
    row = found if isinstance(found, dict) else {}
    told = row.get("metadata")
    source = told.get("DATASOURCE") if isinstance(told, dict) else None
    return f"{source}|{row.get('reference')}|{row.get('language')}"


def item_of(found: object, current: set[str], source: str, sha256: str, trouble: Trouble) -> Item | None:
    """The item of a row, or None where it is skipped by name. Raises Unreadable that names the field."""
    row = mapping(found, "result")
    told = mapping(row.pop("metadata", None), "metadata")
    identifier = line(take_first(told, "identifier"), 200)
    title, deadlines = line(take_first(told, "title")), take_texts(told, "deadlineDate")
    if why := _reason_to_skip(told, identifier, bool(title or deadlines), current, trouble):
        trouble.expected(why)
        return None
    if not identifier:
        raise Unreadable("identifier: missing")
    text, conditions = _texts(row, told)
    call_identifier = take_first(told, "callIdentifier")
    item = Item(
        source=source,
        source_id=identifier,
        kind="call",
        title=title or identifier,
        text=text,
        url=_address(identifier, take_first(told, "url"), take_text(row, "url")),
        language=take_text(row, "language") or "und",
        updated_at=moment(take_first(told, "esDA_IngestDate")),
        codes=portal.keywords_of(_words(told), (identifier, call_identifier)),
        call=_call(told, identifier, deadlines, text, conditions),
        capture_sha256=sha256,
    )
    trouble.unknown([*leftovers(row, _ROW_IGNORED), *leftovers(told, _METADATA_IGNORED)])
    return item


def _reason_to_skip(
    told: Row, identifier: str, says_something: bool, current: set[str], trouble: Trouble
) -> str | None:
    is_legacy = take_first(told, "DATASOURCE") not in _CURRENT
    kind = take_first(told, "type")
    if kind not in _GRANT_TYPES:
        if kind != _TENDER:
            trouble.unknown([f"metadata.type={kind}"])
        return NOT_A_GRANT
    if not says_something:
        return STUB
    return LEGACY if is_legacy and identifier in current else None


def _texts(row: Row, told: Row) -> tuple[str, str]:
    summary = plain(take_text(row, "summary"))
    return plain(take_first(told, "descriptionByte")) or summary, plain(take_first(told, "topicConditions"))


def _words(told: Row) -> list[str]:
    return [word for name in ("keywords", "tags", "crossCuttingPriorities") for word in take_texts(told, name)]


def _address(identifier: str, *stated: str) -> str:
    """The page of the topic; legacy rows give the address of a JSON file that is gone."""
    page = next((address for address in stated if address.startswith(portal.SCREEN)), None)
    return page or f"{portal.SCREEN}topic-details/{quote(identifier, safe='')}"


def _call(told: Row, identifier: str, deadlines: list[str], text: str, conditions: str) -> Call:
    budget = portal.budget_of(take_first(told, "budgetOverview"), identifier)
    programme, status = take_first(told, "frameworkProgramme"), take_first(told, "status")
    return Call(
        programme=portal.PROGRAMMES.get(programme, line(programme, 100)) or None,
        stated_status=portal.STATUSES.get(status, line(status, 100)) or None,
        opens_on=day(take_first(told, "startDate")),
        deadlines_at=portal.deadlines_of(deadlines),
        budget_eur=budget.total,
        min_grant_eur=budget.smallest,
        max_grant_eur=budget.largest,
        beneficiaries=line("; ".join(take_texts(told, "typesOfAction"))) or None,
        conditions=conditions or None,
        trl=portal.trl_of(text, conditions),
    )
