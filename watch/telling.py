"""Reasons of matches that were stored without them, when they are to be shown (P20, P21)."""

from collections.abc import Iterable, Sequence
from functools import partial

from ledger import companies
from nlp.columns_reasons import Prepared, reasons_of, with_documents
from nlp.columns_rules import NONE
from nlp.parts import asked
from nlp.recipe import CURRENT, Recipe
from terms.match import Match, Reasons
from warehouse import matches
from warehouse.reasons import Untold, read_matched
from watch.cores import answered
from watch.house import House
from watch.sweep import NEVER, ground_of


def tell(
    house: House, untold: Iterable[Untold], prepared: Sequence[Prepared] = (), recipe: Recipe = CURRENT
) -> list[tuple[Untold, Reasons | None]]:
    """The reasons of stored matches on which no rule fired; None where nothing of the item can be shown.

    prepared: needs that are at hand; others are prepared here. A match whose need or item is gone is left out.
    """
    wanted = sorted(untold)
    if not wanted:
        return []
    with house.warehouse.read() as connection:
        documents = read_matched(connection, [one.item_key for one in wanted])
    by_need = dict[tuple[str, int], list[Untold]]()
    for one in wanted:
        if one.item_key in documents:
            by_need.setdefault((one.need_key, one.need_version), []).append(one)
    known = [
        *prepared,
        *_prepared(house, [key for key in by_need if not any(key in some for some in prepared)], recipe),
    ]
    found = {key: next((some for some in known if key in some), None) for key in by_need}
    asked_for = (
        with_documents(
            some[key],
            # the key under which it was matched may be another's today: the item is what is shown
            [documents[one.item_key].model_copy(update={"cluster_key": one.item_key}) for one in by_need[key]],
            [NONE] * len(by_need[key]),
        )
        for key, some in found.items()
        if some is not None
    )
    shown = [one for key, some in found.items() if some is not None for one in by_need[key]]
    return list(zip(shown, answered(partial(reasons_of, recipe=recipe), asked_for, len(shown)), strict=True))


def told(house: House, match: Match) -> Match:
    """The match with its reasons, also where it was never flagged; those are made now and not kept.

    What nothing can be shown for stays without.
    """
    if match.reasons.terms or match.reasons.rule:
        return match
    untold = Untold(match.need_key, match.need_version, match.cluster_key, match.item_key, match.model_version)
    (reasons,) = [why for _, why in tell(house, [untold])] or [None]
    return match if reasons is None else match.model_copy(update={"reasons": reasons})


def _prepared(house: House, keys: Sequence[tuple[str, int]], recipe: Recipe) -> list[Prepared]:
    """Needs that are not at hand, read from the ledger."""
    if not keys:
        return []
    with house.ledger.read() as connection:
        versions = [companies.read_need(connection, *key) for key in keys]
    with house.warehouse.read() as connection:
        ground, _ = ground_of(connection, NEVER, sum(matches.count_clusters(connection, 0)), recipe)
    return [Prepared(asked([v for v in versions if v is not None], ground, recipe), ground.average)]
