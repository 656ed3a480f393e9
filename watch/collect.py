"""Hops 1 and 2: crawl the sources, each in a process of its own; one failing never stops the others."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

from ledger import companies, incidents
from spiders.catalogue import all_sources, recorded_sources
from spiders.crawl import crawl_in_child
from spiders.feeds import read_feeds
from spiders.nursery import NURSERY
from spiders.page import NO_KEY, Plan
from spiders.source import Source
from terms.errors import NotFound, SettingMissing, VardeError
from terms.haul import Haul
from terms.source import Focus, SourceFacts
from warehouse import projects, runs
from watch.house import House
from watch.turns import Turns

_DUE_AFTER = 0.9
"""Share of a source's period after which it is due: a daily schedule may come a little early."""
_MOST_DOIS = 1_000


def source_facts(house: House) -> dict[str, SourceFacts]:
    """Every source there is, by name: one file each, and the entries of the feed list."""
    return {name: source.facts for name, source in known_sources(house).items()}


def known_sources(house: House) -> dict[str, Source]:
    """Sources by name. Raises SettingMissing; ask once a run, since it reads every source's file and the feed list."""
    return all_sources(_feeds(house))


def run_key(house: House) -> str:
    """The name of a run, from the clock; a fixed clock names the same run again, which is then taken up."""
    return house.clock().strftime("%Y%m%dT%H%M%SZ")


def collect(
    house: House,
    names: Sequence[str] = (),
    *,
    key: str | None = None,
    since: str | None = None,
    replay: Path | None = None,
    mirror: str | None = None,
    on_done: Callable[[Haul], None] = lambda haul: None,
) -> list[Haul]:
    """Crawl the named sources, or all; hauls in the order of their sources. Incidents are noted.

    since: back-fill from this date (YYYY-MM-DD) instead of each source's cursor; cursors never move back.
    replay: recorded answers instead of the network. mirror: an address asked instead of the publishers' own.
    Raises NotFound for a source or a replay that does not exist; and, once the others are done, what kept a source from
    leaving a haul at all.
    """
    replay, key = replay or house.settings.replay, key or run_key(house)
    if replay is not None and not replay.exists():
        raise NotFound(f"{replay} is not there; a replay needs a file, or a folder of recorded answers")
    known = known_sources(house)
    chosen = _chosen(house, known, names, replay)
    plans = _plans(house, {name: known[name] for name in chosen}, key, since, replay)
    turns = Turns(house.settings.crawlers)
    crawl = partial(_crawl, turns, house, key, replay, mirror)
    with NURSERY, ThreadPoolExecutor(turns.most) as crawlers:
        waiting = [crawlers.submit(crawl, name, plan) for name, plan in _in_turn(house, plans)]
        hauls, trouble = _gather(waiting, on_done)
    with house.ledger.write() as connection:
        for haul in hauls:
            incidents.note_incidents(connection, haul.incidents, at=haul.finished_at, run=haul.run_key)
    if trouble:
        raise trouble
    return hauls


def _gather(waiting: list[Future[Haul]], on_done: Callable[[Haul], None]) -> tuple[list[Haul], VardeError | None]:
    """Hauls in the order of their sources, and the first trouble that left none: it must not hide the others."""
    hauls, trouble = list[Haul](), None
    for done in as_completed(waiting):
        try:
            hauls.append(_announce(done.result(), on_done))
        except VardeError as error:
            trouble = trouble or error
    return sorted(hauls, key=lambda haul: haul.source), trouble


def focus_of(house: House) -> Focus:
    """What the watched needs look for, as codes only, so that sources can narrow what they fetch (P04)."""
    with house.ledger.read() as connection:
        needs = companies.read_watched_needs(connection)
    return Focus(
        cpc=tuple(sorted({code[:4] for version in needs for code in version.need.cpc})),
        arxiv=tuple(sorted({category for version in needs for category in version.need.arxiv})),
        dois=_flagged_dois(house),
    )


def _flagged_dois(house: House) -> tuple[str, ...]:
    """Papers that were flagged for somebody: public names, whose organisations are worth looking up (OpenAlex)."""
    with house.warehouse.read() as connection:
        return tuple(projects.flagged_dois(connection, _MOST_DOIS))


def missing_keys(house: House) -> dict[str, str]:
    """Sources that cannot be asked from here, with the setting each lacks, or that a person must save its files."""
    return _missing(house, known_sources(house))


def _missing(house: House, known: Mapping[str, Source]) -> dict[str, str]:
    return {name: why for name, source in known.items() if (why := _lacks(house, source))}


def _lacks(house: House, source: Source) -> str | None:
    if source.waits_for:
        return source.waits_for
    if source.by_hand:
        return f"imported by hand: save a file, then `varde collect {source.name} --replay FILE`"
    try:
        house.crawl.keys_for(source.needs_keys)
    except SettingMissing as missing:
        return str(missing)
    return None


def sources_to_collect(house: House, names: Sequence[str] = (), replay: Path | None = None) -> list[str]:
    """The named sources; or all that have answers in the replay; or all that have their keys and are due.

    Raises NotFound; SettingMissing where a source is named that is imported by hand, without a file.
    """
    return _chosen(house, known_sources(house), names, replay)


def _chosen(house: House, known: Mapping[str, Source], names: Sequence[str], replay: Path | None) -> list[str]:
    for name in names:
        if name not in known:
            raise NotFound(f"there is no source {name!r}; there are: {', '.join(sorted(known))}")
        if known[name].by_hand and replay is None and house.settings.replay is None:
            raise SettingMissing(f"{name} is {_lacks(house, known[name])}; its publisher forbids robots")
    if names:
        return sorted(set(names))
    recorded = recorded_sources(replay or house.settings.replay)
    if recorded is not None:
        return sorted(recorded & known.keys())
    resting = _resting(house, known) if replay is None else set()
    return sorted(known.keys() - _missing(house, known).keys() - resting)


def rested(house: House) -> set[str]:
    """Sources whose last complete run is younger than their period: asking again would be impolite (P14)."""
    return _resting(house, known_sources(house))


def _resting(house: House, known: Mapping[str, Source]) -> set[str]:
    now = house.clock()
    with house.warehouse.read() as connection:
        latest = [run for run in runs.latest_runs(connection) if run.state == "complete" and run.source in known]
    return {r.source for r in latest if now - r.finished_at < _DUE_AFTER * timedelta(hours=known[r.source].every)}


def _plans(
    house: House, chosen: Mapping[str, Source], key: str, since: str | None, replay: Path | None
) -> dict[str, Plan]:
    """What each source is asked; the stores are read once, before the crawlers start."""
    focus, now = focus_of(house), house.clock()
    with house.warehouse.read() as connection:
        cursors = runs.read_cursors(connection)
        anew = [name for name in chosen if not runs.is_absorbed(connection, name, key)]
    for name in anew:
        _forget_failed(house.hauls / name / key)
    return {
        name: Plan(now=now, since=since or cursors.get(name), focus=focus, keys=_keys(house, source, replay))
        for name, source in chosen.items()
    }


def _in_turn(house: House, plans: Mapping[str, Plan]) -> list[tuple[str, Plan]]:
    """Sources that did not answer well last time start last, so that they hold up none of the others.

    Names decide nothing else: in a first run, nobody comes before all others by being called so.
    """
    with house.warehouse.read() as connection:
        troubled = {run.source for run in runs.latest_runs(connection) if run.state != "complete"}
    return sorted(plans.items(), key=lambda planned: (planned[0] in troubled, sha256(planned[0].encode()).digest()))


def _crawl(
    turns: Turns, house: House, key: str, replay: Path | None, mirror: str | None, name: str, plan: Plan
) -> Haul:
    with turns.turn():
        return crawl_in_child(
            name,
            plan,
            into=house.hauls,
            captures=house.captures,
            run_key=key,
            settings=house.crawl,
            feeds=_feed_list(house),
            replay=replay,
            mirror=mirror or house.settings.mirror,
            timeout_s=house.crawl.crawl_timeout_s,
        )


def _keys(house: House, source: Source, replay: Path | None) -> dict[str, str]:
    if replay is not None:
        return dict.fromkeys(source.needs_keys, NO_KEY)
    return house.crawl.keys_for(source.needs_keys)


def _forget_failed(folder: Path) -> None:
    """A failed haul that nobody has absorbed makes room for another try under the same name."""
    told = folder / "haul.json"
    if told.exists() and Haul.model_validate_json(told.read_text("utf-8")).state == "failed":
        shutil.rmtree(folder)


def _announce(haul: Haul, on_done: Callable[[Haul], None]) -> Haul:
    on_done(haul)
    return haul


def _feed_list(house: House) -> Path | None:
    return house.settings.feeds if house.settings.feeds.exists() else None


def _feeds(house: House) -> tuple[Source, ...]:
    path = _feed_list(house)
    return read_feeds(path) if path else ()


def pending_hauls(house: House) -> Iterator[Path]:
    """Folders of finished hauls, oldest run first; a haul without `haul.json` was killed and does not exist."""
    finished = house.hauls.glob("*/*/haul.json")
    yield from sorted((path.parent for path in finished), key=lambda p: (p.name, p.parent.name))
