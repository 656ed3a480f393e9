"""The bulk of hop 4: documents stream from the warehouse past all needs; reasons are made for what is kept."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from nlp.columns_ground import packed, unpacked
from nlp.columns_match import VERB
from nlp.columns_reasons import answers, questions
from nlp.columns_rules import INCLUDE
from nlp.columns_run import Batch, Swept, sweep
from nlp.ground import Ground, survey
from nlp.recipe import CURRENT, Recipe
from nlp.terms import read
from terms.company import NeedVersion
from terms.match import Document, Match
from warehouse import grounds, matches
from warehouse.grounds import Taken
from warehouse.store import Connection
from watch.cores import answered, cores

SPARE = 3  # further candidates of a need, for those that no reason can be shown for
NEVER = 2**31 - 1  # a load that will not come
_OUTGROWN = 4  # times the clusters that the kept statistics were taken from


class Scored(NamedTuple):
    """Matches of a group of needs, by need and falling fit, how many clusters were looked at, and statistics that were
    taken for it and should be kept."""

    matches: list[Match]
    clusters: int
    taken: Taken | None = None


def score_since(connection: Connection, needs: Sequence[NeedVersion], since: int, recipe: Recipe = CURRENT) -> Scored:
    """What nlp.match.match finds among the clusters touched after load `since`, with the older ones as background."""
    older, newer = matches.count_clusters(connection, since)
    wanted = active(needs)
    if not (newer and wanted):
        return Scored([], newer)
    until = since if older >= recipe.reference_fewest else NEVER
    ground, taken = ground_of(connection, until, older + newer, recipe)
    found = score_stream(connection, wanted, matches.stream_documents(connection, since), ground, recipe)
    return Scored(found, newer, taken)


def active(needs: Iterable[NeedVersion]) -> list[NeedVersion]:
    """The needs that are matched, in the order of their keys."""
    return sorted((v for v in needs if v.need.status == "active"), key=lambda v: (v.need_key, v.version))


def score_stream(
    connection: Connection, wanted: Sequence[NeedVersion], tables: Iterable[pa.Table], ground: Ground, recipe: Recipe
) -> list[Match]:
    """The matches of documents that come as tables (warehouse.matches.stream_documents), by need and falling fit."""
    swept, seen = past(wanted, tables, ground, recipe)
    return _explained(connection, swept, seen, ground, recipe)


def past(
    wanted: Sequence[NeedVersion], tables: Iterable[pa.Table], ground: Ground, recipe: Recipe, **how: Any
) -> "tuple[Swept, Seen]":
    """What is kept of documents that come as tables, and what is remembered of them. how: of nlp.columns_run.sweep."""
    seen, most = Seen(), recipe.keep_per_need + SPARE
    if (storing := how.get("storing")) is not None:
        storing.seen = seen
    return sweep(seen.watching(tables), wanted, ground, most=most, recipe=recipe, threads=cores(), **how), seen


def ground_of(connection: Connection, until: int, clusters: int, recipe: Recipe) -> tuple[Ground, Taken | None]:
    """The statistics that are kept; taken anew where there are none or the warehouse has outgrown them.

    A warehouse of few documents takes its own at every run.
    """
    kept = grounds.read_ground(connection, recipe.model_version)
    if kept is not None and clusters <= _OUTGROWN * kept.clusters:
        return unpacked(kept.packed), None
    sample = matches.sample_documents(connection, until, recipe.reference_most)
    ground = survey([read(document, recipe) for document in sample], recipe)
    if len(sample) < recipe.reference_fewest:
        return ground, None
    octets = packed(ground)
    return unpacked(octets), Taken(recipe.model_version, clusters, octets)


class Seen:
    """What is remembered of the documents that stream by: all but their text."""

    def __init__(self) -> None:
        self._tables: list[pa.Table] = []

    def watching(self, tables: Iterable[pa.Table]) -> Iterator[Batch]:
        """The tables as batches, remembered on the way."""
        for table in tables:
            self._tables.append(table.drop_columns(["title", "body"]))
            titles, texts, codes = (table[name].combine_chunks() for name in ("title", "body", "codes"))
            yield Batch(titles, texts, table["language"].to_pylist(), codes)

    def keys(self, start: int, count: int) -> pa.Array:
        """The cluster keys of so many documents."""
        return pa.concat_tables(self._tables)["cluster_key"].slice(start, count).combine_chunks()

    def rows(self, places: Sequence[int]) -> pa.Table:
        """The documents at these places, in this order."""
        return pa.concat_tables(self._tables).take(pa.array(places, pa.int64()))


def _explained(connection: Connection, swept: Swept, seen: Seen, ground: Ground, recipe: Recipe) -> list[Match]:
    """The matches of every need in turn; texts are read once, reasons are made on all cores."""
    chosen = _chosen(swept, recipe)
    rows = np.unique(np.concatenate([swept.kept.rows[places] for _, places in chosen] or [np.empty(0, np.int64)]))
    documents = Documents(connection, rows.tolist(), seen)
    asked = (
        question._replace(documents=[documents[row] for row in wanted])
        for question, wanted in questions(swept, ground.average, [(n, places.tolist()) for n, places in chosen])
    )
    return list(answered(partial(answers, recipe=recipe), asked, sum(len(places) for _, places in chosen)))


def _chosen(swept: Swept, recipe: Recipe) -> list[tuple[int, "np.ndarray[tuple[int], np.dtype[np.int64]]"]]:
    """For each need the places of its best candidates and of all that an include term asks for."""
    kept = swept.kept
    bounds = np.searchsorted(kept.needs, np.arange(len(swept.asking.needs) + 1))
    chosen = []
    for need, (start, stop) in enumerate(pairwise(bounds.tolist())):
        rank = np.arange(stop - start)
        good = (rank < recipe.keep_per_need + SPARE) | (kept.facts[start:stop, VERB] == INCLUDE)
        if good.any():
            chosen.append((need, start + np.flatnonzero(good)))
    return chosen


class Documents:
    """Kept documents by the place they had in the stream."""

    def __init__(self, connection: Connection, rows: Sequence[int], seen: Seen) -> None:
        self._told = seen.rows(rows) if rows else pa.table({"item_key": pa.array([], pa.string())})
        self._place = {row: place for place, row in enumerate(rows)}
        self._texts = matches.read_texts(connection, self._told["item_key"].to_pylist())
        self._text_of = {key: place for place, key in enumerate(self._texts["item_key"].to_pylist())}

    def __getitem__(self, row: int) -> Document:
        told = {name: self._told[name][self._place[row]].as_py() for name in self._told.column_names}
        place = self._text_of[told["item_key"]]
        return Document(**told, title=self._texts["title"][place].as_py(), text=self._texts["body"][place].as_py())
