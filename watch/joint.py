"""Joint opportunities as a use case: flagged and accepted calls of the companies that a broker serves (P42)."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger import aid, companies, decisions
from ledger.decisions import Standing
from needs.consortium import consortium_rules
from network.joint import in_order, together
from network.lines import ref_of
from terms.company import Company, Need
from terms.consortium import Member
from terms.errors import NotFound, VardeError
from terms.gate import Outcome
from terms.item import Call, Item, next_deadline, status_of
from terms.joint import Applicant, Joint
from terms.match import Match
from terms.person import Person, Scope
from warehouse import items, matches
from watch.companies import read_watched
from watch.gate import aid_on_record, gate_of, stated
from watch.house import House
from watch.people import find_login, scope_of


class Fitting(NamedTuple):
    """A company with its calls that fit, each with the match and the item."""

    company: Company
    calls: tuple[tuple[Match, Item], ...]


def broker_scope(house: House, login: str | None) -> Scope:
    """What a broker may see across companies; without a log-in, the whole house, as everywhere on the command line.

    Raises NotFound for somebody unknown or inactive, VardeError for a mentor or operator.
    """
    if login is None:
        with house.ledger.read() as connection:
            every = frozenset(companies.company_keys(connection))
        keeper = Person(person_key="", login="command line", name="command line", role="broker")
        return Scope(person=keeper, companies=every)
    known = find_login(house, login)
    if not known.person.is_active:
        raise NotFound(f"nobody is called {login!r}; `varde people list` shows who there is")
    return brokers_only(scope_of(house, known))


def brokers_only(scope: Scope) -> Scope:
    """The scope again. Raises VardeError for a mentor or operator."""
    if scope.person.role != "broker":
        raise VardeError("only brokers see what companies could do together; ask the company's broker")
    return scope


def joint_opportunities(house: House, scope: Scope, *, single: bool = False) -> tuple[Joint, ...]:
    """Calls that are not closed, which two or more companies of the scope fit and may apply to; with single, one.

    Companies of others are in no set, and no count tells of them. Raises VardeError for who is no broker.
    """
    brokers_only(scope)
    found: dict[str, Item] = {}
    applicants: list[tuple[str, Applicant]] = []
    gates = _Gates(house)
    for fitting in _fitting(house, scope):
        found |= {match.cluster_key: item for match, item in fitting.calls}
        applicants += gates.applicants(fitting)
    sets = {key: held for key, held in together(applicants).items() if single or len(held) > 1}
    return in_order(_joint(key, found[key], held, house.clock()) for key, held in sets.items())


def _joint(cluster_key: str, item: Item, held: tuple[Applicant, ...], now: datetime) -> Joint:
    call = item.call or Call()
    members = [Member(name=one.name, kind="sme", country=one.country) for one in held]
    return Joint(
        cluster_key=cluster_key,
        item_key=item.item_key,
        title=item.title,
        url=item.url,
        source=item.source,
        programme=call.programme,
        status=status_of(call, now),
        deadline_at=next_deadline(call, now),
        applicants=held,
        rules=consortium_rules(call, stated(item), members),
    )


class _Gates:
    """The gate's outcome, asked once for all companies that it cannot tell apart."""

    def __init__(self, house: House) -> None:
        self._house, self._now = house, house.clock()
        with house.ledger.read() as connection:
            self._aided = aid.companies_on_record(connection)
        self._known: dict[tuple[str, Hashable], Outcome | None] = {}

    def applicants(self, fitting: Fitting) -> Iterator[tuple[str, Applicant]]:
        """The company once for each of its calls."""
        company, needs = fitting.company, {f"{fitting.company.id}/{need.id}": need for need in fitting.company.needs}
        aid_eur = aid_on_record(self._house, company.id) if company.id in self._aided else None
        for match, item in fitting.calls:
            outcome = self._outcome(item, company, needs.get(match.need_key), aid_eur)
            if outcome is not None:
                yield match.cluster_key, _applicant(company, match, outcome)

    def _outcome(self, item: Item, company: Company, need: Need | None, aid_eur: int | None) -> Outcome | None:
        key = (item.item_key, _likeness(company, need, aid_eur))
        if key not in self._known:
            found = gate_of(item, company, need, self._now, aid_eur)
            self._known[key] = found.outcome if found else None
        return self._known[key]


def _likeness(company: Company, need: Need | None, aid_eur: int | None) -> Hashable:
    """All that needs.gate reads of who applies."""
    trl = (need.trl_now, need.trl_target) if need else None
    return company.country, company.size, company.nace, trl, aid_eur


def _applicant(company: Company, match: Match, outcome: Outcome) -> Applicant:
    return Applicant(
        company_key=company.id,
        name=company.name,
        country=company.country,
        need_key=match.need_key,
        ref=ref_of(company.id, match.cluster_key),
        fit=match.fit,
        gate=outcome,
    )


def _fitting(house: House, scope: Scope) -> Iterator[Fitting]:
    """Per company of the scope its calls that are flagged or accepted, and neither rejected nor closed."""
    served = [company for company in read_watched(house) if company.id in scope.companies]
    found = standing_matches(house, served)
    with house.warehouse.read() as connection:
        stored = items.read_items(connection, sorted({m.item_key for held in found.values() for m in held}))
    for company in served:
        kept = ((m, stored[m.item_key].item) for m in found[company.id] if m.item_key in stored)
        yield Fitting(company, tuple(pair for pair in kept if _is_open_call(pair[1], house.clock())))


def _is_open_call(item: Item, now: datetime) -> bool:
    return item.kind == "call" and item.call is not None and status_of(item.call, now) != "closed"


def standing_matches(house: House, served: Sequence[Company]) -> dict[str, list[Match]]:
    """Company key -> matches that stand: flagged and not refused, and what was accepted below the threshold.

    What came to the queue by chance (P26) stands only where it was accepted.
    """
    active = [f"{c.id}/{need.id}" for c in served for need in c.needs if need.status == "active"]
    with house.ledger.read() as connection:
        stands = list(decisions.standing(decisions.read_decisions(connection)).values())
    keys = {company.id for company in served}
    mine = [stood for stood in stands if stood.decision.company_key in keys]
    with house.warehouse.read() as connection:
        flagged = matches.read_opportunities(connection, active)
        homes = items.read_clusters_of(connection, [s.decision.cluster_key for s in mine])
        refused, yes = _decided(mine, homes)
        standing = {(f.company_key, f.match.cluster_key): f.match for f in flagged if not f.match.is_exploration}
        for (company_key, cluster), need_key in yes.items():
            if (company_key, cluster) not in standing and need_key in active:
                match = matches.read_match(connection, need_key, cluster)
                standing |= {(company_key, cluster): match} if match else {}
    found: dict[str, list[Match]] = {key: [] for key in keys}
    for (company_key, cluster), match in standing.items():
        if (company_key, cluster) not in refused:
            found[company_key].append(match)
    return found


def _decided(
    stands: Sequence[Standing], homes: Mapping[str, str]
) -> tuple[set[tuple[str, str]], dict[tuple[str, str], str]]:
    """(company, cluster of today) of what was refused, and of what was accepted with its need; accepted wins."""
    refused, yes = set[tuple[str, str]](), dict[tuple[str, str], str]()
    for decision in (stood.decision for stood in stands):
        place = (decision.company_key, homes.get(decision.cluster_key, decision.cluster_key))
        if decision.verb == "accept":
            yes[place] = decision.need_key
        elif decision.verb in ("reject", "duplicate"):
            refused.add(place)
    return refused - yes.keys(), yes
