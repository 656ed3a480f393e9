"""Rows of the Research Council of Norway's open table of EU grants to Norwegian participants, to projects."""

from collections.abc import Iterable

from spiders.kinds.funded import date_of, euros_of, role_of
from spiders.kinds.rows import Row
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line
from terms.organisation import OrganisationType, Participation, Project

COLUMNS = frozenset({"Prosjektnr", "Prosjektnavn", "Organisasjonsnavn", "Organisasjonsnummer"})
_SECTORS: dict[str, OrganisationType] = {
    "UoH-sektor": "university", "Instituttsektor": "institute", "Næringsliv": "company", "Helseforetak": "public",
    "Offentlig sektor": "public", "Norges forskningsråd": "public", "Øvrige": "other",
}  # fmt: skip
_IGNORED = frozenset(
    {"Traktat kode (H2020)", "Programområde kode (H2020)", "Programområde (H2020)", "Program kode (H2020)",
     "Programkortnavn (H2020)", "Programnivå 1 kortnavn (H2020)", "Programnivå 1 kode (H2020)",
     "Overordnet utlysnings-id", "Søknadstype", "Søknadstypenavn", "Kontraktstatus", "Søknadsfrist", "Søknadsdato",
     "Varighet måneder", "Vurderingspanel", "Organisasjon finansiell rolle", "Deltakernr", "FoU sektorkode",
     "FoU kategori", "Kontraktspart 1", "Kontraktspart 2", "Adresse kommunenummer", "Adresse fylkenummer",
     "Adresse landsdel"}
)  # fmt: skip


def participation_of(row: Row) -> Participation:
    """The Norwegian organisation of a row. Raises Unreadable where it has no name."""
    name, number = line(row.pop("Organisasjonsnavn", ""), 300), row.pop("Organisasjonsnummer", "").strip()
    short, county = line(row.pop("Kortnavn", ""), 100), row.pop("Adresse fylke", "")
    if not name:
        raise Unreadable("Organisasjonsnavn: missing")
    return Participation(
        name=name,
        aliases=(short,) if short and short != name else (),
        role=role_of(row.pop("Organisasjon rolle", "")),
        country="NO",
        region=line(county.partition(" - ")[0], 100) or None,
        town=line(row.pop("Adresse kommune", "").partition(" - ")[0], 100) or None,
        type=_SECTORS.get(row.pop("FoU sektor", ""), "unknown"),
        ids=(f"brreg:{number}",) if len(number) == 9 and number.isdecimal() else (),
        funding_eur=euros_of(row.pop("Innvilget beløp organisasjon EUR", ""), "Innvilget beløp"),
    )


def project_of(key: str, rows: Iterable[Row], source: str, sha256: str, trouble: Trouble) -> Project:
    """One project from all its rows. Raises Unreadable that names the field."""
    table = [dict(row) for row in rows]
    organisations = tuple(participation_of(row) for row in table)
    row = table[0]
    title, topic = line(row.pop("Prosjektnavn", "")), line(row.pop("Topic", ""))
    if not title:
        raise Unreadable("Prosjektnavn: missing")
    calls = (row.pop("Topic kode", ""), row.pop("Utlysnings-id", ""))
    themes = (row.pop("Program (H2020)", ""), row.pop("Programnivå 1 (H2020)", ""))
    row.pop("Prosjektnr", "")
    project = Project(
        source=source,
        source_id=key,
        title=title,
        acronym=line(row.pop("Prosjektkortnavn", ""), 100) or None,
        text=topic,
        url=f"https://cordis.europa.eu/project/id/{key}",
        programme=line(row.pop("Rammeprogram", ""), 60) or None,
        calls=tuple(dict.fromkeys(name for call in calls if (name := line(call, 100)))),
        codes=tuple(dict.fromkeys(f"h2020:{name}" for theme in themes if (name := line(theme, 150)))),
        started_on=date_of(row.pop("Kontrakt startdato", ""), "Kontrakt startdato"),
        ended_on=date_of(row.pop("Kontrakt sluttdato", ""), "Kontrakt sluttdato"),
        updated_on=date_of(row.pop("Kontrakt signeringsdato", ""), "Kontrakt signeringsdato"),
        funding_eur=sum(one.funding_eur or 0 for one in organisations) or None,
        organisations=organisations,
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, _IGNORED))
    return project
