"""Proposals at the desk: worked out aside, taken over one by one into a form that is still to be saved (P03)."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from terms.company import Need
from watch.desk_queue import Workroom

if TYPE_CHECKING:
    from watch.proposals import Proposals


class Draft(NamedTuple):
    """A need's form as it stood, and what is proposed for it. need_id: None for a new need. seen: of the map."""

    company_key: str
    need_id: str | None
    seen: str
    fields: Mapping[str, str]
    proposals: "Proposals"


class Chosen(NamedTuple):
    """What a broker ticked: terms and classes as proposed, and whether the two levels."""

    terms: Collection[str] = ()
    classes: Collection[str] = ()
    trl_now: bool = False
    trl_target: bool = False


def drafted(
    room: Workroom, company_key: str, need_id: str | None, need: Need, fields: Mapping[str, str], seen: str
) -> Draft:
    """Work out what to propose for a form that holds this need; nothing is stored."""
    from watch.proposals import propose  # noqa: PLC0415 - numba takes seconds to import, and most pages need none

    return Draft(company_key, need_id, seen, dict(fields), propose(room.house, company_key, need))


def taken_over(draft: Draft, chosen: Chosen) -> dict[str, str]:
    """The form's fields with what was ticked; what was not proposed is left out, whatever the browser sent."""
    found = draft.proposals
    fields = dict(draft.fields)
    fields["include"] = _more(fields.get("include", ""), [o.text for o in found.terms if o.text in chosen.terms])
    fields["cpc"] = _more(fields.get("cpc", ""), [o.code for o in found.classes if o.code in chosen.classes])
    levels = {"trl_now": found.maturity.now, "trl_target": found.maturity.target}
    for name, guess in levels.items():
        if guess and getattr(chosen, name):
            fields[name] = str(guess.level)
    return fields


def _more(lines: str, fresh: list[str]) -> str:
    return "\n".join([*(line for line in lines.splitlines() if line.strip()), *fresh])
