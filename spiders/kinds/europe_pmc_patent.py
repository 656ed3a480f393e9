"""A patent of Europe PMC to an item."""

import re
from collections.abc import Iterator

from spiders.kinds.affiliation import organisations_of
from spiders.kinds.dates import day
from spiders.kinds.europe_pmc_record import IGNORED, MOST, authors_of, base_of
from spiders.kinds.rows import Row, mapping, take_list, take_mapping, take_text
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from terms.item import Item, Patent, Person

_NUMBER = re.compile(r"([A-Z]{2}\d{4,14})([A-Z]\d?)?")
_CLASS = re.compile(r"([A-HY]\d{2}[A-Z]) {0,4}(\d{1,4})/ ?(\d{2,6})")
_TYPES = (("grant", "B"), ("application", "A"))
_PATENT_IGNORED = frozenset({"country", "applicationNumber"})


def patent_of(found: object, source: str, sha256: str, trouble: Trouble) -> Item:
    """The patent of a record: authors are inventors, their affiliation is the applicant."""
    row = mapping(found, "result")
    base, authors, details = base_of(row), authors_of(row, trouble), take_mapping(row, "patentDetails")
    number = _NUMBER.fullmatch(str(base["source_id"]).partition("/")[2])
    if not number:
        raise Unreadable(f"id: {base['source_id']!r} is not the number of a patent")
    applicants = [take_text(row, "affiliation"), *(text for _, printed in authors for text in printed)]
    item = Item(
        **base,
        source=source,
        kind="patent",
        people=tuple(Person(name=name, role="inventor") for name, _ in authors if name)[:MOST],
        organisations=tuple(
            dict.fromkeys(
                each.model_copy(update={"role": "applicant"}) for text in applicants for each in organisations_of(text)
            )
        ),
        codes=tuple(dict.fromkeys(_classes(details))),
        patent=_patent(number, details),
        capture_sha256=sha256,
    )
    trouble.unknown([*leftovers(row, IGNORED | {"doi"}), *leftovers(details, _PATENT_IGNORED)])
    return item


def _patent(number: re.Match[str], details: Row) -> Patent:
    stated, application = take_text(details, "typeDescription").lower(), take_mapping(details, "application")
    kind_code = number[2] or next((code for word, code in _TYPES if word in stated), "")
    priorities = [day(take_text(mapping(each, "priority"), "priorityDate")) for each in _priorities(details)]
    return Patent(
        number=number[1],
        kind_code=kind_code,
        family=number[1] if number[1].startswith("WO") else None,
        priority_on=min((on for on in priorities if on), default=None),
        filed_on=day(take_text(application, "applicationDate")),
    )


def _priorities(details: Row) -> list[object]:
    held = details.pop("priorities", None) or details.pop("priorityList", None) or {}
    return take_list(mapping(held, "priorities"), "priority")


def _classes(details: Row) -> Iterator[str]:
    """Every IPC or CPC class under a field whose name says so."""
    for name in [name for name in details if "classif" in name.lower()]:
        scheme = "cpc" if "cpc" in name.lower() else "ipc"
        for found in _CLASS.finditer(str(details.pop(name))[:20_000]):
            yield f"{scheme}:{found[1]} {found[2]}/{found[3]}"
