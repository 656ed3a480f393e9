"""Joint opportunities as the brokers' page shows them, and who from outside could fill a gap (P42, P41)."""

from typing import NamedTuple

from digests.gate_said import GateWords
from digests.links import safe_link
from digests.texts import texts_for
from digests.wording import wording_for
from terms.errors import NotFound
from terms.joint import Joint
from terms.person import Scope
from watch.desk_partners import Outsider, outsider_of
from watch.desk_queue import Workroom
from watch.joint import joint_opportunities
from watch.joint_partners import gap_partners


class Shown(NamedTuple):
    """A call that companies could answer together. ref: of the company that fits best. url: None where it is unsafe."""

    joint: Joint
    ref: str
    url: str | None
    source: str


def joint_calls(room: Workroom, scope: Scope, *, single: bool) -> tuple[Shown, ...]:
    """As `watch.joint.joint_opportunities`, with what a page needs beside."""
    found = joint_opportunities(room.house, scope, single=single)
    return tuple(Shown(one, one.applicants[0].ref, safe_link(one.url), room.title_of(one.source)) for one in found)


def rule_words(room: Workroom, language: str) -> GateWords:
    """How a call's rules on partners are said to this reader."""
    return GateWords(wording_for(texts_for(language), "UTC", room.house.clock()))


def find_joint(found: tuple[Shown, ...], ref: str) -> Joint:
    """One of them by the ref of any of its companies. Raises NotFound."""
    wanted = ref.strip().upper()
    for one in found:
        if any(applicant.ref == wanted for applicant in one.joint.applicants):
            return one.joint
    raise NotFound("there is no such joint opportunity")


def outsiders(room: Workroom, one: Joint) -> tuple[Outsider, ...]:
    """Who from outside could fill what the call lacks; nobody where it lacks nothing or every need is closed (P04)."""
    ranked = gap_partners(room.house, [one]).get(one.cluster_key, ())
    return tuple(outsider_of(partner) for partner in ranked)
