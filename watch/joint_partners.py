"""Who from outside could fill the gap of a joint opportunity (P42, P41); for brokers only."""

from collections.abc import Sequence

from network.names import name_key
from terms.company import Company
from terms.joint import Applicant, Joint
from terms.organisation import Partner
from watch.companies import read_watched
from watch.house import House
from watch.partners import find_need, partners_of, read_call, read_field

_ASKED, _MOST = 30, 3


def gap_partners(house: House, found: Sequence[Joint], most: int = _MOST) -> dict[str, tuple[Partner, ...]]:
    """Cluster key -> outside organisations for calls whose rules lack something, those of a new country first.

    They are ranked for the open need of the company that fits best; where every need is closed there are none, since
    what was found for it would tell what it is about (P04).
    """
    lacking = [one for one in found if one.lacks]
    if not lacking:
        return {}
    field, served = read_field(house), {company.id: company for company in read_watched(house)}
    gaps: dict[str, tuple[Partner, ...]] = {}
    for one in lacking:
        seeker = next((a for a in one.applicants if _is_open(served.get(a.company_key), a)), None)
        if seeker is not None:
            company, call = served[seeker.company_key], read_call(house, one.item_key)
            ranked = partners_of(house, field, company, find_need(house, seeker.need_key), call, _ASKED)
            gaps[one.cluster_key] = _new_countries_first(ranked, one)[:most]
    return gaps


def _is_open(company: Company | None, applicant: Applicant) -> bool:
    needs = company.needs if company else ()
    return any(f"{applicant.company_key}/{n.id}" == applicant.need_key and n.confidentiality == "open" for n in needs)


def _new_countries_first(ranked: Sequence[Partner], one: Joint) -> tuple[Partner, ...]:
    have, inside = {a.country for a in one.applicants}, {name_key(a.name) for a in one.applicants}
    others = [partner for partner in ranked if name_key(partner.organisation.name) not in inside]
    return tuple(sorted(others, key=lambda partner: (partner.organisation.country or "") in have | {""}))
