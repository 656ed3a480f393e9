"""The network map in the units of its picture, for a page that draws it in its own colours."""

from typing import NamedTuple

from network.map_svg import HEIGHT, WIDTH, Spot, Tie, spots_of, ties_of
from terms.network_map import NetworkMap


class Picture(NamedTuple):
    """Lines first, then nodes. counts: companies, partners, topics."""

    width: int
    height: int
    ties: tuple[Tie, ...]
    spots: tuple[Spot, ...]
    counts: tuple[int, int, int]


def picture_of(drawn: NetworkMap) -> Picture:
    """Every node with a place for its label."""
    companies, partners, topics = (
        sum(node.kind == kind for node in drawn.nodes) for kind in ("company", "partner", "topic")
    )
    return Picture(WIDTH, HEIGHT, tuple(ties_of(drawn)), tuple(spots_of(drawn.nodes)), (companies, partners, topics))
