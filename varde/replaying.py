"""Verb on past weeks: replay WEEK --recipe NAME."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from varde.collecting import Json
from varde.door import house_of
from varde.show import as_json, say, table, working

if TYPE_CHECKING:
    from watch.replay import Moved, Replay


def add_to(app: typer.Typer) -> None:
    """Register this verb."""
    app.command("replay")(replay)


def replay(
    context: typer.Context,
    week: Annotated[str, typer.Argument(help="ISO week that is stored, such as 2026-W47.")],
    recipe: Annotated[
        str, typer.Option(help="Name of a recipe, or a .yaml file: its name and the fields that differ.")
    ],
    against: Annotated[str, typer.Option(help="What it is held against; the released recipe if not given.")] = "",
    kept: Annotated[bool, typer.Option("--kept", help="Show also what stays.")] = False,
    json_wanted: Json = False,
) -> None:
    """List what a past week gains and loses under another recipe; nothing is stored or changed."""
    from watch.recipes import recipe_of  # noqa: PLC0415 - numpy and numba take a while to import
    from watch.replay import replay as run  # noqa: PLC0415 - the same

    chosen = {"against": recipe_of(against)} if against else {}
    with working("replay") as step:
        done = run(house_of(context), week, recipe_of(recipe), step=step, **chosen)
    if json_wanted:
        as_json(_document(done))
        return
    shown = [moved for moved in done.moves if kept or moved.change != "kept"]
    table(
        [_line(moved) for moved in shown], f"{week}: {done.before} -> {done.after}", empty="nothing is gained or lost"
    )
    _sum_up(done)


def _sum_up(done: "Replay") -> None:
    say(f"{done.clusters} clusters against {done.needs} needs; nothing was stored")
    for key, counts in done.by_need().items():
        say(f"{key}: {counts['gained']} gained, {counts['lost']} lost, {counts['kept']} kept")
    say(f"in all: {done.count('gained')} gained, {done.count('lost')} lost, {done.count('kept')} kept")
    for verb in ("accept", "reject"):
        told = ", ".join(f"{done.count(change, verb)} {change}" for change in ("gained", "lost", "kept"))
        say(f"decided {verb}: {told}, {done.missed.get(verb, 0)} flagged by neither")


def _line(moved: "Moved") -> dict[str, str]:
    return {
        "": moved.change,
        "need": moved.need_key,
        "ref": moved.ref,
        "before": _fit(moved.fit_before),
        "after": _fit(moved.fit_after),
        "decided": _decided(moved),
        "title": moved.title,
        "source": moved.source,
        "because": ", ".join(moved.because[:4]),
    }


def _fit(fit: float | None) -> str:
    return "not kept" if fit is None else f"{fit:.2f}"


def _decided(moved: "Moved") -> str:
    made = moved.decided
    return "" if made is None else f"{made.verb}: {made.reason}" if made.reason else made.verb


def _document(done: "Replay") -> dict[str, Any]:
    facts = {name: value for name, value in done._asdict().items() if name != "moves"}
    counts = {change: done.count(change) for change in ("gained", "lost", "kept")}
    moves = [{**moved._asdict(), "decided": _decided(moved) or None} for moved in done.moves]
    return {**facts, **counts, "by_need": done.by_need(), "moves": moves}
