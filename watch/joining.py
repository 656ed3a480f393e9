"""Who could join a project for a need: one answer for its page, its digest and the partner suggestions (P40, P41)."""

from collections.abc import Iterable, Sequence

from network.lines import line_of, line_of_evidence
from network.names import name_key
from network.partners import FEWEST, Standing
from network.partners import partners as standing_behind
from terms.company import Company, NeedVersion
from terms.digest import Accepted, Line, Suggestion
from terms.item import Item
from terms.organisation import Partner, PartnerEvidence
from terms.project import Candidate
from warehouse import items
from watch.accepted import refused_clusters
from watch.field import holds_projects
from watch.house import House
from watch.partners import find_need, partners_of

_MOST_SUGGESTED, _MOST_LINES = 2, 3


def candidates(
    house: House, company: Company, need_key: str, evidence: Sequence[Accepted], call: Item | None = None
) -> tuple[Candidate, ...]:
    """First who stands behind several pieces of the need's evidence, then who did projects on it, then who stands
    behind one piece; where that is nobody, those behind the company's other open needs.

    evidence: best fit first. For a closed need nobody outside is asked: what was found would tell what it is about
    (P04).
    """
    pieces = [one for one in evidence if one.item.kind != "call"]
    behind = standing_behind([one for one in pieces if one.need_key == need_key], company.name, fewest=1)
    outside = outside_partners_of(house, company, find_need(house, need_key), call)
    found = _merged(house, company, need_key, behind, outside)
    if found:
        return found
    others = [one for one in pieces if one.need_title is not None]
    return _merged(house, company, need_key, standing_behind(others, company.name, fewest=1), ())


def outside_partners_of(house: House, company: Company, need: NeedVersion, call: Item | None = None) -> list[Partner]:
    """Partners that a project or an announcement speaks for, without what the company's broker rejected (P32)."""
    if need.need.confidentiality == "closed" or not holds_projects(house):
        return []
    refused = refused_clusters(house, company.id)
    ranked = partners_of(house, company, need, call)
    with house.warehouse.read() as connection:
        homes = items.read_clusters_of(connection, [told.key for one in ranked for told in one.evidence])
    kept = [_without(one, homes, refused) for one in ranked]
    return [one for one in kept if any(told.kind in ("project", "announcement") for told in one.evidence)]


def _without(one: Partner, homes: dict[str, str], refused: set[str]) -> Partner:
    """Each piece of evidence under its cluster of today, as everything else that a company is told."""
    under = [told.model_copy(update={"key": homes.get(told.key, told.key)}) for told in one.evidence]
    return one.model_copy(update={"evidence": tuple(told for told in under if told.key not in refused)})


def outside_suggestions(
    house: House, company: Company, accepted: Sequence[Accepted], told: set[tuple[str, str]], known: set[str]
) -> tuple[Suggestion, ...]:
    """For each open need with something accepted the best outside partner that a project or an announcement speaks for.

    told: (company, cluster) of what digests held; known: partners that are suggested already. At most two.
    """
    found, names = list[Suggestion](), {name_key(name) for name in known}
    for key in dict.fromkeys(one.need_key for one in accepted if one.need_title is not None):
        need = find_need(house, key)
        ranked = outside_partners_of(house, company, need) if len(found) < _MOST_SUGGESTED else []
        best = next((one for one in ranked if _is_news(one, company.id, told, names)), None)
        if best is not None:
            found.append(_suggestion(company.id, need, best))
            names |= _names_of(best)
    return tuple(found)


def _is_news(one: Partner, company_key: str, told: set[tuple[str, str]], names: set[str]) -> bool:
    return not names & _names_of(one) and not any((company_key, piece.key) in told for piece in one.evidence)


def _names_of(one: Partner) -> set[str]:
    return {name_key(name) for name in (one.organisation.name, *one.organisation.aliases)}


def _suggestion(company_key: str, need: NeedVersion, partner: Partner) -> Suggestion:
    """Told by the one thing that fits best: a mail has a cap, and what a broker accepted must not give way to more.

    An announcement leads to the call's own page, so it is told where there is nothing else.
    """
    best = min(partner.evidence, key=lambda piece: (piece.kind == "announcement", -piece.fit))
    return Suggestion(
        kind="partner",
        need_key=need.need_key,
        need_title=need.need.title,
        partner=partner.organisation.name,
        partner_country=partner.organisation.country,
        evidence=(line_of_evidence(company_key, need.need_key, best),),
    )


def _merged(
    house: House, company: Company, need_key: str, behind: Iterable[Standing], outside: Iterable[Partner]
) -> tuple[Candidate, ...]:
    """One candidate an organisation, whichever of its names a paper, a patent or a register uses."""
    now, known = house.clock(), list(outside)
    several, single = list[Candidate](), list[Candidate]()
    for standing in behind:
        same = next((one for one in known if name_key(standing.name) in _names_of(one)), None)
        lines = tuple(line_of(one, now) for one in standing.evidence)
        if same is not None:
            known.remove(same)
        (several if len(lines) >= FEWEST or same else single).append(_candidate(standing, lines, same, need_key))
    others = (
        Candidate(
            name=one.organisation.name,
            country=one.organisation.country,
            kind=one.organisation.type,
            home=one.organisation.web,
            evidence=_lines(company.id, need_key, one.evidence),
        )
        for one in known
    )
    return (*several, *others, *single)


def _candidate(standing: Standing, lines: tuple[Line, ...], same: Partner | None, need_key: str) -> Candidate:
    """Who stands behind the evidence, with what a register and its projects say of it beside."""
    if same is None:
        return Candidate(name=standing.name, country=standing.country, evidence=lines)
    company_key = standing.evidence[0].company_key
    both = {line.ref: line for line in (*_lines(company_key, need_key, same.evidence), *lines)}
    return Candidate(
        name=standing.name,
        country=standing.country or same.organisation.country,
        kind=same.organisation.type,
        home=same.organisation.web,
        evidence=tuple(both.values()),
    )


def _lines(company_key: str, need_key: str, evidence: Sequence[PartnerEvidence]) -> tuple[Line, ...]:
    return tuple(line_of_evidence(company_key, need_key, one) for one in evidence[:_MOST_LINES])
