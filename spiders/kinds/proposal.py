"""A call of the Research Council of Norway, from its card in the list or from its own page (SOURCES F4).

The page carries its facts as JSON for React. The keys of that JSON were never seen in full, the Norwegian labels were:
so a label is looked for among the values, and what stands beside it in the same object is its text.
"""

import json
import re
from collections.abc import Iterator
from datetime import time

from lxml import html

from spiders.kinds.listing import heading, labelled, pieces, sections
from spiders.kinds.local import OSLO, moments_in
from spiders.kinds.personal import without_mail
from spiders.kinds.portal import trl_of
from spiders.kinds.rows import Row
from spiders.kinds.trouble import Unreadable
from spiders.text import line, plain
from terms.item import Call

DEADLINE, ROLLING, PURPOSE = "Søknadsfrist", "Løpende", "Formål"
WHO, WITH_WHOM = "Hvem kan søke", "Hvem kan delta"
MONEY = ("Antatt tilgjengelige midler", "Støttegrenser", "Prosjektvarighet")
STATUSES = ("Søk nå", ROLLING, "Se Resultat", "Lukket", "Stengt")
LABELS = (DEADLINE, *MONEY, PURPOSE, WHO, WITH_WHOM)
Facts = dict[str, str]

# Applications of a card that states only a day are due at 13:00: so in all 171 deadlines of the council's open data.
_CLOSES = time(13)
_TEXT_LIMIT = 4_000
_COMPONENT = re.compile(r"[\"']?\bname[\"']?\s*:\s*[\"']ProposalPage[\"']\s*,\s*[\"']?props[\"']?\s*:\s*")
_NOT_WORDS = frozenset(["guid", "id", "url", "href", "src", "type", "theme", "icon", "className", "target", "size"])


def facts_of_page(body: bytes, root: html.HtmlElement) -> tuple[str, Facts]:
    """Title and facts of a call's own page: from its JSON, and what that lacks from what is printed."""
    props = embedded(body)
    told = stated(props) if props is not None else {}
    printed = {label: text for name, text in sections(root).items() if text and (label := _label(name))}
    # One text behind a label: on a whole page nothing says where the text of the last label ends.
    behind = labelled(pieces(root), (DEADLINE, *MONEY), LABELS, most=1)
    told = {**behind, **printed, **told}
    title = props.get("title") if props is not None else None
    return line(title) if isinstance(title, str) and title else heading(root), told


def embedded(body: bytes) -> Row | None:
    """The properties of the page's component; None where there are none. Raises Unreadable where they are broken."""
    text = body.decode("utf-8", "replace")
    found = _COMPONENT.search(text)
    if found is None:
        return None
    try:
        props, _ = json.JSONDecoder().raw_decode(text, found.end())
    except (ValueError, RecursionError) as trouble:
        raise Unreadable("ProposalPage: its properties cannot be read as JSON") from trouble
    return props if isinstance(props, dict) else None


def stated(props: Row) -> Facts:
    """What stands beside each label, in whichever object of the JSON the label is a value."""
    told: Facts = {}
    for found in _objects(props):
        for key, value in found.items():
            label = _label(value) if isinstance(value, str) else None
            beside = {other: said for other, said in found.items() if other != key}
            # A table of contents holds the label too, with nothing but a link beside it.
            if label and label not in told and (text := " ".join(_words(beside))):
                told[label] = text
    return told


def _label(text: str) -> str | None:
    said = line(text, 120).rstrip(" :?").casefold()
    exact = next((label for label in LABELS if label.casefold() == said), None)
    return exact or next((label for label in (WHO, WITH_WHOM) if said.startswith(label.casefold())), None)


def _objects(value: object) -> Iterator[Row]:
    """Every object of a JSON value, outer ones first, in its order; without recursion, since the depth is theirs."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            yield here
        inner = list(here.values()) if isinstance(here, dict) else here if isinstance(here, list) else []
        waiting.extend(reversed(inner))


def _words(found: Row) -> Iterator[str]:
    """The texts of an object and of all in it, without addresses and the names of styles."""
    for inner in _objects(found):
        for key, value in inner.items():
            for said in value if isinstance(value, list) else [value]:
                text = plain(said) if isinstance(said, str) and key not in _NOT_WORDS else ""
                if text and not text.startswith(("/", "http", "#")):
                    yield text


def text_of(told: Facts) -> str:
    """What the call is about: the council's terms allow facts and a link, so it is kept short."""
    return plain(without_mail(told.get(PURPOSE, "")), _TEXT_LIMIT)


def is_unclear(told: Facts, call: Call) -> bool:
    """Whether the deadline's words hold neither a date nor that the call is always open, such as `Våren 2027`."""
    return bool(told.get(DEADLINE)) and not call.deadlines_at and call.stated_status != ROLLING


def call_of(told: Facts, status: str | None) -> Call:
    """The call. Amounts are in kroner and stay in words."""
    due = told.get(DEADLINE, "")
    deadlines = moments_in(due, OSLO, _CLOSES)
    is_rolling = not deadlines and (status == ROLLING or ROLLING.casefold() in due.casefold())
    conditions = "; ".join(f"{label}: {told[label]}" for label in MONEY if label in told)
    return Call(
        programme="Research Council of Norway",
        stated_status=ROLLING if is_rolling else status,
        deadlines_at=deadlines,
        beneficiaries=plain(without_mail(told.get(WHO, "")), _TEXT_LIMIT) or None,
        conditions=plain(conditions, _TEXT_LIMIT) or None,
        trl=trl_of(*told.values()),
        consortium=plain(without_mail(told.get(WITH_WHOM, "")), _TEXT_LIMIT) or None,
    )
