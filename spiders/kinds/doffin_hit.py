"""A notice of Doffin's search to an item (SOURCES F7)."""

import re

from spiders.kinds.dates import day, moment
from spiders.kinds.personal import without_mail
from spiders.kinds.rows import Row, euros, mapping, take_mapping, take_rows, take_text, take_texts
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line, plain
from terms.item import Call, Item, Organisation

ANOTHER_CLASS = "a notice of another class"
NOT_A_CALL = "a notice that asks for no offers, such as an award"
_CALLS = ("ANNOUNCEMENT_OF_COMPETITION", "DYNAMIC_PURCHASING_SCHEME", "PRE_ANNOUNCEMENT", "ADVISORY_NOTICE")
_NO_CALLS = frozenset(
    ["RESULT", "ANNOUNCEMENT_OF_INTENT", "ANNOUNCEMENT_OF_CONCLUSION_OF_CONTRACT", "CHANGE_OF_CONCLUSION_OF_CONTRACT",
     "QUALIFICATION_SCHEME", "CANCELLED_OR_MISSING_CONCLUSION_OF_CONTRACT", "NOTICE_ON_BUYER_PROFILE"]
)  # fmt: skip
_CPV = re.compile(r"\d{8}")
_NUMBER = re.compile(r"\d{4}-\d{1,9}")
_PAGE = "https://www.doffin.no/notices/"
_IGNORED = frozenset(
    ["allTypes", "locationId", "issueDate", "receivedTenders", "allReceivedTenders", "limitedDataFlag", "lots",
     "doffinClassicUrl"]
)  # fmt: skip


def item_of(found: object, classes: tuple[str, ...], source: str, sha256: str, trouble: Trouble) -> Item | None:
    """The item of a notice, or None where it is skipped by name. classes: starts of CPV codes. Raises Unreadable."""
    row = mapping(found, "hit")
    number, kind = take_text(row, "id"), take_text(row, "type")
    if not _NUMBER.fullmatch(number):
        raise Unreadable(f"id: expected 2026-123456, found {line(number, 40)!r}")
    cpv = list(dict.fromkeys(line(code, 20) for code in take_texts(row, "cpvCodes")))
    if kind not in _CALLS or not any(code.startswith(classes) for code in cpv):
        if kind not in _CALLS and kind not in _NO_CALLS:
            trouble.unknown([f"type={kind or 'missing'}"])
        if kind in _CALLS and not any(_CPV.match(code) for code in cpv):
            raise Unreadable("cpvCodes: a notice without a class")
        trouble.expected(ANOTHER_CLASS if kind in _CALLS else NOT_A_CALL)
        return None
    item = Item(
        source=source,
        source_id=number,
        kind="call",
        title=line(take_text(row, "heading")) or number,
        text=without_mail(plain(take_text(row, "description"))),
        url=f"{_PAGE}{number}",
        language="nb",
        published_on=day(take_text(row, "publicationDate")),
        organisations=_buyers(row),
        codes=tuple(f"cpv:{code}" for code in cpv),
        call=_call(row, kind),
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, _IGNORED))
    return item


def _buyers(row: Row) -> tuple[Organisation, ...]:
    """Those who buy together; foreign ones stand among them, so no country is given."""
    named = dict.fromkeys(line(take_text(buyer, "name"), 200) for buyer in take_rows(row, "buyer"))
    return tuple(Organisation(name=name, role="funder") for name in named if name)


def _call(row: Row, kind: str) -> Call:
    due, value = take_text(row, "deadline"), take_mapping(row, "estimatedValue")
    at = moment(due)
    if due and at is None:
        raise Unreadable(f"deadline: no moment in {line(due, 40)!r}")
    amount, currency = euros(value.get("amount"), "estimatedValue"), line(take_text(value, "currencyCode"), 3)
    return Call(
        programme="Public procurement (Doffin)",
        stated_status=line(take_text(row, "status") or kind, 60).lower(),
        deadlines_at=(at,) if at else (),
        budget_eur=amount or None if currency == "EUR" else None,
        conditions=f"Estimated value: {amount} {currency}" if amount and currency not in ("", "EUR") else None,
    )
