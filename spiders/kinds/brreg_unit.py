"""A unit of the Norwegian register of legal entities to a register entry; of its address only the town stays."""

from spiders.kinds.dates import day
from spiders.kinds.funded import web_page
from spiders.kinds.rows import Row, mapping, take_mapping, take_number, take_text
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line
from terms.organisation import OrganisationType, RegisterEntry

SOLE_PROPRIETOR = "a sole proprietor: a private person, whom we do not store"
_PERSONS = frozenset({"ENK", "DA", "ANS", "PRE", "TVAM", "KTRF", "BO"})
_PUBLIC = frozenset({"STAT", "KOMM", "FYLK", "ORGL", "SF", "KF", "FKF", "IKS", "SÆR", "ADOS"})
_SMALL = 250
_IGNORED = frozenset(
    {"organisasjonsform", "postadresse", "institusjonellSektorkode", "registreringsdatoEnhetsregisteret",
     "registrertIMvaregisteret", "registrertIForetaksregisteret", "registrertIStiftelsesregisteret",
     "registrertIFrivillighetsregisteret", "registrertIPartiregisteret", "stiftelsesdato", "underAvvikling",
     "underTvangsavviklingEllerTvangsopplosning", "maalform", "vedtektsfestetFormaal", "vedtektsdato", "aktivitet",
     "sisteInnsendteAarsregnskap", "harRegistrertAntallAnsatte", "links", "_links", "respons_klasse", "kapital",
     "registreringsdatoMerverdiavgiftsregisteret", "registreringsdatoMerverdiavgiftsregisteretEnhetsregisteret",
     "registreringsdatoForetaksregisteret", "registreringsdatoAntallAnsatteEnhetsregisteret",
     "registreringsdatoAntallAnsatteNAVAaregisteret", "registreringsdatoFrivilligMerverdiavgiftsregisteret",
     "frivilligMvaRegistrertBeskrivelser", "epostadresse", "telefon", "mobil", "erIKonsern", "paategninger"}
)  # fmt: skip


def entry_of(found: object, source: str, sha256: str, trouble: Trouble) -> RegisterEntry | None:
    """The entry of a unit; None where the unit is a private person. Raises Unreadable that names the field."""
    row = mapping(found, "enhet")
    number, name = take_text(row, "organisasjonsnummer"), line(take_text(row, "navn"), 300)
    if len(number) != 9 or not number.isdecimal() or not name:
        raise Unreadable("organisasjonsnummer or navn: missing")
    form = take_text(mapping(row.get("organisasjonsform") or {}, "organisasjonsform"), "kode")
    if form in _PERSONS:
        trouble.expected(SOLE_PROPRIETOR)
        return None
    place, staff = take_mapping(row, "forretningsadresse"), take_number(row, "antallAnsatte")
    codes = tuple(_nace(take_mapping(row, f"naeringskode{number}")) for number in (1, 2, 3))
    gone = (row.pop("konkurs", False), bool(row.pop("slettedato", None)), bool(row.pop("konkursdato", None)))
    parent = take_text(row, "overordnetEnhet")
    entry = RegisterEntry(
        source=source,
        source_id=number,
        name=name,
        country="NO",
        town=line(take_text(place, "kommune"), 100).title() or None,
        type=_type_of(form, codes, staff),
        web=_home(take_text(row, "hjemmeside")),
        ids=(f"brreg:{number}",),
        parents=(f"brreg:{parent}",) if parent else (),
        codes=tuple(code for code in codes if code),
        is_active=not any(gone),
        updated_on=day(take_text(row, "oppdatert")),
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, _IGNORED))
    return entry


def _home(written: str) -> str | None:
    """The register writes web pages without their scheme."""
    return web_page(written if "://" in written or not written else f"https://{written}")


def _nace(row: Row) -> str:
    code = line(take_text(row, "kode"), 10)
    return f"nace:{code}" if code else ""


def _type_of(form: str, codes: tuple[str, ...], staff: int | None) -> OrganisationType:
    if codes[0].startswith("nace:85.4"):
        return "university"
    if codes[0].startswith("nace:72"):
        return "institute"
    if form in _PUBLIC:
        return "public"
    if form in ("AS", "ASA", "SA", "NUF"):
        return "sme" if staff is not None and staff < _SMALL else "company"
    return "other"
