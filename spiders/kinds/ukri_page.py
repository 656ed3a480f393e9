"""The page of a funding opportunity of UK Research and Innovation (SOURCES F5)."""

from datetime import datetime, time

from lxml import html

from spiders.kinds.listing import by_class, heading, sections, words
from spiders.kinds.local import LONDON, local_moment, moments_in
from spiders.kinds.personal import without_mail
from spiders.kinds.portal import trl_of
from spiders.kinds.trouble import Trouble
from spiders.text import line, plain
from terms.item import Call, Organisation

UNCLEAR = "A closing date is stated in words that hold no date; the call is kept without it"
_PREFIX = "Funding opportunity:"
_WHO = "who can apply"
_MONEY = ("Total fund", "Award range", "Minimum award", "Maximum award", "Award")
_USED = frozenset(
    [
        *_MONEY,
        "Opportunity status",
        "Funders",
        "Co-funders",
        "Funding type",
        "Publication date",
        "Opening date",
        "Closing date",
    ]
)
_NEVER = ("no closing date", "not applicable", "n/a", "open until", "to be confirmed")
# UKRI closes at 16:00 UK time; its pages state the clock, this stands in where one does not.
_CLOSES = time(16)
_TEXT_LIMIT = 16_000


def facts_of(root: html.HtmlElement) -> dict[str, html.HtmlElement]:
    """The rows of the summary table: what stands in `dd` by the words of its `dt`; empty where there is no table."""
    table = next(iter(by_class(root, "opportunity__summary")), None)
    terms = [] if table is None else list(table.iter("dt"))
    found = {line(words(term)).rstrip(": "): term.getnext() for term in terms}
    return {name: value for name, value in found.items() if value is not None and value.tag == "dd"}


def title_of(root: html.HtmlElement) -> str:
    """The headline without the words that every page has."""
    return heading(root).removeprefix(_PREFIX).strip()


def text_of(root: html.HtmlElement) -> str:
    """What the opportunity is about: its description, then its sections but for who can apply."""
    described = words(next(iter(by_class(root, "description")), None))
    accordion = (text for name, text in sections(root).items() if name.casefold().startswith(("scope", "what we")))
    return plain(without_mail(" ".join([described, *accordion])), _TEXT_LIMIT)


def funders_of(facts: dict[str, html.HtmlElement]) -> tuple[Organisation, ...]:
    """Funders and co-funders, by their links, else between the commas."""
    named: list[str] = []
    for name in ("Funders", "Co-funders"):
        if name in facts:
            linked = [words(link) for link in facts[name].iter("a")]
            named += linked or words(facts[name]).split(",")
    return tuple(
        Organisation(name=name, role="funder") for name in dict.fromkeys(line(one, 200) for one in named) if name
    )


def moment_of(facts: dict[str, html.HtmlElement], name: str) -> datetime | None:
    """The moment of a row: its `time` element, else its words; on London's clock."""
    if name not in facts:
        return None
    stamps = [one.get("datetime") or "" for one in facts[name].iter("time")]
    at = next((at for stamp in stamps if (at := local_moment(stamp, LONDON, _CLOSES))), None)
    return at or next(iter(moments_in(words(facts[name]), LONDON, _CLOSES)), None)


def call_of(root: html.HtmlElement, facts: dict[str, html.HtmlElement], text: str, trouble: Trouble) -> Call:
    """The call. Amounts are in pounds and stay in words."""
    due, opens = moment_of(facts, "Closing date"), moment_of(facts, "Opening date")
    said = words(facts.get("Closing date")).casefold()
    if said and due is None and not said.startswith(_NEVER):
        trouble.often(UNCLEAR)
    trouble.unknown(name for name in facts if name not in _USED)
    who = next((text for name, text in sections(root).items() if name.casefold().startswith(_WHO)), "")
    conditions = [f"{name}: {line(words(facts[name]))}" for name in _MONEY if name in facts]
    return Call(
        programme=line(words(facts.get("Funding type")), 100) or None,
        stated_status=line(words(facts.get("Opportunity status")), 60) or None,
        opens_on=opens.date() if opens else None,
        deadlines_at=(due,) if due else (),
        beneficiaries=plain(without_mail(who), _TEXT_LIMIT) or None,
        conditions="; ".join(conditions) or None,
        trl=trl_of(text, who),
    )
