"""The network map as the brokers' page shows it: a picture to filter, and the same as a table (P04, P34, P66)."""

from collections import Counter
from typing import Literal, NamedTuple

from ledger.audit import append_audit
from terms.network_map import NetworkMap, NodeKind
from terms.person import Scope
from watch.desk_companies import company_of
from watch.desk_queue import Workroom

Show = Literal["both", "partner", "topic"]
_KINDS: dict[Show, frozenset[NodeKind]] = {
    "both": frozenset({"partner", "topic"}),
    "partner": frozenset({"partner"}),
    "topic": frozenset({"topic"}),
}


class Chosen(NamedTuple):
    """What of the map is looked at. company: "" for all. is_shared: only what ties two companies or more."""

    company: str = ""
    show: Show = "both"
    is_shared: bool = False


class Tied(NamedTuple):
    """A row of the table: a partner or topic with the companies tied to it, by how many items speak for it."""

    kind: NodeKind
    label: str
    companies: tuple[tuple[str, str], ...]
    items: int


def map_for(room: Workroom, scope: Scope, chosen: Chosen) -> NetworkMap:
    """Raises NotFound for a company of others, VardeError for who is no broker."""
    from watch.map import map_of  # noqa: PLC0415 - networkx takes a while to import, and one page needs it

    if chosen.company:
        company_of(room, scope, chosen.company)
    drawn = map_of(room.house, scope, chosen.company or None, _KINDS[chosen.show])
    return shared_only(drawn) if chosen.is_shared else drawn


def shared_only(drawn: NetworkMap) -> NetworkMap:
    """Partners and topics that tie two companies or more, with all companies; places stay."""
    tied = Counter(edge.other for edge in drawn.edges)
    edges = tuple(edge for edge in drawn.edges if tied[edge.other] > 1)
    kept = {edge.other for edge in edges}
    nodes = tuple(node for node in drawn.nodes if node.kind == "company" or node.key in kept)
    return NetworkMap(nodes=nodes, edges=edges)


def rows_of(drawn: NetworkMap) -> list[Tied]:
    """The map as a table, those that join most first."""
    tied = drawn.tied()
    found = [
        Tied(node.kind, node.label, tuple((company.key, company.label) for company in tied[node.key]), node.weight)
        for node in drawn.nodes
        if node.kind != "company"
    ]
    return sorted(found, key=lambda one: (-len(one.companies), -one.items, one.label.casefold()))


def map_file(room: Workroom, scope: Scope, chosen: Chosen) -> bytes:
    """The picture as an SVG file, put on record. Raises as `map_for`."""
    from watch.map_files import map_svg  # noqa: PLC0415 - as above

    drawn = map_for(room, scope, chosen)
    with room.house.ledger.write() as connection:
        facts = {"companies": str(sum(node.kind == "company" for node in drawn.nodes))}
        append_audit(connection, scope.person.name, "map exported", facts, at=room.house.clock())
    return map_svg(drawn).encode()
