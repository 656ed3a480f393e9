"""Project suggestions as pages: need + call + gate + evidence + partners + the way to the deadline (P40)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ledger import digests
from needs.consortium import consortium_rules
from network.lines import line_of, ref_of
from network.timeline import timeline
from network.worth import Prospect, worth
from terms.company import Company, Need
from terms.consortium import Member
from terms.digest import Accepted, Line
from terms.errors import NotFound
from terms.gate import Gate
from terms.item import Call, next_deadline, status_of
from terms.match import Match
from terms.project import ProjectPage
from warehouse import items, matches
from watch.accepted import accepted_of, refused_clusters, source_titles
from watch.companies import find_company
from watch.gate import aid_on_record, gate_of, stated
from watch.house import House
from watch.joining import candidates
from watch.review import accepted, find_opportunity
from watch.schedule import local_day

EVIDENCE = 3  # papers and patents each, so that the page stays one page
PARTNERS = 4


class Ranked(NamedTuple):
    """One call for one need, with what it is worth to the company (0 to 1)."""

    ref: str
    need_key: str
    title: str
    worth: float
    gate: Gate
    deadline: str


def rank_projects(house: House, company_key: str) -> list[Ranked]:
    """Flagged calls of a company that nobody rejected and that are not closed, most worth first. Raises NotFound."""
    company = find_company(house, company_key)
    with house.ledger.read() as connection:
        told = digests.read_told(connection)
    aid_eur = aid_on_record(house, company_key)
    found = [
        ranked(house, company, call, aid_eur, (company_key, call.cluster_key) in told)
        for call in _standing(house, company, source_titles(house))
        if call.item.kind == "call" and status_of(call.item.call, house.clock()) != "closed"
    ]
    return sorted(found, key=lambda one: (-one.worth, one.ref))


def ranked(house: House, company: Company, call: Accepted, aid_eur: int | None, was_told: bool) -> Ranked:
    """The gate's word on one call for one company, and what it is worth to it."""
    now = house.clock()
    gate = gate_of(call.item, company, _need(company, call.need_key), now, aid_eur)
    assert gate is not None
    assert call.item.call is not None
    facts = call.item.call
    deadline = next_deadline(facts, now)
    day = local_day(deadline, company) if deadline else None
    grant = facts.max_grant_eur or facts.min_grant_eur
    prospect = Prospect(call.fit, gate.outcome, grant, day, _partners_asked(call), was_told)
    value = worth(prospect, company.decide_lead_days, now.date())
    ref = ref_of(company.id, call.cluster_key)
    return Ranked(ref, call.need_key, call.item.title, value, gate, day.isoformat() if day else "")


def _partners_asked(call: Accepted) -> int:
    asked = [s.numbers[0] for s in stated(call.item) if s.criterion == "consortium" and s.relation == "least"]
    return max(0, int(max(asked, default=1)) - 1)


def project_page(house: House, need_key: str, call: str) -> ProjectPage:
    """The page of one need and one call. call: a ref as `varde queue` shows it, or an item key such as `ukri:123`.

    Raises NotFound where need or call is not known, or the call was never matched to the need.
    """
    company_key, _, need_id = need_key.partition("/")
    company = find_company(house, company_key)
    if need_id not in {need.id for need in company.needs}:
        known = ", ".join(f"{company_key}/{need.id}" for need in company.needs)
        raise NotFound(f"there is no need {need_key!r}; there are: {known}")
    titles = source_titles(house)
    found = _matched(house, company, need_key, call, titles)
    return _page(house, company, found, _standing(house, company, titles))


def _spoken_for(house: House, company: Company, evidence: Sequence[Accepted]) -> list[Accepted]:
    """What a broker accepted, as the digest reads it; where that is nothing yet, all that is flagged."""
    clusters = {cluster for _, cluster in accepted(house, company.id)}
    chosen = [one for one in evidence if one.cluster_key in clusters]
    return chosen if any(one.item.kind != "call" for one in chosen) else list(evidence)


def _matched(house: House, company: Company, need_key: str, call: str, titles: Mapping[str, str]) -> Accepted:
    """The call as matched to the need."""
    with house.warehouse.read() as connection:
        clusters = items.read_clusters_of(connection, [call])
    cluster = clusters.get(call) or find_opportunity(house, call).match.cluster_key
    with house.warehouse.read() as connection:
        match = matches.read_match(connection, need_key, cluster)
    if match is None:
        raise NotFound(f"{call} was never matched to {need_key}; `varde queue` shows what was")
    if not match.reasons.terms:
        from watch.telling import told  # noqa: PLC0415 - spaCy takes seconds to import; most matches have reasons

        match = told(house, match)
    (found,) = _accepted(house, company, [match], titles)
    if found.item.kind != "call":
        raise NotFound(f"{call} is a {found.item.kind}; a project starts from a call")
    return found


def _page(house: House, company: Company, call: Accepted, evidence: Sequence[Accepted]) -> ProjectPage:
    now, facts = house.clock(), call.item.call or Call()
    gate = gate_of(call.item, company, _need(company, call.need_key), now, aid_on_record(house, company.id))
    said, spoken = stated(call.item), _spoken_for(house, company, evidence)
    own = [one for one in evidence if one.need_key == call.need_key]
    deadline = next_deadline(facts, now)
    share = next((s.numbers[0] for s in said if s.relation == "share"), None)
    return ProjectPage(
        ref=ref_of(company.id, call.cluster_key),
        company_key=company.id,
        company_name=company.name,
        need_key=call.need_key,
        need_title=call.need_title,
        call=line_of(call, now),
        status=status_of(facts, now),
        opens_on=facts.opens_on,
        deadlines_at=facts.deadlines_at,
        min_grant_eur=facts.min_grant_eur,
        max_grant_eur=facts.max_grant_eur,
        funding_share=share,
        trl=facts.trl,
        gate=gate or Gate(verdicts=()),
        rules=consortium_rules(facts, said, [Member(name=company.name, kind="sme", country=company.country)]),
        papers=_lines(house, own, "publication"),
        patents=_lines(house, own, "patent"),
        partners=candidates(house, company, call.need_key, spoken, call.item)[:PARTNERS],
        steps=timeline(local_day(deadline, company), company.decide_lead_days, local_day(now, company))
        if deadline
        else (),
        made_at=now,
    )


def _lines(house: House, evidence: Sequence[Accepted], kind: str) -> tuple[Line, ...]:
    return tuple(line_of(one, house.clock()) for one in evidence if one.item.kind == kind)[:EVIDENCE]


def _standing(house: House, company: Company, titles: Mapping[str, str]) -> list[Accepted]:
    """Flagged clusters on the company's needs that nobody rejected or marked as duplicate, best fit first."""
    gone = refused_clusters(house, company.id)
    with house.warehouse.read() as connection:
        flagged = matches.read_opportunities(connection, [f"{company.id}/{need.id}" for need in company.needs])
    return _accepted(house, company, [f.match for f in flagged if f.match.cluster_key not in gone], titles)


def _accepted(house: House, company: Company, found: Sequence[Match], titles: Mapping[str, str]) -> list[Accepted]:
    with house.warehouse.read() as connection:
        stored = items.read_items(connection, [match.item_key for match in found])
    return [
        accepted_of(
            match,
            stored[match.item_key].item,
            _need(company, match.need_key),
            titles,
            version=match.need_version,
            decided_at=house.clock(),
        )
        for match in found
        if match.item_key in stored
    ]


def _need(company: Company, need_key: str) -> Need | None:
    return next((need for need in company.needs if f"{company.id}/{need.id}" == need_key), None)
