"""Sources as work of their own: audit them on real payloads, check, begin, record and document them."""

import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from spiders.audit import EVERY, Audited
from spiders.audit import audit as audit_payloads
from spiders.catalogue import all_sources
from spiders.crawl import crawl_in_child
from spiders.document import lacks, sources_page
from spiders.feeds import read_feeds
from spiders.page import Plan
from spiders.scaffold import new_source, shapes
from terms.errors import NotFound, SettingMissing
from terms.haul import Haul
from watch.collect import focus_of, run_key
from watch.house import House

Rows = list[dict[str, str]]

_SHORT = {"language": "lang", "published_on": "date", "updated_at": "updated", "organisations": "orgs"}


def list_table(house: House) -> Rows:
    """Every source with its facts: what it needs, how often it is asked, whether a person must do it."""
    feeds = house.settings.feeds
    known = all_sources(read_feeds(feeds) if feeds.exists() else ())
    return [
        {
            "source": source.name,
            "kind": source.kind,
            "every": "by hand" if source.by_hand else f"{source.every} h",
            "needs": ", ".join(f"VARDE_{key.upper()}" for key in source.needs_keys),
            "licence": source.licence,
            "title": source.title,
        }
        for _, source in sorted(known.items())
    ]


def audit(house: House, place: Path) -> list[Audited]:
    """What every source makes of the folders of payloads that it claims. Raises NotFound."""
    return list(audit_payloads(place, all_sources(), house.clock()))


def audit_json(found: list[Audited]) -> list[dict[str, Any]]:
    """Everything, for scripts: shares of filled fields as numbers from 0 to 1, each failure with its payload."""
    return [
        {
            **one._asdict(),
            "filled": {field: _share(held, one.items) for field, held in one.filled.items()},
            "failures": [failure._asdict() for failure in one.failures],
        }
        for one in found
    ]


def audit_table(found: list[Audited]) -> Rows:
    """A row a folder: what came of it, and how many fields and records were not understood."""
    return [
        {
            "folder": one.folder,
            "source": one.source or "none reads it",
            "payloads": str(one.payloads),
            "items": str(one.items),
            "empty": str(one.empty),
            "failures": str(sum(failure.times for failure in one.failures)),
            "left over": ", ".join(one.left_over),
        }
        for one in found
    ]


def filled_table(found: list[Audited]) -> Rows:
    """How many items of a hundred hold each field; a row a folder that gave items."""
    return [{"folder": one.folder, **_shares(one)} for one in found if one.items]


def _shares(one: Audited) -> dict[str, str]:
    """Fields that items of every kind have in columns of their own, the rest together."""
    percent = {field: f"{100 * _share(held, one.items):.0f}" for field, held in one.filled.items()}
    own = ", ".join(f"{name.rpartition('.')[2]} {share}" for name, share in percent.items() if name not in EVERY)
    return {_SHORT.get(name, name): percent.get(name, "") for name in EVERY} | {"of its kind": own}


def failures_table(found: list[Audited]) -> Rows:
    """Why payloads and records gave no item, most frequent first in each folder."""
    return [
        {"folder": one.folder, "times": str(times), "reason": reason}
        for one in found
        for reason, times in _reasons(one).most_common()
    ]


def _reasons(one: Audited) -> Counter[str]:
    counted: Counter[str] = Counter()
    for failure in one.failures:
        counted[failure.reason] += failure.times
    return counted


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0


def check(name: str) -> list[str]:
    """What a source still lacks, one line each. Raises NotFound."""
    return lacks(name)


def new(name: str, kind: str) -> tuple[Path, ...]:
    """Begin a source; the files that were written. Raises SettingMissing."""
    shape = next((shape for shape in shapes() if shape == kind), None)
    if shape is None:
        raise SettingMissing(f"{kind!r} is no kind of source; there are: {', '.join(shapes())}")
    if name in all_sources():
        raise SettingMissing(f"there is a source {name!r} already; choose another name")
    return new_source(name, shape)


def docs() -> str:
    """docs/sources.md, of the sources that have a file."""
    return sources_page(all_sources())


def record(house: House, name: str, to: Path, mirror: str | None = None) -> Haul:
    """Crawl a source from scratch and write every answer to an empty folder, to be replayed. The haul is not absorbed.

    Raises NotFound, SettingMissing without a key or contact, and where the folder is in use or the source is by hand.
    """
    feeds = house.settings.feeds if house.settings.feeds.exists() else None
    known = all_sources(read_feeds(feeds) if feeds else ())
    if name not in known:
        raise NotFound(f"there is no source {name!r}; there are: {', '.join(sorted(known))}")
    if known[name].by_hand:
        raise SettingMissing(f"{name} is imported by hand; its publisher forbids robots, so there is nothing to record")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise SettingMissing(f"{to} holds something already; name a folder that is empty or not there yet")
    plan = Plan(now=house.clock(), focus=focus_of(house), keys=house.crawl.keys_for(known[name].needs_keys))
    hauls = Path(tempfile.mkdtemp(prefix="varde-record-"))
    try:
        return crawl_in_child(
            name,
            plan,
            into=hauls,
            captures=house.captures,
            run_key=run_key(house),
            settings=house.crawl,
            feeds=feeds,
            mirror=mirror or house.settings.mirror,
            record=to,
            timeout_s=house.crawl.crawl_timeout_s,
        )
    finally:
        shutil.rmtree(hauls, ignore_errors=True)
