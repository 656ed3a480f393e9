"""The network map as SVG (w3.org/TR/SVG2): text labels, shapes that differ by kind, light and dark by CSS variables."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from terms.network_map import MapNode, NetworkMap, NodeKind

WIDTH, HEIGHT = 1200, 800
_FOOT = 40  # height of the legend
_LETTER, _BOLD, _LINE, _LONGEST = 6.6, 7.6, 15.0, 34  # width and height of a label's letters; characters
# What XML 1.0 does not allow, and what would turn the text around or hide it.
_NOT_SHOWN = re.compile(
    "[^\t\n\r\u0020-\u007e\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_STYLE = """
svg.varde-map { --ground: #ffffff; --ink: #1c2730; --quiet: #5a646e; --tie: #b9c4c9;
  --company: #0b5c6b; --partner: #8a4b08; --topic: #5b3a8c; background: var(--ground); }
@media (prefers-color-scheme: dark) { svg.varde-map { --ground: #12191e; --ink: #e8eef0; --quiet: #a5b1b8;
  --tie: #3c4a52; --company: #5fc3d4; --partner: #f0a95b; --topic: #c0a3f0; } }
.varde-map text { font: 12px system-ui, sans-serif; fill: var(--ink); unicode-bidi: isolate;
  paint-order: stroke; stroke: var(--ground); stroke-width: 3px; }
.varde-map .company text { font-weight: 600; }
.varde-map .company .mark { fill: var(--company); } .varde-map .partner .mark { fill: var(--partner); }
.varde-map .topic .mark { fill: var(--topic); } .varde-map line { stroke: var(--tie); }
.varde-map .legend text { fill: var(--quiet); }
"""


class Box(NamedTuple):
    """A rectangle on the picture, in its units."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether they share any space."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


class Tie(NamedTuple):
    """A line between two marks, in the picture's units."""

    x1: float
    y1: float
    x2: float
    y2: float
    wide: float


class Spot(NamedTuple):
    """A node with its mark at x, y and its label, cut to fit, from text_x on the line text_y; full: not cut."""

    key: str
    kind: NodeKind
    x: float
    y: float
    label: str
    full: str
    text_x: float
    text_y: float


def svg_of(drawn: NetworkMap, title: str) -> str:
    """One SVG element, for a page or a file; names from outside are text in it and nothing else."""
    kinds = [sum(node.kind == kind for node in drawn.nodes) for kind in ("company", "partner", "topic")]
    told = f"{kinds[0]} companies, {kinds[1]} partners and {kinds[2]} topics; the table holds the same."
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="varde-map" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
            ' aria-labelledby="map-title map-desc">',
            f'<title id="map-title">{_text(title)}</title>',
            f'<desc id="map-desc">{told}</desc>',
            f"<style>{_STYLE}</style>",
            *_ties(drawn),
            *_places(drawn.nodes),
            *_legend(),
            "</svg>\n",
        )
    )


def ties_of(drawn: NetworkMap) -> Iterator[Tie]:
    """A line for each edge, the wider the more items speak for it."""
    at = {node.key: _at(node) for node in drawn.nodes}
    for edge in drawn.edges:
        yield Tie(*at[edge.company], *at[edge.other], min(1 + edge.weight**0.5 / 2, 5))


def spots_of(nodes: Sequence[MapNode]) -> Iterator[Spot]:
    """Every node with a place for its label; companies first, so that theirs get the best places."""
    taken = [_mark_box(node) for node in nodes]
    for node in sorted(nodes, key=lambda n: (n.kind != "company", -n.weight, n.key)):
        x, y = _at(node)
        label = _short(node.label)
        box = _label_box(len(label) * (_BOLD if node.kind == "company" else _LETTER), x, y, taken)
        taken.append(box)
        yield Spot(node.key, node.kind, x, y, label, _shown(node.label), box.left, box.bottom - 4)


def _ties(drawn: NetworkMap) -> Iterator[str]:
    for x1, y1, x2, y2, wide in ties_of(drawn):
        yield f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke-width="{wide:.1f}"/>'


def _places(nodes: Sequence[MapNode]) -> Iterator[str]:
    for spot in spots_of(nodes):
        yield (
            f'<g class="{spot.kind}"><title>{spot.kind}: {escape(spot.full)}</title>{_mark(spot.kind, spot.x, spot.y)}'
            f'<text x="{spot.text_x:.1f}" y="{spot.text_y:.1f}">{escape(spot.label)}</text></g>'
        )


def _mark(kind: str, x: float, y: float) -> str:
    if kind == "company":
        return f'<rect class="mark" x="{x - 9:.1f}" y="{y - 9:.1f}" width="18" height="18" rx="4"/>'
    if kind == "partner":
        return f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="6"/>'
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in ((0, -7), (7, 0), (0, 7), (-7, 0)))
    return f'<polygon class="mark" points={quoteattr(points)}/>'


def _label_box(wide: float, x: float, y: float, taken: Sequence[Box]) -> Box:
    """Where a label stands: right, left, below or above its mark, then farther off; the first place that is free."""
    free = None
    for step in range(4):
        for left, top in (
            (x + 13, y - 8 + step * _LINE),
            (x - 13 - wide, y - 8 - step * _LINE),
            (x - wide / 2, y + 11 + step * _LINE),
            (x - wide / 2, y - 27 - step * _LINE),
        ):
            inside = max(4.0, min(left, WIDTH - wide - 4))
            box = Box(inside, top, inside + wide, top + _LINE)
            free = free or box
            if not any(box.meets(other) for other in taken):
                return box
    return free or Box(x, y, x + wide, y + _LINE)


def _mark_box(node: MapNode) -> Box:
    x, y = _at(node)
    return Box(x - 9, y - 9, x + 9, y + 9)


def _at(node: MapNode) -> tuple[float, float]:
    return 60 + node.x * (WIDTH - 120), 30 + node.y * (HEIGHT - _FOOT - 60)


def _legend() -> Iterator[str]:
    y = HEIGHT - 18.0
    for number, kind in enumerate(("company", "partner", "topic")):
        x = 30.0 + 130 * number
        yield f'<g class="legend {kind}">{_mark(kind, x, y)}<text x="{x + 16:.1f}" y="{y + 4:.1f}">{kind}</text></g>'


def _short(label: str) -> str:
    tidy = _shown(label)
    return tidy if len(tidy) <= _LONGEST else tidy[: _LONGEST - 1].rstrip() + "…"


def _text(text: str) -> str:
    return escape(_shown(text))


def _shown(text: str) -> str:
    return " ".join(_NOT_SHOWN.sub("", text).split())
