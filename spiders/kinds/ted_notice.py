"""A notice of the TED search to an item (SOURCES F3). Every field may be absent; some repeat per lot and language."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time

from spiders.kinds.dates import brussels_deadline, day, moment
from spiders.kinds.languages import two_of_three
from spiders.kinds.personal import without_mail
from spiders.kinds.rows import Row, euros, mapping, take_list, take_mapping, take_texts
from spiders.kinds.trouble import Trouble, Unreadable, leftovers
from spiders.text import line, plain
from terms.item import Call, Item, Organisation

NOT_A_CALL = "a notice that asks for no offers, such as an award"
CALLS = ("cn-", "pin-", "qu-sy")
FIELDS = (
    "publication-number", "publication-date", "notice-type", "procedure-identifier", "procedure-type", "notice-title",
    "title-proc", "description-proc", "description-lot", "buyer-name", "buyer-country", "classification-cpv",
    "deadline-receipt-tender-date-lot", "deadline-receipt-tender-time-lot", "deadline-receipt-request-date-lot",
    "estimated-value-lot", "estimated-value-cur-lot", "links",
)  # fmt: skip
# the other notice types of eForms (code list notice-type): results, direct awards, changes, completions
_NO_CALLS = ("can-", "veat", "corr", "compl", "brin-", "subco", "pmc")
_NUMBER = re.compile(r"\d{1,12}-\d{4}")
_PAGE = "https://ted.europa.eu/en/notice/-/detail/"
# `links` is built from the number instead; the city says nothing that the name of the buyer does not.
_IGNORED = frozenset(["links", "buyer-city"])
_COUNTRIES = {
    "AUT": "AT", "BEL": "BE", "BGR": "BG", "CHE": "CH", "CYP": "CY", "CZE": "CZ", "DEU": "DE", "DNK": "DK", "ESP": "ES",
    "EST": "EE", "FIN": "FI", "FRA": "FR", "GBR": "GB", "GRC": "GR", "HRV": "HR", "HUN": "HU", "IRL": "IE", "ISL": "IS",
    "ITA": "IT", "LIE": "LI", "LTU": "LT", "LUX": "LU", "LVA": "LV", "MLT": "MT", "NLD": "NL", "NOR": "NO", "POL": "PL",
    "PRT": "PT", "ROU": "RO", "SVK": "SK", "SVN": "SI", "SWE": "SE",
}  # fmt: skip


def item_of(found: object, source: str, sha256: str, trouble: Trouble) -> Item | None:
    """The item of a notice, or None for one that is no call. Raises Unreadable that names the field."""
    row = mapping(found, "notice")
    number = _one(row, "publication-number")
    if not _NUMBER.fullmatch(number):
        raise Unreadable(f"publication-number: expected 123456-2026, found {line(number, 40)!r}")
    kind = _one(row, "notice-type")
    if kind and not kind.startswith(CALLS):
        if not kind.startswith(_NO_CALLS):
            trouble.unknown([f"notice-type={kind}"])
        trouble.expected(NOT_A_CALL)
        return None
    procedure = line(_one(row, "procedure-identifier"), 100)
    title, language, text = _words(row)
    item = Item(
        source=source,
        source_id=procedure or number,
        kind="call",
        title=title or number,
        text=text,
        url=f"{_PAGE}{number}",
        language=language,
        published_on=day(_one(row, "publication-date")),
        organisations=_buyers(row),
        codes=_codes(row, number),
        call=_call(row, kind),
        capture_sha256=sha256,
    )
    trouble.unknown(leftovers(row, _IGNORED))
    return item


def _several(row: Row, name: str) -> list[str]:
    """A field that is a text or a list of texts, as the versions of the notices have it."""
    if not isinstance(row.get(name), str):
        return take_texts(row, name)
    return [text] if (text := row.pop(name)) else []


def _one(row: Row, name: str) -> str:
    return next(iter(_several(row, name)), "")


def _spoken(row: Row, name: str) -> dict[str, list[str]]:
    """A field of several languages: `{lang: text}` or `{lang: [text]}`; without languages where it is only a text."""
    if isinstance(row.get(name), str | list):
        return {"": _several(row, name)}
    said = take_mapping(row, name)
    return {language: _several(said, language) for language in list(said)}


def _words(row: Row) -> tuple[str, str, str]:
    """Title and its language as the buyer wrote them; the text starts with TED's own title, which names the class."""
    named, own = _spoken(row, "notice-title"), _spoken(row, "title-proc")
    described = _spoken(row, "description-proc") or _spoken(row, "description-lot")
    titles = own or named
    language = "eng" if "eng" in titles else next(iter(titles), "")
    title = line(next(iter(titles.get(language, [])), ""))
    of_ted = named.get("eng") or next(iter(named.values()), [])
    written = described.get(language) or next(iter(described.values()), [])
    parts = [text for text in dict.fromkeys([*of_ted, *written]) if text != title]
    return title, two_of_three(language), plain(without_mail(". ".join(parts)))


def _buyers(row: Row) -> tuple[Organisation, ...]:
    """Each buyer once, in the first language that names it. A country only where it cannot be another buyer's."""
    names = next(iter(_spoken(row, "buyer-name").values()), [])
    countries = {_COUNTRIES.get(code) for code in _several(row, "buyer-country")}
    country = countries.pop() if len(countries) == 1 else None
    named = dict.fromkeys(line(name, 200) for name in names)
    return tuple(Organisation(name=name, role="funder", country=country) for name in named if name)


def _codes(row: Row, number: str) -> tuple[str, ...]:
    classes = dict.fromkeys(line(code, 20) for code in _several(row, "classification-cpv"))
    procedure = line(_one(row, "procedure-type"), 40)
    return (*(f"cpv:{code}" for code in classes), *([f"ted:{procedure}"] if procedure else []), f"ted:{number}")


def _call(row: Row, kind: str) -> Call:
    currencies = set(_several(row, "estimated-value-cur-lot"))
    amount = sum(euros(value, "estimated-value-lot") for value in take_list(row, "estimated-value-lot"))
    currency = line(currencies.pop(), 3) if amount and len(currencies) == 1 else ""
    return Call(
        programme="Public procurement (TED)",
        stated_status=line(kind, 40) or None,
        deadlines_at=tuple(sorted(set(_deadlines(row)))),
        budget_eur=amount if currency == "EUR" else None,
        conditions=f"Estimated value: {amount} {currency}" if currency not in ("", "EUR") else None,
    )


def _deadlines(row: Row) -> Iterator[datetime]:
    """Deadlines of the lots. Their clocks stand in a list of their own, which may be shorter."""
    days, clocks = (_several(row, f"deadline-receipt-tender-{part}-lot") for part in ("date", "time"))
    times = clocks if len(clocks) == len(days) else [""] * len(days)
    yield from (_deadline(on, clock) for on, clock in zip(days, times, strict=True))
    yield from (_deadline(on, "") for on in _several(row, "deadline-receipt-request-date-lot"))


def _deadline(on: str, clock: str) -> datetime:
    """A deadline of a lot: `2026-11-17+02:00` and `12:00:00+02:00`; a date alone means 17:00 in Brussels (rule 6)."""
    if clock and (at := moment(f"{on[:10]}T{clock}")):
        return at
    if (date := day(on)) is None:
        raise Unreadable(f"deadline: no date in {line(on, 40)!r}")
    return brussels_deadline(datetime.combine(date, time(), UTC))
