"""Verbs on the network: joint, map."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from terms.joint import Joint
from terms.network_map import NodeKind
from terms.organisation import Partner
from varde.collecting import Json
from varde.door import house_of
from varde.show import as_json, say, show, working
from watch import joint as joints
from watch.house import House

Login = Annotated[
    str | None, typer.Option("--as", metavar="LOGIN", help="See what this broker may see [the whole house].")
]


def add_to(app: typer.Typer) -> None:
    """Register these verbs."""
    app.command("joint")(joint)
    app.command("map")(network_map)


def joint(
    context: typer.Context,
    login: Login = None,
    single: Annotated[bool, typer.Option("--single", help="Also calls that only one company fits.")] = False,
    partners: Annotated[
        bool, typer.Option("--partners", help="Also who from outside could fill what a call lacks.")
    ] = False,
    json_wanted: Json = False,
) -> None:
    """Open calls that two or more served companies could answer together, with the call's rules on partners."""
    house = house_of(context)
    found = joints.joint_opportunities(house, joints.broker_scope(house, login), single=single)
    gaps = _gaps(house, found) if partners else {}
    if json_wanted:
        as_json([_plain(one, gaps.get(one.cluster_key, ())) for one in found])
        return
    show(
        [_row(one) for one in found], "Joint opportunities", json_wanted=False, empty="no open call fits two companies"
    )
    for one in found:
        say(f"\n{one.title}", "bold")
        for rule in one.rules:
            lacks = f": {rule.lacks}" if rule.lacks else ""
            table = f" [{rule.table}]" if rule.table else ""
            quoted = f'  {rule.quote.field}: "{rule.quote.text}"' if rule.quote else ""
            say(f"  {rule.asks}: {rule.standing}{lacks}{quoted}{table}")
        for partner in gaps.get(one.cluster_key, ()):
            where = ", ".join(filter(None, (partner.organisation.country, partner.organisation.type)))
            say(f"  could join: {partner.organisation.name} ({where}): {'; '.join(partner.because)}")


def _gaps(house: House, found: Sequence[Joint]) -> dict[str, tuple[Partner, ...]]:
    from watch.joint_partners import gap_partners  # noqa: PLC0415 - numpy takes a while to import

    with working("reading projects, papers and patents"):
        return gap_partners(house, found)


def _plain(one: Joint, partners: Sequence[Partner]) -> dict[str, Any]:
    could_join = [partner.model_dump(mode="json") for partner in partners]
    return {**one.model_dump(mode="json"), "is_flagged": one.is_flagged, "could_join": could_join}


def _row(one: Joint) -> dict[str, str]:
    return {
        "deadline": f"{one.deadline_at:%Y-%m-%d}" if one.deadline_at else "",
        "status": one.status,
        "companies": "\n".join(f"{a.name} ({a.ref}, {a.gate})" for a in one.applicants),
        "lacks": "; ".join(one.lacks),
        "programme": one.programme or "",
        "call": one.title,
    }


def network_map(
    context: typer.Context,
    svg: Annotated[Path | None, typer.Option(help="Write the picture as SVG.")] = None,
    company: Annotated[str | None, typer.Option(help="One company, and those tied to the same.")] = None,
    topics: Annotated[bool, typer.Option(help="Draw topics.")] = True,
    partners: Annotated[bool, typer.Option(help="Draw partners.")] = True,
    login: Login = None,
    json_wanted: Json = False,
) -> None:
    """Companies with the partners and topics that they share, as a table or a picture; closed needs are left out."""
    from watch import map as maps  # noqa: PLC0415 - networkx takes a while to import
    from watch.map_files import map_table, write_map_svg  # noqa: PLC0415 - the same

    house = house_of(context)
    scope = joints.broker_scope(house, login)
    chosen: list[tuple[NodeKind, bool]] = [("topic", topics), ("partner", partners)]
    drawn = maps.map_of(house, scope, company, frozenset(kind for kind, wanted in chosen if wanted))
    if svg:
        write_map_svg(house, drawn, svg, scope.person.name)
        say(f"wrote {svg}")
    elif json_wanted:
        as_json(drawn.model_dump(mode="json"))
    else:
        show(
            map_table(drawn), "Network", json_wanted=False, empty="nothing is flagged or accepted for an open need yet"
        )
