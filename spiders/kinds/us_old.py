"""Older USPTO formats as patent documents: applications of 2001 to 2004, grants in ST.32 (2001 to 2004), APS text."""

import re
from collections.abc import Callable, Iterator

from lxml import etree

from spiders.kinds.dates import day
from spiders.kinds.patent import Document, Party, country_in, number_of
from spiders.kinds.xml import words

# The main group takes three places, then the subgroup, with or without a slash: `H03M 1300`, `C12Q  168`, `C12N001/20`.
_IPC = re.compile(r"([A-H]\d{2}[A-Z])([ \d]{2}\d)/?(\d{2,4})")
# APS pads WIPO's two letters of a country to three: JPX, GB2.
_APS_COUNTRY = re.compile(r"([A-Z]{2})[X23]")
_PERSONS = frozenset({"04", "05"})


def application_of_2001(root: etree._Element) -> Document:
    """A patent-application-publication. Raises Unreadable without a number."""
    about = "subdoc-bibliographic-information/"
    technical = about + "technical-information/"
    number, _ = number_of("US" + _text(root, about + "document-id/doc-number"))
    codes = "\n".join(_raw(found) for found in root.iterfind(technical + "classification-ipc//ipc"))
    priorities = [on for f in root.iterfind(about + "foreign-priority-data/filing-date") if (on := day(words(f)))]
    return Document(
        number=number,
        kind_code=_text(root, about + "document-id/kind-code"),
        title=_text(root, technical + "title-of-invention"),
        text=_text(root, "subdoc-abstract"),
        language="en",
        published_on=day(_text(root, about + "document-id/document-date")),
        inventors=tuple(_inventors_of_2001(root, about)),
        applicants=tuple((words(f), None) for f in root.iterfind(about + "assignee/organization-name")),
        codes=tuple(old_ipc(codes)),
        priority_on=min(priorities, default=None),
        filed_on=day(_text(root, about + "domestic-filing-data/filing-date")),
    )


def _inventors_of_2001(root: etree._Element, about: str) -> Iterator[Party]:
    for party in root.iterfind(about + "inventors/*"):
        name = f"{_text(party, 'name/given-name')} {_text(party, 'name/family-name')}"
        at_home = "US" if party.find("residence/residence-us") is not None else None
        yield name, at_home or country_in(_text(party, "residence/residence-non-us/country-code"))


def grant_of_2001(root: etree._Element) -> Document:
    """A PATDOC (WIPO ST.32, B-numbers as in EP documents). Raises Unreadable without a number."""
    number, _ = number_of("US" + _text(root, "SDOBI/B100/B110"))
    codes = "\n".join(_raw(f) for path in ("B511", "B512") for f in root.iterfind(f"SDOBI/B500/B510/{path}"))
    priorities = [on for found in root.iterfind("SDOBI/B300/B320") if (on := day(words(found)))]
    return Document(
        number=number,
        kind_code=_text(root, "SDOBI/B100/B130"),
        title=_text(root, "SDOBI/B500/B540"),
        text=_text(root, "SDOAB") or _text(root, "SDOCL/CL/CLM"),
        language="en",
        published_on=day(_text(root, "SDOBI/B100/B140")),
        inventors=tuple(_parties(root, "B720/B721", lambda p: f"{_text(p, 'NAM/FNM')} {_text(p, 'NAM/SNM')}")),
        applicants=tuple(_parties(root, "B730/B731", lambda p: _text(p, "NAM/ONM"))),
        codes=tuple(old_ipc(codes)),
        priority_on=min(priorities, default=None),
        filed_on=day(_text(root, "SDOBI/B200/B220")),
    )


def _parties(root: etree._Element, path: str, name: Callable[[etree._Element], str]) -> Iterator[Party]:
    for party in root.iterfind(f"SDOBI/B700/{path}/PARTY-US"):
        yield name(party), country_in(_text(party, "ADR/CTRY")) or "US"


def _text(element: etree._Element, path: str) -> str:
    return words(element.find(path))


def _raw(element: etree._Element) -> str:
    """Text with its blanks, which count in old classes."""
    return "".join(element.itertext())


def old_ipc(written: str) -> Iterator[str]:
    """Codes of every class in some lines of IPC as it was written before 2006."""
    for found in _IPC.finditer(written):
        yield f"ipc:{found[1]} {int(found[2])}/{found[3]}"


def grant_in_text(body: bytes) -> Document:
    """A grant in the APS format of 1976 to 2001: records of a name, two blanks and a value. Raises Unreadable."""
    groups = _aps_groups(body.decode("latin-1"))
    head = next((fields for name, fields in groups if name == "PATN"), {})
    number, _ = number_of("US" + _aps_number(head.get("WKU", "")))
    parties = [(name, fields) for name, fields in groups if name in {"INVT", "ASSG"}]
    people = [(_turned(f.get("NAM", "")), _aps_country(f)) for name, f in parties if name == "INVT"]
    owners = [
        (f.get("NAM", ""), _aps_country(f)) for name, f in parties if name == "ASSG" and f.get("COD") not in _PERSONS
    ]
    classes = "\n".join(fields.get("ICL", "") for name, fields in groups if name == "CLAS")
    text = " ".join(" ".join(fields.values()) for name, fields in groups if name == "ABST")
    priorities = [on for name, f in groups if name == "PRIR" and (on := day(f.get("APD", "")))]
    return Document(
        number=number,
        kind_code="A",
        title=head.get("TTL", ""),
        text=text,
        language="en",
        published_on=day(head.get("ISD", "")),
        inventors=tuple(people),
        applicants=tuple(owners),
        codes=tuple(old_ipc(classes)),
        priority_on=min(priorities, default=None),
        filed_on=day(head.get("APD", "")),
    )


def _aps_groups(text: str) -> list[tuple[str, dict[str, str]]]:
    """Groups of fields; a line that begins with blanks goes on, and of a name that comes again all values count."""
    groups: list[tuple[str, dict[str, str]]] = []
    name = ""
    for line in text.splitlines():
        if re.fullmatch(r"[A-Z]{4}\s*", line):
            groups.append((line.strip(), {}))
        elif groups and (found := re.match(r"([A-Z]{3}) {1,2}(.*)|\s+(\S.*)", line)):
            name = found[1] or name
            value = f"{groups[-1][1].get(name, '')} {(found[2] or found[3] or '').strip()}"
            groups[-1][1][name] = value.strip()
    return groups


def _aps_number(written: str) -> str:
    """WKU ends with a check digit: `057006474` is patent 5700647."""
    return written[:-1] if re.fullmatch(r"[A-Z0-9]{9}", written) else written


def _aps_country(fields: dict[str, str]) -> str | None:
    found = _APS_COUNTRY.fullmatch(fields.get("CNT", ""))
    return found[1] if found else "US" if "STA" in fields else None


def _turned(name: str) -> str:
    """`Miyazaki; Takeshi` as `Takeshi Miyazaki`."""
    last, _, first = name.partition(";")
    return f"{first.strip()} {last.strip()}".strip()
