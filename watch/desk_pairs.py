"""Pairs of a need and another company's competence as the brokers' page shows them, a step at a time (P43)."""

from typing import NamedTuple

from ledger import consent
from terms.consent import Disclosure, Profile, Revealed
from terms.errors import NotFound
from terms.person import Scope
from watch import inside, inside_consent
from watch.desk_queue import Workroom
from watch.inside import Inside


class Side(NamedTuple):
    """One company of a pair. profile: what it may know of the other, None before the step. has_agreed: its last word.

    is_old: it agreed, but on texts that have changed since.
    """

    company_key: str
    name: str
    profile: Profile | None
    has_agreed: bool
    is_old: bool


class PairPage(NamedTuple):
    """One pair: what the broker sees, what either company may know, what is on record."""

    inside: Inside
    sides: tuple[Side, Side]
    steps: tuple[Disclosure, ...]
    names: dict[str, str]


def list_pairs(room: Workroom, scope: Scope) -> list[Inside]:
    """As `watch.inside.inside_pairs`: both companies are served by this broker."""
    return inside.inside_pairs(room.house, scope)


def steps_so_far(room: Workroom) -> int:
    """Changes with every step that anybody puts on record."""
    with room.house.ledger.read() as connection:
        return len(consent.read_steps(connection))


def open_pair(room: Workroom, scope: Scope, pair_key: str) -> PairPage:
    """One pair. Raises NotFound, in the same words for a pair of others as for none."""
    found = inside.find_pair(room.house, scope, pair_key)
    with room.house.ledger.read() as connection:
        steps = consent.read_steps(connection, found.pair.pair_key)
    standing = consent.consenting(steps)
    names = {found.seeker.id: found.seeker.name, found.owner.id: found.owner.name}
    sides = [_side(room, scope, found, key, name, standing.get(key)) for key, name in names.items()]
    return PairPage(found, (sides[0], sides[1]), tuple(reversed(steps)), names)


def show_profiles(room: Workroom, scope: Scope, pair_key: str) -> None:
    """Let both companies have the other one's anonymous profile. Raises NotFound."""
    inside_consent.show_profiles(room.house, scope, pair_key, scope.person.name)


def note_consent(room: Workroom, scope: Scope, pair_key: str, company_key: str, said_by: str, *, given: bool) -> None:
    """What a company said: yes, or no more. Raises NotFound, VardeError before its step, ValueError without a name."""
    note = inside_consent.give_consent if given else inside_consent.revoke_consent
    note(room.house, scope, pair_key, _mine(scope, company_key), said_by=said_by, who=scope.person.name)


def tell_name(room: Workroom, scope: Scope, pair_key: str, company_key: str) -> Revealed:
    """The other company, for this one; put on record. Raises NotFound; VardeError without both consents."""
    return inside_consent.names_for(room.house, scope, pair_key, _mine(scope, company_key), scope.person.name)


def _side(room: Workroom, scope: Scope, found: Inside, key: str, name: str, agreed: Disclosure | None) -> Side:
    may_read = found.stage != "broker"
    profile = inside_consent.profile_for(room.house, scope, found.pair.pair_key, key) if may_read else None
    is_old = agreed is not None and agreed.text_version != found.pair.text_version
    return Side(key, name, profile, agreed is not None, is_old)


def _mine(scope: Scope, company_key: str) -> str:
    if company_key not in scope.companies:
        raise NotFound("there is nothing here that you have access to")
    return company_key
