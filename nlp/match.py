"""New documents against needs: fit, confidence, reasons, flags (P20, P21, P22). Pure: no disk, no store, no network."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.codes import agreements
from nlp.confidence import confidence
from nlp.explain import explain
from nlp.ground import Ground, reference, survey
from nlp.parts import Asked, Parts, asked, fit_of, parts
from nlp.recipe import CURRENT, Recipe
from nlp.rules import Fired, rule_of
from nlp.terms import Floats, Reading, read
from terms.company import NeedVersion
from terms.match import Document, Match, Reasons

BLOCK = 2048  # documents scored at once; bounds memory


@dataclass(frozen=True)
class Candidate:
    """A pair worth explaining. column: of the need in Asked."""

    document: Document
    reading: Reading
    column: int
    fit: float
    confidence: float
    rule: Fired | None
    weights: dict[str, float]
    codes: tuple[tuple[str, float], ...]

    @property
    def order(self) -> tuple[float, str]:
        """Best first; equal fits by key."""
        return -self.fit, self.document.cluster_key

    def reasons(self) -> Reasons | None:
        """Why; None where nothing of the item can be shown."""
        return explain(self.document, self.reading.language, self.weights, self.codes, self.rule)


def match(
    documents: Sequence[Document],
    needs: Sequence[NeedVersion],
    *,
    background: Sequence[Document] = (),
    recipe: Recipe = CURRENT,
) -> list[Match]:
    """Score every document against every active need; return what is kept, by need and falling fit.

    background: older documents that corpus statistics are taken from. With at least `reference_fewest` of them a
    document's score depends on nothing but itself, the need and the background; with fewer the new documents count
    too, in any order. Kept: fit >= keep_floor, the best keep_per_need, and every include rule (P22). A match for which
    no word or code of the item can be shown is not made (P21). The reasons' rule quotes the need: not for closed ones
    outside the desk (P04).
    """
    unique = {d.cluster_key: d for d in sorted(documents, key=lambda d: (d.cluster_key, d.item_key), reverse=True)}
    new = [unique[key] for key in sorted(unique)]
    wanted = sorted((v for v in needs if v.need.status == "active"), key=lambda v: (v.need_key, v.version))
    if not (new and wanted):
        return []
    readings = {id(document): read(document, recipe) for document in reference(new, background, recipe)}
    ground = survey(list(readings.values()), recipe)
    asking = asked(wanted, ground, recipe)
    found: list[list[Candidate]] = [[] for _ in wanted]
    for start in range(0, len(new), BLOCK):
        block = new[start : start + BLOCK]
        read_block = [readings.get(id(document)) or read(document, recipe) for document in block]
        for candidate in _candidates(block, read_block, asking, ground, recipe):
            found[candidate.column].append(candidate)
    return [one for column, version in enumerate(wanted) for one in matches_of(found[column], version, recipe)]


def _candidates(
    documents: Sequence[Document], readings: Sequence[Reading], asking: Asked, ground: Ground, recipe: Recipe
) -> Iterator[Candidate]:
    """The pairs of one block that are fit enough or that an include term asks for."""
    scored = parts(documents, readings, asking, ground, recipe)
    fits = fit_of(scored.strength(recipe), recipe)
    for column, version in enumerate(asking.needs):
        for row, document in enumerate(documents):
            rule = rule_of(version.need, document, readings[row])
            if fits[row, column] >= recipe.keep_floor or (rule is not None and rule.verb == "include"):
                yield _candidate(document, readings[row], (row, column), fits, rule, scored, asking, recipe)


def _candidate(
    document: Document,
    reading: Reading,
    place: tuple[int, int],
    fits: Floats,
    rule: Fired | None,
    scored: Parts,
    asking: Asked,
    recipe: Recipe,
) -> Candidate:
    row, column = place
    weights = contributions(scored, asking, row, column, float(asking.full[reading.language][column]))
    need = asking.needs[column].need
    codes = tuple((code, much * recipe.codes_weight) for code, much in agreements(need, document.codes))
    sure = confidence(reading, asking.readings[column], len(weights), scored, place)
    return Candidate(document, reading, column, float(fits[place]), sure, rule, weights, codes)


def contributions(scored: Parts, asking: Asked, row: int, column: int, full: float) -> dict[str, float]:
    """What each stem added to the lexical part of one pair."""
    products = scored.words[[row]].multiply(asking.words[[column]]).tocoo()
    return {asking.names[c]: float(v / full) for c, v in zip(products.col, products.data, strict=True) if v > 0}


def matches_of(candidates: Sequence[Candidate], version: NeedVersion, recipe: Recipe) -> Iterator[Match]:
    """The matches of one need, explained; the best are flagged within the budget, rules come before it."""
    budget, kept = recipe.flags_per_need, 0
    for candidate in sorted(candidates, key=lambda c: c.order):
        verb = candidate.rule.verb if candidate.rule else None
        if verb != "include" and kept >= recipe.keep_per_need:
            continue
        c, reasons = candidate, candidate.reasons()
        if reasons is None:
            continue
        kept += 1
        flagged = verb is None and budget > 0 and c.fit >= recipe.flag_floor
        budget -= flagged
        yield _match(c, version, reasons, flagged or verb == "include", recipe)


def _match(candidate: Candidate, version: NeedVersion, reasons: Reasons, flagged: bool, recipe: Recipe) -> Match:
    return Match(
        need_key=version.need_key,
        need_version=version.version,
        cluster_key=candidate.document.cluster_key,
        item_key=candidate.document.item_key,
        fit=candidate.fit,
        confidence=candidate.confidence,
        reasons=reasons,
        is_flagged=flagged,
        model_version=recipe.model_version,
    )
