"""The network as a picture: companies, the partners and topics that their accepted and flagged items share."""

from typing import Literal

from terms.base import Term

NodeKind = Literal["company", "partner", "topic"]


class MapNode(Term):
    """One place on the map. x, y: 0..1, from the left and from the top; weight: items that speak for it."""

    key: str
    kind: NodeKind
    label: str
    weight: int = 1
    x: float = 0.5
    y: float = 0.5


class MapEdge(Term):
    """A company and a partner or topic; weight: items of the company that speak for it."""

    company: str
    other: str
    weight: int


class NetworkMap(Term):
    """What is drawn and listed, nodes and edges in order of their keys."""

    nodes: tuple[MapNode, ...]
    edges: tuple[MapEdge, ...]

    def around(self, key: str) -> "NetworkMap":
        """One company with what it is tied to, and the other companies tied to the same."""
        near = {edge.other for edge in self.edges if edge.company == key}
        edges = tuple(edge for edge in self.edges if edge.other in near)
        kept = {key, *near, *(edge.company for edge in edges)}
        return NetworkMap(nodes=tuple(node for node in self.nodes if node.key in kept), edges=edges)

    def only(self, kinds: frozenset[NodeKind]) -> "NetworkMap":
        """Companies with nodes of these kinds."""
        nodes = tuple(node for node in self.nodes if node.kind == "company" or node.kind in kinds)
        kept = {node.key for node in nodes}
        return NetworkMap(nodes=nodes, edges=tuple(edge for edge in self.edges if edge.other in kept))

    def tied(self) -> dict[str, list[MapNode]]:
        """The companies tied to each partner or topic, by its key; companies in order of their names."""
        nodes = {node.key: node for node in self.nodes}
        found: dict[str, list[MapNode]] = {node.key: [] for node in self.nodes if node.kind != "company"}
        for edge in self.edges:
            found[edge.other].append(nodes[edge.company])
        return {key: sorted(companies, key=lambda node: node.label) for key, companies in found.items()}
