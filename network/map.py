"""The network map: which partners and topics are drawn, and where (Fruchterman and Reingold's springs, by networkx)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import networkx as nx  # type: ignore[import-untyped]

from network.names import name_key
from terms.network_map import MapEdge, MapNode, NetworkMap, NodeKind

SEED, ROUNDS = 6, 200
MOST_EACH = 5  # partners, and topics, of one company
_MARGIN = 0.04
_TIED: tuple[NodeKind, ...] = ("partner", "topic")


class Ties(NamedTuple):
    """A company with how many of its items speak for each partner and for each topic, by the name as written."""

    company_key: str
    name: str
    partners: Mapping[str, int]
    topics: Mapping[str, int]


def network_map(every: Sequence[Ties]) -> NetworkMap:
    """The map, without places: each company with its strongest partners and topics, shared ones first.

    Two spellings of a partner are one, as are words that differ in case only.
    """
    shared = Counter(key for ties in every for kind in _TIED for key in _counted(kind, ties))
    edges = [edge for ties in every for edge in _edges_of(ties, shared)]
    weights, labels = Counter[str](), dict[str, str]()
    for ties in every:
        for kind, held in (("partner", ties.partners), ("topic", ties.topics)):
            for label in sorted(held):
                labels.setdefault(_key(kind, label), label)
    for edge in edges:
        weights[edge.other] += edge.weight
    companies = [MapNode(key=ties.company_key, kind="company", label=ties.name) for ties in every]
    others = [
        MapNode(key=key, kind="partner" if key.startswith("partner:") else "topic", label=labels[key], weight=weight)
        for key, weight in weights.items()
    ]
    return NetworkMap(
        nodes=tuple(sorted([*companies, *others], key=lambda node: (node.kind, node.key))),
        edges=tuple(sorted(edges, key=lambda edge: (edge.company, edge.other))),
    )


def laid_out(drawn: NetworkMap) -> NetworkMap:
    """The same map with places: those that are tied stand near; the same map always gives the same places.

    Groups that nothing ties are held together by springs that nobody sees, else they would drift off the sheet.
    """
    if not drawn.nodes:
        return drawn
    graph = nx.Graph()
    graph.add_nodes_from(node.key for node in drawn.nodes)
    graph.add_weighted_edges_from((edge.company, edge.other, edge.weight**0.5) for edge in drawn.edges)
    firsts = sorted(min(group) for group in nx.connected_components(graph))
    graph.add_weighted_edges_from((firsts[0], other, 1.0) for other in firsts[1:])
    spread = 2.2 / len(drawn.nodes) ** 0.5
    found = nx.spring_layout(graph, k=spread, iterations=ROUNDS, seed=SEED, method="force")
    scaled = [_scaled([found[node.key][axis] for node in drawn.nodes]) for axis in (0, 1)]
    places = zip(drawn.nodes, *scaled, strict=True)
    nodes = tuple(node.model_copy(update={"x": x, "y": y}) for node, x, y in places)
    return drawn.model_copy(update={"nodes": nodes})


def map_rows(drawn: NetworkMap) -> list[dict[str, str]]:
    """The map as a table: a row a partner or topic, with the companies tied to it; those that join most first."""
    tied = drawn.tied()
    others = [node for node in drawn.nodes if node.kind != "company"]
    ordered = sorted(others, key=lambda n: (-len(tied[n.key]), -n.weight, n.key))
    return [
        {
            "what": node.kind,
            "name": node.label,
            "companies": ", ".join(company.label for company in tied[node.key]),
            "items": str(node.weight),
        }
        for node in ordered
    ]


def _edges_of(ties: Ties, shared: Counter[str]) -> Iterator[MapEdge]:
    """shared: how many companies have a partner or topic, by key."""
    for kind in _TIED:
        mine = _counted(kind, ties)
        chosen = sorted(mine, key=lambda key: (-shared[key], -mine[key], key))[:MOST_EACH]
        yield from (MapEdge(company=ties.company_key, other=key, weight=mine[key]) for key in chosen)


def _counted(kind: NodeKind, ties: Ties) -> Counter[str]:
    counted = Counter[str]()
    for label, often in (ties.partners if kind == "partner" else ties.topics).items():
        if name_key(label):
            counted[_key(kind, label)] += often
    return counted


def _key(kind: str, label: str) -> str:
    return f"{kind}:{name_key(label) if kind == 'partner' else label.casefold()}"


def _scaled(values: Sequence[float]) -> list[float]:
    """To 0..1 with a margin; rounded, so that another processor's last digit does not change the picture."""
    low, high = min(values), max(values)
    wide = (high - low) or 1.0
    middle = 0.0 if high > low else 0.5
    return [round(_MARGIN + (1 - 2 * _MARGIN) * ((value - low) / wide + middle), 3) for value in values]
