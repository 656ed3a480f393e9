"""What hop 4 stores: matches as columns, with reasons only where a rule fired; the others are told when shown."""

import logging
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nlp.columns_ground import stamp_of
from nlp.columns_kept import Found, found_of, parts_of
from nlp.columns_match import VERB, strength_at
from nlp.columns_match import wanted as wanted_of
from nlp.columns_reasons import Prepared, reasons_of, with_documents
from nlp.columns_run import Swept
from nlp.ground import Ground
from nlp.parts import Asked
from nlp.recipe import CURRENT, Recipe
from terms.company import NeedVersion
from warehouse import matches
from warehouse.columns import table_of
from warehouse.grounds import Taken
from warehouse.matches import UNTIMED
from warehouse.reasons import UNTOLD
from warehouse.shelf import Shelf
from warehouse.store import Connection
from watch.cores import answered
from watch.preparing import prepared_needs
from watch.storing import DAMAGED, Reach, Storing, near_clusters, read_reach
from watch.sweep import NEVER, SPARE, Documents, Seen, active, ground_of, past

_FEW = 50  # needs up to which stored columns are looked through instead of texts
_MANY = 2000  # documents from which folding the letters that many needs hold is worth its second
_AT_ONCE = 1000  # documents of one question; a term may stand in very many


_log = logging.getLogger(__name__)


class Held(NamedTuple):
    """What is kept for a group of needs. table: columns of warehouse.matches.UNTIMED. clusters: how many were looked
    at. taken: statistics that should be kept. prepared: the needs as the statistics see them."""

    table: pa.Table
    clusters: int
    taken: Taken | None = None
    prepared: Prepared | None = None


def hold_since(
    connection: Connection, needs: Sequence[NeedVersion], since: int, shelf: Shelf, recipe: Recipe = CURRENT
) -> Held:
    """What nlp.match.match finds among the clusters touched after load `since`, with the older ones as background.

    shelf: where prepared needs and columns of documents are kept from run to run.
    """
    older, newer = matches.count_clusters(connection, since)
    wanted = active(needs)
    if not (newer and wanted):
        return Held(table_of(UNTIMED, *([] for _ in UNTIMED)), newer)
    until = since if older >= recipe.reference_fewest else NEVER
    ground, taken = ground_of(connection, until, older + newer, recipe)
    kept = shelf if older + newer >= recipe.reference_fewest else None
    asking = prepared_needs(kept, wanted, ground, recipe)
    swept, seen = (kept and _from_shelf(connection, kept, since, asking, ground, recipe)) or _from_texts(
        connection, kept, since, newer, asking, ground, recipe
    )
    prepared = Prepared(swept.asking, ground.average)
    return Held(_table(connection, swept, seen, prepared, recipe), newer, taken, prepared)


def _from_texts(
    connection: Connection, shelf: Shelf | None, since: int, newer: int, asking: Asked, ground: Ground, recipe: Recipe
) -> tuple[Swept, Seen]:
    """Every text is read; what is known of it then is kept on the shelf, where it goes on from what stands there."""
    storing = _storing(connection, shelf, since, stamp_of(ground, recipe)) if shelf else None
    how = {"asking": asking, "folded": newer > _MANY, "storing": storing}
    swept, seen = past(asking.needs, matches.stream_documents(connection, since), ground, recipe, **how)
    if storing is not None:
        storing.finish()
    return swept, seen


def _storing(connection: Connection, shelf: Shelf, since: int, stamp: str) -> Storing | None:
    """None where all is stored, or something between what is stored and this pass is not."""
    reach, until = read_reach(connection, shelf, stamp), matches.last_absorb(connection)
    if reach.until == until or since not in (0, reach.until):
        return None
    return Storing(shelf, stamp, reach if since else Reach(), until, matches.seal_of(connection, until))


def _from_shelf(
    connection: Connection, shelf: Shelf, since: int, asking: Asked, ground: Ground, recipe: Recipe
) -> tuple[Swept, Seen] | None:
    """Only texts that may be among the best of a need are read; None where the shelf cannot tell which these are."""
    reach = read_reach(connection, shelf, stamp_of(ground, recipe))
    can_tell = reach.until == matches.last_absorb(connection) and len(asking.needs) <= _FEW
    if since or not can_tell or any(version.need.include for version in asking.needs):
        return None
    most = recipe.keep_per_need + SPARE
    try:
        near = near_clusters(shelf, reach, wanted_of(asking, ground, recipe, folded=False), most)
    except DAMAGED as why:
        _log.warning("columns on the shelf cannot be read, texts are read instead: %s", why)
        return None
    swept, seen = past(
        asking.needs, [matches.chosen_documents(connection, near.clusters)], ground, recipe, asking=asking
    )
    floor = strength_at(recipe.keep_floor, recipe)
    for need, bound in enumerate(near.bounds):
        # what is gone or was changed may have taken the place of others
        if bound > floor and np.count_nonzero(swept.kept.scores[swept.kept.needs == need] >= bound) < most:
            return None
    return swept, seen


def _table(connection: Connection, swept: Swept, seen: Seen, prepared: Prepared, recipe: Recipe) -> pa.Table:
    """The matches as columns, by need and falling fit."""
    rows = seen.rows(swept.kept.rows.tolist())
    ranks = pc.rank(rows["cluster_key"], tiebreaker="dense").to_numpy().astype(np.int64)
    found = found_of(swept, ranks, recipe)
    whose, which = pa.array(swept.kept.needs[found.places]), pa.array(found.places)
    versions, reasons = swept.asking.needs, _ruled(connection, swept, seen, found, prepared, recipe)
    told = [reasons.get(place, UNTOLD) for place in range(len(found.places))]
    return table_of(
        UNTIMED,
        *(pa.array([getattr(v, name) for v in versions]).take(whose)
          for name in ("company_key", "need_key", "version")),
        *(rows[name].combine_chunks().take(which) for name in ("cluster_key", "item_key")),
        pa.array(swept.fits[found.places]), pa.array(found.confidences), told, pa.array(found.is_flagged),
        [recipe.model_version] * len(told),
    )  # fmt: skip


def _ruled(
    connection: Connection, swept: Swept, seen: Seen, found: Found, prepared: Prepared, recipe: Recipe
) -> dict[int, str]:
    """Reasons of the pairs on which a rule fired, as JSON by place in `found`: they say which rule it was (P22)."""
    ruled = np.flatnonzero(found.is_ruled)
    if not len(ruled):
        return {}
    kept = swept.kept.chosen(found.places[ruled])
    documents = Documents(connection, np.unique(kept.rows).tolist(), seen)
    asked = (
        with_documents(
            prepared[swept.asking.needs[need].need_key, swept.asking.needs[need].version],
            [documents[row] for row in kept.rows[part].tolist()],
            kept.facts[part, VERB].tolist(),
        )
        for need, part in parts_of(kept.needs, _AT_ONCE)
    )
    told = answered(partial(reasons_of, recipe=recipe), asked, len(ruled))
    return {place: why.model_dump_json() for place, why in zip(ruled.tolist(), told, strict=True) if why is not None}
