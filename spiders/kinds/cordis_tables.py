"""The tables of CORDIS' bulk zip, joined project by project in bounded memory (SOURCES O1).

Participants and fields of science are written to a file on disk as they come, with their places by project: the tables
are not sorted, and one framework programme has more participants than fit comfortably.
"""

import json
import re
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from typing import IO, NamedTuple

from spiders.kinds.funded import activity_type, country_of, date_of, euros_of, role_of, web_page
from spiders.kinds.rows import Row
from spiders.kinds.stream import member, table_rows
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line, plain
from terms.errors import SourceChanged
from terms.organisation import Participation, Project

PROJECT = frozenset({"id", "title", "objective", "startDate"})
_PROJECT_IGNORED = frozenset(
    {"status", "totalCost", "legalBasis", "ecSignatureDate", "masterCall", "fundingScheme", "nature", "rcn", "grantDoi"}
)
# Streets, post codes, positions and the contact form are of no use here; persons are not named in these tables.
_ORGANISATION_IGNORED = frozenset(
    {"projectAcronym", "street", "postCode", "nutsCode", "geolocation", "contactForm", "contentUpdateDate", "rcn",
     "order", "netEcContribution", "totalCost", "endOfParticipation", "active"}
)  # fmt: skip
_PAGE = "https://cordis.europa.eu/project/id/"


class Beside(NamedTuple):
    """Rows of the other tables by project, on disk. places: project -> (offset, length) of each JSON line."""

    stream: IO[bytes]
    places: dict[str, list[tuple[int, int]]]

    def rows(self, project: str) -> Iterator[Row]:
        """The rows kept for a project, in the order in which they came."""
        for at, length in self.places.get(project, ()):
            self.stream.seek(at)
            yield json.loads(self.stream.read(length))


def projects_in(held: zipfile.ZipFile, source: str, sha256: str, trouble: Trouble) -> Iterator[Project]:
    """Every project of the zip with its organisations. Raises SourceChanged where a table or its columns are gone."""
    tables = {ending: member(held, ending) for ending in ("project.csv", "organization.csv", "euroscivoc.csv")}
    main, people = tables["project.csv"], tables["organization.csv"]
    if main is None or people is None:
        raise SourceChanged(f"CORDIS' zip holds no project.csv or organization.csv: {', '.join(held.namelist()[:8])}")
    with tempfile.TemporaryFile() as one, tempfile.TemporaryFile() as other:
        partners = _kept(held, people, one)
        fields = _kept(held, tables["euroscivoc.csv"], other)
        with held.open(main) as stream:
            for row in table_rows(stream):
                if missing := PROJECT - row.keys():
                    raise SourceChanged(f"{main} has no column {', '.join(sorted(missing))}; compare with SOURCES O1")
                try:
                    yield project_of(dict(row), partners, fields, source, sha256, trouble)
                except ValueError as unreadable:
                    trouble.record_unreadable(row.get("id", ""), unreadable)


def _kept(held: zipfile.ZipFile, name: str | None, into: IO[bytes]) -> Beside:
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    if name is not None:
        with held.open(name) as stream:
            at = 0
            for row in table_rows(stream):
                told = json.dumps({key: value for key, value in row.items() if value}).encode()
                places[row.get("projectID", "")].append((at, len(told)))
                into.write(told)
                at += len(told)
        into.flush()
    return Beside(into, places)


def project_of(row: Row, partners: Beside, fields: Beside, source: str, sha256: str, trouble: Trouble) -> Project:
    """One project from its row and those beside it. Raises Unreadable that names the field."""
    key, title = line(row.pop("id", ""), 60), line(row.pop("title", ""))
    if not key or not title:
        raise Unreadable("id or title: missing")
    calls = (*row.pop("topics", "").replace(",", ";").split(";"), row.pop("subCall", ""))
    project = Project(
        source=source,
        source_id=key,
        title=title,
        acronym=line(row.pop("acronym", ""), 100) or None,
        text=plain(row.pop("objective", "")),
        url=f"{_PAGE}{key}",
        programme=line(row.pop("frameworkProgramme", ""), 60) or None,
        calls=tuple(dict.fromkeys(name for call in calls if (name := line(call, 100)))),
        codes=_codes(fields.rows(key), row.pop("keywords", "")),
        started_on=date_of(row.pop("startDate", ""), "startDate"),
        ended_on=date_of(row.pop("endDate", ""), "endDate"),
        updated_on=date_of(row.pop("contentUpdateDate", "")[:10], "contentUpdateDate"),
        funding_eur=euros_of(row.pop("ecMaxContribution", ""), "ecMaxContribution"),
        organisations=tuple(participation_of(dict(told), trouble) for told in partners.rows(key)),
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, _PROJECT_IGNORED))
    return project


def _codes(fields: Iterator[Row], keywords: str) -> tuple[str, ...]:
    science = [f"euroscivoc:{line(str(row.get('euroSciVocTitle', '')), 120)}" for row in fields]
    words = [f"cordis:{word}" for part in keywords.replace(";", ",").split(",") if (word := line(part, 80))]
    return tuple(dict.fromkeys((*(code for code in science if code != "euroscivoc:"), *words)))


def participation_of(row: Row, trouble: Trouble) -> Participation:
    """One organisation of a project. Raises Unreadable where it has no name."""
    row.pop("projectID", "")
    name, short = line(row.pop("name", ""), 300), line(row.pop("shortName", ""), 100)
    if not name:
        raise Unreadable("organization.csv name: missing")
    pic, vat = line(row.pop("organisationID", ""), 20), line(row.pop("vatNumber", ""), 30)
    known = (f"pic:{pic}" if pic else "", *_tax_ids(vat))
    found = Participation(
        name=name,
        aliases=(short,) if short else (),
        role=role_of(row.pop("role", "")),
        country=country_of(row.pop("country", "")),
        town=line(row.pop("city", ""), 100) or None,
        type=activity_type(row.pop("activityType", ""), row.pop("SME", "")),
        web=web_page(row.pop("organizationURL", "")),
        ids=tuple(one for one in known if one),
        funding_eur=euros_of(row.pop("ecContribution", ""), "ecContribution"),
    )
    trouble.unknown(leftovers(row, _ORGANISATION_IGNORED))
    return found


def _tax_ids(written: str) -> tuple[str, ...]:
    """The VAT number; a Norwegian one is the organisation number of the national register."""
    number = re.sub(r"[^0-9a-z]", "", written.lower())
    norwegian = re.fullmatch(r"no(\d{9})(?:mva)?", number)
    return (f"vat:{number}", *([f"brreg:{norwegian[1]}"] if norwegian else [])) if number else ()
