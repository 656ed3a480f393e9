"""The network map as a picture and a table; the desk shows the same (P66: a file that leaves is audited)."""

from pathlib import Path

from ledger.audit import append_audit
from network.map import map_rows
from network.map_svg import svg_of
from terms.network_map import NetworkMap
from watch.house import House


def map_svg(drawn: NetworkMap, title: str = "Network map") -> str:
    """One SVG element."""
    return svg_of(drawn, title)


def map_table(drawn: NetworkMap) -> list[dict[str, str]]:
    """A row a partner or topic, with the companies tied to it."""
    return map_rows(drawn)


def write_map_svg(house: House, drawn: NetworkMap, to: Path, who: str) -> None:
    """The picture as a file, complete or not at all, with an audit row."""
    to.parent.mkdir(parents=True, exist_ok=True)
    fresh = to.with_name(f".{to.name}.tmp")
    fresh.write_text(map_svg(drawn), "utf-8")
    fresh.replace(to)
    companies = sum(node.kind == "company" for node in drawn.nodes)
    with house.ledger.write() as connection:
        append_audit(connection, who, "map exported", {"companies": str(companies)}, at=house.clock())
