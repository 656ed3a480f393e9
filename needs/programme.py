"""Programmes and whom they fund, from dated files with their source (needs/programmes/); the newest file counts."""

from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError
from ruamel.yaml import YAML

from terms.base import Term
from terms.gate import Outcome
from terms.item import Call

FOLDER = Path(__file__).with_name("programmes")
_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = frozenset(_EU.split())
EEA = EU | {"NO", "IS", "LI"}


class Action(Term):
    """A kind of action by its names. least: partners and countries it needs; says: that rule in the source's words."""

    names: tuple[str, ...]
    least: tuple[int, int]
    says: str


class Programme(Term):
    """One programme of a dated file. countries: ISO codes or groups that are funded; others: what holds for the rest.

    table: the file's date and the entry's id, as the gate names it.
    """

    id: str
    names: tuple[str, ...]
    source: str
    countries: tuple[str, ...]
    others: Outcome
    kinds: tuple[str, ...]
    actions: tuple[Action, ...]
    table: str

    @property
    def funded(self) -> frozenset[str]:
        """ISO codes of every country that is funded."""
        return expanded(self.countries)

    def action_of(self, call: Call) -> Action | None:
        """The kind of action that the call names, if the table has it."""
        told = f" {call.beneficiaries or ''} {call.programme or ''}".casefold()
        return next((action for action in self.actions if any(name in told for name in action.names)), None)


def programme_of(call: Call) -> Programme | None:
    """The programme that a call names, or None where the tables do not know it."""
    name = (call.programme or "").strip().casefold()
    return next((p for p in programmes() if name and any(name.startswith(known) for known in p.names)), None)


@lru_cache(maxsize=1)
def programmes() -> tuple[Programme, ...]:
    """Every programme of the newest file. Raises ValueError naming file, entry and field where one cannot be read."""
    newest = max(FOLDER.glob("*.yaml"))
    entries = YAML(typ="safe", pure=True).load(newest.read_text("utf-8"))
    try:
        return tuple(Programme(**entry, table=f"{entry['id']} of {newest.stem}") for entry in entries)
    except ValidationError as error:
        raise ValueError(f"{newest.name}: {error}") from error


def expanded(codes: tuple[str, ...], associated: frozenset[str] = frozenset()) -> frozenset[str]:
    """Country codes with EU, EEA and ASSOCIATED spelt out."""
    groups = {"EU": EU, "EEA": EEA, "ASSOCIATED": associated}
    return frozenset(code for one in codes for code in groups.get(one, frozenset({one})))
