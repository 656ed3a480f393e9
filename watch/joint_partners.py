"""Who from outside could fill the gap of a joint opportunity (P42, P41); for brokers only."""

from collections.abc import Mapping, Sequence

from network.names import name_key
from terms.company import Company
from terms.joint import Applicant, Joint
from terms.organisation import Partner
from warehouse import items
from watch.companies import read_watched
from watch.house import House
from watch.partners import partners_of_many, read_needs

_ASKED, _MOST = 30, 3


def gap_partners(house: House, found: Sequence[Joint], most: int = _MOST) -> dict[str, tuple[Partner, ...]]:
    """Cluster key -> outside organisations for calls whose rules lack something, those of a new country first.

    They are ranked for the open need of the company that fits best; where every need is closed there are none, since
    what was found for it would tell what it is about (P04).
    """
    lacking = [one for one in found if one.lacks]
    if not lacking:
        return {}
    served = {company.id: company for company in read_watched(house)}
    seekers = {one.cluster_key: next((a for a in one.applicants if _is_open(served, a)), None) for one in lacking}
    asked = [(one, seeker) for one in lacking if (seeker := seekers[one.cluster_key]) is not None]
    needs = read_needs(house)
    with house.warehouse.read() as connection:
        calls = items.read_items(connection, [one.item_key for one, _ in asked])
    wanted = [(served[s.company_key], needs[s.need_key], calls[o.item_key].item) for o, s in asked]
    ranked = partners_of_many(house, wanted, _ASKED)
    return {one.cluster_key: _new_countries_first(own, one)[:most] for (one, _), own in zip(asked, ranked, strict=True)}


def _is_open(served: Mapping[str, Company], applicant: Applicant) -> bool:
    needs = served[applicant.company_key].needs if applicant.company_key in served else ()
    return any(f"{applicant.company_key}/{n.id}" == applicant.need_key and n.confidentiality == "open" for n in needs)


def _new_countries_first(ranked: Sequence[Partner], one: Joint) -> tuple[Partner, ...]:
    have, inside = {a.country for a in one.applicants}, {name_key(a.name) for a in one.applicants}
    others = [partner for partner in ranked if name_key(partner.organisation.name) not in inside]
    return tuple(sorted(others, key=lambda partner: (partner.organisation.country or "") in have | {""}))
