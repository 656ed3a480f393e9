"""What hop 4 stores: matches as columns, with reasons only where a rule fired; the others are told when shown."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nlp.columns_kept import Found, found_of, parts_of
from nlp.columns_match import VERB
from nlp.columns_reasons import Prepared, reasons_of, with_documents
from nlp.columns_run import Swept
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
from watch.sweep import NEVER, Documents, Seen, active, ground_of, past

_MANY = 5000  # documents from which folding the needs' common letters is worth its second
_AT_ONCE = 1000  # documents of one question; a term may stand in very many


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

    shelf: where prepared needs are kept from run to run.
    """
    older, newer = matches.count_clusters(connection, since)
    wanted = active(needs)
    if not (newer and wanted):
        return Held(table_of(UNTIMED, *([] for _ in UNTIMED)), newer)
    until = since if older >= recipe.reference_fewest else NEVER
    ground, taken = ground_of(connection, until, older + newer, recipe)
    asking = prepared_needs(shelf if older + newer >= recipe.reference_fewest else None, wanted, ground, recipe)
    tables = matches.stream_documents(connection, since)
    swept, seen = past(wanted, tables, ground, recipe, asking=asking, folded=newer > _MANY)
    prepared = Prepared(swept.asking, ground.average)
    return Held(_table(connection, swept, seen, prepared, recipe), newer, taken, prepared)


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
