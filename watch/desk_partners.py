"""Outside partners for a need, as the desk shows them: organisations with their evidence, no person's address (P41)."""

from typing import NamedTuple

from digests.links import safe_link
from terms.company import Company, Need
from terms.errors import NotFound
from terms.organisation import Partner, PartnerEvidence
from terms.person import Scope
from watch.desk_queue import Workroom, read_scope_maps
from watch.partners import partners

_EVIDENCE = 3
_MOST = 15


class Outsider(NamedTuple):
    """An organisation that could join. home: its web page, None where it is no plain address. evidence: with links."""

    name: str
    country: str | None
    kind: str
    home: str | None
    because: tuple[str, ...]
    evidence: tuple[tuple[PartnerEvidence, str | None], ...]


def outsider_of(partner: Partner) -> Outsider:
    """A ranked partner with addresses that are safe to follow."""
    organisation = partner.organisation
    return Outsider(
        organisation.name,
        organisation.country,
        organisation.type,
        safe_link(organisation.web or ""),
        partner.because,
        tuple((told, safe_link(told.url)) for told in partner.evidence[:_EVIDENCE]),
    )


def needs_served(room: Workroom, scope: Scope) -> list[tuple[Company, list[Need]]]:
    """Active needs of the companies served, by company's name."""
    every = sorted(read_scope_maps(room, scope).values(), key=lambda company: company.name.casefold())
    return [(company, [need for need in company.needs if need.status == "active"]) for company in every]


def partners_for(room: Workroom, scope: Scope, need_key: str) -> tuple[Outsider, ...]:
    """Ranked organisations for one need. Raises NotFound, also for a need of a company that others serve."""
    find_need(room, scope, need_key)
    return tuple(outsider_of(partner) for partner in partners(room.house, need_key, most=_MOST))


def find_need(room: Workroom, scope: Scope, need_key: str) -> tuple[Company, Need]:
    """Raises NotFound."""
    company_key, _, need_id = need_key.partition("/")
    scope.require(company_key)
    for company, needs in needs_served(room, scope):
        for need in needs:
            if (company.id, need.id) == (company_key, need_id):
                return company, need
    raise NotFound("there is nothing here that you have access to")
