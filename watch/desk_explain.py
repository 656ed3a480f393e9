"""The whole chain of a line, for those who serve its company (P34)."""

from ledger import digests
from terms.errors import NotFound
from terms.person import Scope
from watch.desk_queue import Workroom
from watch.explain import Hop, explain


def explain_line(room: Workroom, scope: Scope, ref: str) -> list[list[Hop]]:
    """As `watch.explain.explain`. Raises NotFound, also where the ref is a line of any company that others serve."""
    wanted = ref.strip().upper()
    with room.house.ledger.read() as connection:
        owners = {line.company_key for line in digests.find_lines(connection, wanted)}
    book = room.shelf.book()
    owners |= {company_key for company_key in book.entries if book.find(company_key, wanted)}
    if not owners:
        raise NotFound("no line and no opportunity has that ref")
    for company_key in owners:
        scope.require(company_key)
    return explain(room.house, wanted)
