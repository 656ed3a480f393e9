"""An application round of Vinnova to an item (SOURCES F8). The register writes `x` for what is not translated."""

from datetime import date, datetime, time
from urllib.parse import quote

from spiders.kinds.address import clean_address
from spiders.kinds.local import STOCKHOLM, local_moment
from spiders.kinds.personal import without_mail
from spiders.kinds.portal import trl_of
from spiders.kinds.rows import Row, mapping, take_rows, take_text
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line, plain
from terms.item import Call, Item, Organisation

INVITED = "a round for those who were invited"
_NO_DATE_BEFORE = 1950
_CLOSES = time(14)
_SEARCH = "https://www.vinnova.se/sok/?q="
# KontaktLista names persons with telephone and mail.
_IGNORED = frozenset(
    [
        "KontaktLista",
        "DokumentLista",
        "Webbsida",
        "UppskattatBeslutsdatum",
        "TidigastProjektstart",
        "SenastProjektstart",
        "SenastProjektslut",
        "AnnonseringslägePeriod",
        "AnnonseringslägeÅr",
        "Publiceringsdatum",
    ]
)


def item_of(found: object, source: str, sha256: str, trouble: Trouble) -> Item | None:
    """The item of a round, in English where the register has it; None for one by invitation. Raises Unreadable."""
    row = mapping(found, "round")
    number = line(take_text(row, "Diarienummer"), 60)
    if not number:
        raise Unreadable("Diarienummer: missing")
    if row.pop("Publik", 1) in (0, "0", False):
        trouble.expected(INVITED)
        return None
    swedish, english = (_real(row, name) for name in ("Titel", "TitelEngelska"))
    text = _text(row, is_english=bool(english))
    links = take_rows(row, "LankLista")
    announced = _moment(row, "Publiceringsdatum")
    item = Item(
        source=source,
        source_id=number,
        kind="call",
        title=english or swedish or number,
        text=text,
        url=_address(links, number),
        language="en" if english else "sv",
        published_on=announced.date() if announced else None,
        organisations=(Organisation(name="Vinnova", role="funder", country="SE"),),
        codes=tuple(f"vinnova:{one}" for one in [line(take_text(row, "DiarienummerUtlysning"), 60)] if one),
        call=_call(row, text),
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, _IGNORED))
    return item


def _real(row: Row, name: str) -> str:
    said = line(take_text(row, name))
    return "" if said.casefold() == "x" else said


def _text(row: Row, is_english: bool) -> str:
    """The description and the texts for the web, each in English if it is there and wanted, else in Swedish."""
    described = take_text(row, "Beskrivning"), take_text(row, "BeskrivningEngelska")
    pairs = [
        described,
        *((take_text(part, "TextSv"), take_text(part, "TextEn")) for part in take_rows(row, "WebTextLista")),
    ]
    chosen = (
        plain(english if is_english and plain(english).casefold() not in ("", "x") else swedish)
        for swedish, english in pairs
    )
    return plain(without_mail(" ".join(text for text in chosen if text.casefold() != "x")))


def _address(links: list[Row], number: str) -> str:
    """Where to apply, as the round says it; else a search for its number on the site."""
    told = [(take_text(link, "Beskrivning").casefold(), clean_address(take_text(link, "URL"))) for link in links]
    first = sorted((pair for pair in told if pair[1]), key=lambda pair: "ansök" not in pair[0])
    return first[0][1] if first else f"{_SEARCH}{quote(number)}"


def _call(row: Row, text: str) -> Call:
    opens, due = _moment(row, "Oppningsdatum"), _moment(row, "Stangningsdatum")
    return Call(
        programme="Vinnova",
        opens_on=_day(opens),
        deadlines_at=(due,) if due else (),
        trl=trl_of(text),
    )


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _moment(row: Row, name: str) -> datetime | None:
    """A stamp on Stockholm's clock; 1900-01-01 stands for none. Raises Unreadable for what is no date."""
    written = take_text(row, name)
    at = local_moment(written, STOCKHOLM, _CLOSES)
    if written and at is None:
        raise Unreadable(f"{name}: no date in {line(written, 40)!r}")
    return at if at and at.year >= _NO_DATE_BEFORE else None
