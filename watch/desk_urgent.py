"""What closes before the next digest, and the extra mail that tells of it: seen, approved, never by itself (P57)."""

from typing import NamedTuple

from digests.render import Rendered
from ledger import edits
from ledger.digests import Kept, digest_key
from terms.company import Company
from terms.person import Scope
from terms.urgent import Closing
from watch import digest, schedule, urgent
from watch.desk_companies import company_of
from watch.desk_queue import Workroom, read_scope_maps
from watch.edits import stamp_of


class Extra(NamedTuple):
    """This week's extra mail of one company. kept: None where there is none. seen: carried back when approving."""

    company: Company
    iso_week: str
    kept: Kept | None
    seen: str
    mail: Rendered | None


def closing(room: Workroom, scope: Scope) -> list[Closing]:
    """Calls of the companies served that close before their next digest, the next to close first."""
    return urgent.find_closing(room.house, list(read_scope_maps(room, scope).values()))


def extra_mail(room: Workroom, scope: Scope, company_key: str) -> Extra:
    """The extra mail as its reader would get it. Raises NotFound."""
    company = company_of(room, scope, company_key)
    week = schedule.week_of(room.house.clock(), company)
    key = digest_key(company.id, week, urgent.KIND)
    with room.house.ledger.read() as connection:
        found = [one for one in edits.read_digests_of(connection, [company.id], week) if one.digest_key == key]
    if not found:
        return Extra(company, week, None, "", None)
    mail = digest.preview(room.house, company.id, week, kind=urgent.KIND)
    return Extra(company, week, found[0], stamp_of(found[0].digest), mail)


def draft(room: Workroom, scope: Scope, company_key: str) -> str:
    """Draft it, if anything is urgent; the state that came of it. Raises NotFound."""
    return urgent.draft_urgent(room.house, company_of(room, scope, company_key)).state


def approve(room: Workroom, scope: Scope, company_key: str, seen: str) -> int:
    """Freeze the mails of what was seen; returns how many. Raises as `watch.digest.approve`."""
    scope.require(company_key)
    return digest.approve(room.house, company_key, by=scope.person.name, seen=seen, kind=urgent.KIND)
