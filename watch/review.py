"""Hop 5: the queue of flagged opportunities, and what a broker decides; the desk and the command line use this."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from ledger import companies, decisions
from ledger.decisions import Standing
from network.lines import ref_of
from terms.decision import Decision, Opportunity, RejectReason, Verb
from terms.errors import NotFound
from terms.item import status_of
from terms.match import Match
from warehouse import items, matches
from warehouse.matches import Flagged
from watch.changed import changed_since
from watch.companies import find_company
from watch.house import House


class Queue(NamedTuple):
    """What waits for a decision, best fit first. closed: flagged calls left out because every deadline is past.

    changed: ref -> what changed since it was rejected, old -> new, which is why it is back (P32).
    """

    waiting: tuple[Opportunity, ...]
    closed: int
    decided: int
    changed: dict[str, str] = {}


def queue(house: House, company_key: str | None = None) -> Queue:
    """The opportunities nobody has decided on, of one company or of all.

    A rejected cluster returns only where deadline, budget, eligibility or scope changed after the rejection (P32).

    Raises NotFound for a company that is not watched.
    """
    if company_key is not None:
        find_company(house, company_key)
    every = _opportunities(house, company_key)
    stands = _standing(house, company_key).values()
    changed = _changed_clusters(house, stands)
    decided = _decided_clusters(house, stands) - changed.keys()
    undecided = [o for o in every if (o.company_key, o.match.cluster_key) not in decided]
    now = house.clock()
    waiting = tuple(o for o in undecided if status_of(o.item.call, now) != "closed")
    said = {(o.company_key, o.match.cluster_key): opportunity_ref(o) for o in waiting}
    return Queue(
        waiting,
        closed=len(undecided) - len(waiting),
        decided=len(every) - len(undecided),
        changed={said[cluster]: what for cluster, what in changed.items() if cluster in said},
    )


def opportunity_ref(opportunity: Opportunity) -> str:
    """The short name an opportunity is decided by; its line in a digest carries the same."""
    return ref_of(opportunity.company_key, opportunity.match.cluster_key)


def find_opportunity(house: House, ref: str) -> Opportunity:
    """A flagged opportunity by its ref, decided or not. Raises NotFound."""
    wanted = ref.strip().upper()
    for opportunity in _opportunities(house, None):
        if opportunity_ref(opportunity) == wanted:
            return opportunity
    raise NotFound(f"there is no opportunity {wanted}; `varde queue` shows those that wait, with their refs")


def decide(
    house: House,
    opportunity: Opportunity,
    verb: Verb,
    *,
    broker: str,
    reason: RejectReason | None = None,
    until: date | None = None,
    note: str | None = None,
) -> Decision:
    """Append one decision.

    Raises ValueError where nobody decides, reject has no reason, later no date in the future, or undo nothing to undo.
    """
    found = opportunity.match
    cluster = _last_decided(house, opportunity) if verb == "undo" else found.cluster_key
    decision = decision_on(
        found.model_copy(update={"cluster_key": cluster}),
        opportunity.company_key,
        verb,
        broker=broker,
        reason=reason,
        until=until,
        note=note,
        now=house.clock(),
    )
    with house.ledger.write() as connection:
        decisions.append(connection, decision)
    return decision


def decision_on(
    found: Match,
    company_key: str,
    verb: Verb,
    *,
    broker: str,
    reason: RejectReason | None,
    until: date | None,
    note: str | None,
    now: datetime,
) -> Decision:
    """A decision as it is kept. Raises ValueError where nobody decides, or what the verb needs is missing."""
    if not broker.strip():
        raise ValueError("a decision needs a name (--broker, or VARDE_BROKER)")
    if verb == "reject" and reason is None:
        raise ValueError("a rejection needs a reason, so that the next week is better (--reason)")
    if verb == "later" and (until is None or until <= now.date()):
        raise ValueError("later needs a date after today (--until 2026-12-01)")
    return Decision(
        company_key=company_key,
        need_key=found.need_key,
        need_version=found.need_version,
        cluster_key=found.cluster_key,
        item_key=found.item_key,
        verb=verb,
        reason=reason,
        until=until.isoformat() if until else None,
        note=note,
        broker=broker,
        model_version=found.model_version,
        decided_at=now,
    )


def _last_decided(house: House, opportunity: Opportunity) -> str:
    """The cluster key under which the decision that stands was made: clusters join later. Raises ValueError."""
    stands = list(_standing(house, opportunity.company_key).values())
    with house.warehouse.read() as connection:
        homes = items.read_clusters_of(connection, [s.decision.cluster_key for s in stands])
    wanted = opportunity.match.cluster_key
    made = [s for s in stands if homes.get(s.decision.cluster_key, s.decision.cluster_key) == wanted]
    if not made:
        raise ValueError("there is no decision to undo; `varde explain` shows what was decided")
    return max(made, key=lambda s: s.decision_no).decision.cluster_key


def accepted(house: House, company_key: str) -> list[tuple[Decision, str]]:
    """Accepted decisions of a company with the cluster each belongs to today, in the order they were made."""
    stands = [s for s in _standing(house, company_key).values() if s.decision.verb == "accept"]
    with house.warehouse.read() as connection:
        today = items.read_clusters_of(connection, [s.decision.cluster_key for s in stands])
    ordered = sorted(stands, key=lambda s: s.decision_no)
    return [(s.decision, today.get(s.decision.cluster_key, s.decision.cluster_key)) for s in ordered]


def _standing(house: House, company_key: str | None) -> dict[tuple[str, str], Standing]:
    with house.ledger.read() as connection:
        return decisions.standing(decisions.read_decisions(connection, company_key))


def _decided_clusters(house: House, stands: Iterable[Standing]) -> set[tuple[str, str]]:
    """(company, cluster of today) that need no decision; `later` comes back when its date has come."""
    today = house.clock().date().isoformat()
    settled = [s.decision for s in stands if s.decision.verb != "later" or (s.decision.until or "") > today]
    with house.warehouse.read() as connection:
        homes = items.read_clusters_of(connection, [decision.cluster_key for decision in settled])
    return {(d.company_key, homes.get(d.cluster_key, d.cluster_key)) for d in settled}


def _changed_clusters(house: House, stands: Iterable[Standing]) -> dict[tuple[str, str], str]:
    """(company, cluster of today) of rejections that a later change answers, and what changed.

    Another decision that stands on the cluster (accepted through a twin) settles it all the same.
    """
    made = [s.decision for s in stands]
    with house.warehouse.read() as connection:
        homes = items.read_clusters_of(connection, [decision.cluster_key for decision in made])
        placed = [(d, homes.get(d.cluster_key, d.cluster_key)) for d in made]
        otherwise = {(d.company_key, home) for d, home in placed if d.verb != "reject"}
        rejected = [(d, home) for d, home in placed if (d.company_key, home) not in otherwise]
        return changed_since(connection, rejected)


def _opportunities(house: House, company_key: str | None) -> list[Opportunity]:
    with house.ledger.read() as connection:
        watched = companies.read_watched_needs(connection)
    keys = [v.need_key for v in watched if company_key in (None, v.company_key)]
    with house.warehouse.read() as connection:
        flagged = matches.read_opportunities(connection, keys)
        stored = items.read_items(connection, [f.match.item_key for f in flagged])
        members = items.read_members(connection, [f.match.cluster_key for f in flagged])
    return [_opportunity(f, stored[f.match.item_key], members.get(f.match.cluster_key, [])) for f in flagged]


def _opportunity(flagged: Flagged, stored: items.Stored, members: list[str]) -> Opportunity:
    found: Match = flagged.match
    return Opportunity(
        company_key=flagged.company_key,
        match=found,
        item=stored.item,
        member_keys=tuple(members),
        first_seen_at=flagged.first_seen_at,
    )
