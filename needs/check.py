"""Soft warnings for a broker: needs that are valid but will hardly find anything, or find everything."""

import re
from collections.abc import Iterator
from datetime import date

from terms.company import Company, Need

FEWEST_WORDS = 8  # guess: shorter descriptions leave the matcher little to go on
_WORD = re.compile(r"[^\W\d_]{2,}")
# Words that carry no technology, in the five languages of our companies; only enough to spot an empty description.
_EMPTY_WORDS = (
    "a an and are as at be better by do for from good has have how in is it more need needs new of on or our that the "
    "their this to want we with which will og en et ei er i på for av til med som det den de vi har å om bedre ny nye "
    "ønsker trenger behov vår våre ikke kan und der die das ein eine ist wir für mit von zu im auf neue les des un une "
    "du est nous pour avec dans sur le la el los las una es para con por del que y"
)
_EMPTY = frozenset(_EMPTY_WORDS.split())


def hints(company: Company, today: date) -> tuple[str, ...]:
    """What a broker should look at, one sentence each, in the order of the map; `today` judges the dates.

    Names needs by id only, so that a hint about a closed need gives nothing away (P04).
    """
    return (*_company(company, today), *(f"{n.id}: {hint}" for n in company.needs for hint in _need(n, today)))


def _company(company: Company, today: date) -> Iterator[str]:
    if not any(need.status == "active" for need in company.needs):
        yield f"{company.id}: has no active need; nothing will be matched"
    if not company.contacts:
        yield f"{company.id}: has no contact; no digest can be sent"
    if company.engagement.planned_end < today and company.engagement.phase != "ended":
        yield f"{company.id}: the engagement was planned to end on {company.engagement.planned_end}"


def _need(need: Need, today: date) -> Iterator[str]:
    """The hints on one need, without its name."""
    yield from _wording(need)
    both = sorted({term.casefold() for term in need.include} & {term.casefold() for term in need.exclude})
    if both:
        yield f"{len(both)} term(s) stand in both include and exclude; exclude wins"
    if not (need.include or need.cpc or need.arxiv):
        yield "has no include terms and no CPC or arXiv codes; only its wording can find anything"
    if need.review_on and need.review_on < today and need.status == "active":
        yield f"its review was due on {need.review_on}"
    if need.trl_now and need.trl_target and need.trl_target < need.trl_now:
        yield f"its TRL target ({need.trl_target}) lies below its TRL now ({need.trl_now})"


def _wording(need: Need) -> Iterator[str]:
    words = [word.casefold() for word in _WORD.findall(f"{need.title} {need.description}")]
    telling = set(words) - _EMPTY
    if not telling:
        yield "its wording says nothing about a technology; describe what is to be solved"
    elif len(_WORD.findall(need.description)) < FEWEST_WORDS:
        yield f"its description has fewer than {FEWEST_WORDS} words; say what is to be solved, and how well"
    single = [term for term in need.include if len(term) < 3]
    if single:
        yield f"{len(single)} include term(s) of one or two characters will flag far too much"
