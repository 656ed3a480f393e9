"""Hop 4: what is new against every active need; compute outside the store, write in one short transaction."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from ledger import companies
from nlp.columns_reasons import Prepared
from nlp.recipe import CURRENT
from terms.company import NeedVersion
from warehouse import grounds, matches
from warehouse.grounds import Taken
from warehouse.matches import Progress
from warehouse.shelf import Shelf
from watch.holding import hold_since
from watch.house import House
from watch.learning import learn_and_flag


class Matched(NamedTuple):
    """What a matching did. scored: pairs of cluster and need looked at."""

    model_version: str
    needs: int
    clusters: int
    scored: int
    kept: int
    flagged: int


def match(house: House) -> Matched:
    """Score every cluster that is new to a need version against it, and store the matches (P20)."""
    with house.ledger.read() as connection:
        needs = companies.read_watched_needs(connection)
    found, prepared = list[pa.Table](), list[Prepared]()
    taken: Taken | None = None
    progress: list[Progress] = []
    shelf = Shelf(house.settings.home / "columns")
    with house.warehouse.read() as connection:
        newest = matches.last_absorb(connection)
        for since, group in _by_reach(needs, matches.read_progress(connection)):
            if since < newest:
                held = hold_since(connection, group, since, shelf)
                found.append(held.table)
                prepared += [held.prepared] if held.prepared else []
                taken = held.taken or taken
                progress += [_progress(version, newest, held.clusters) for version in group]
        clusters = sum(matches.count_clusters(connection, 0))
    if progress:
        with house.warehouse.write() as connection:
            matches.store_matches(connection, pa.concat_tables(found), progress, at=house.clock())
            if taken is not None:
                grounds.store_ground(connection, taken, at=house.clock())
    learn_and_flag(house, prepared)
    return Matched(
        model_version=CURRENT.model_version,
        needs=len(needs),
        clusters=clusters,
        scored=sum(entry.clusters for entry in progress),
        kept=sum(len(table) for table in found),
        flagged=sum(pc.sum(table["is_flagged"]).as_py() or 0 for table in found),
    )


def _by_reach(
    needs: Sequence[NeedVersion], reach: dict[tuple[str, int, str], int]
) -> list[tuple[int, list[NeedVersion]]]:
    """Need versions by the last load they were matched against, the newest first, so that the columns of new documents
    are stored when a version that was never matched (0) looks for its best in all of them."""
    groups: dict[int, list[NeedVersion]] = defaultdict(list)
    for version in needs:
        groups[reach.get((version.need_key, version.version, CURRENT.model_version), 0)].append(version)
    return sorted(groups.items(), reverse=True)


def _progress(version: NeedVersion, absorb_no: int, clusters: int) -> Progress:
    return Progress(version.need_key, version.version, CURRENT.model_version, absorb_no, clusters)
