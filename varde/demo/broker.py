"""The scripted broker of the demo: rules from a file, applied through the same functions as a person's commands."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from terms.base import Term
from terms.decision import Opportunity, RejectReason, Verb
from watch import review
from watch.companies import find_company
from watch.house import House


class Rule(Term):
    """What the broker does with an opportunity, and says while doing it."""

    company: str
    title_contains: str
    verb: Verb
    reason: RejectReason | None = None
    until: date | None = None
    note: str | None = None
    says: str


class Said(NamedTuple):
    """One rule applied; opportunity is None where the queue did not hold it."""

    rule: Rule
    opportunity: Opportunity | None


def read_rules(path: Path) -> list[Rule]:
    """The rules of a broker's script."""
    return TypeAdapter(list[Rule]).validate_python(YAML(typ="safe", pure=True).load(path))


def work_off(house: House, rules: list[Rule]) -> Iterator[Said]:
    """Apply every rule to the queue of its company, in order."""
    for rule in rules:
        found = _find(house, rule)
        if found is not None:
            broker = find_company(house, rule.company).engagement.broker
            review.decide(house, found, rule.verb, broker=broker, reason=rule.reason, until=rule.until, note=rule.note)
        yield Said(rule, found)


def _find(house: House, rule: Rule) -> Opportunity | None:
    waiting = review.queue(house, rule.company).waiting
    wanted = rule.title_contains.casefold()
    return next((o for o in waiting if wanted in o.item.title.casefold()), None)
