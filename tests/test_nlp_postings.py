"""Blocks of documents against many needs find what nlp.match.match finds, whatever the blocks and threads."""

import random
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse import random as random_rows

from nlp.columns_ground import packed, unpacked
from nlp.columns_kept import found_of, parts_of
from nlp.columns_match import VERB
from nlp.columns_reasons import answers, question_of, questions, reasons_of, with_documents
from nlp.columns_run import Batch, Swept, sweep
from nlp.ground import Ground, reference, survey
from nlp.match import match
from nlp.postings import Pairs, add_scores, pair_scores, postings_of, sparse_of
from nlp.postings_best import Best
from nlp.postings_common import common_of
from nlp.recipe import CURRENT
from nlp.terms import read
from terms.company import Need, NeedVersion
from terms.match import Document, Match

TOPICS = {
    "en": "counting sea lice on salmon with cameras|welding robots for hull plates|heat pumps in old houses|"
    "hydrogen storage in steel tanks|software in C++ for drones|speech of children with hearing aids",
    "nb": "telling av lakselus på laks|sveiseroboter for skrogplater|varmepumper i gamle hus",
    "de": "Prüfung von Schweißnähten an Schiffsplatten|Wärmepumpen für alte Häuser",
    "fr": "stockage d'hydrogène dans des réservoirs en acier|détection de poux du saumon",
}
FILLING = {
    "en": "the method is tested on a new set of samples and the results show that it works in the field",
    "nb": "metoden er prøvd på nye prøver og resultatene viser at den virker i felt for de som skal bruke den",
    "de": "das Verfahren wird an neuen Proben geprüft und die Ergebnisse zeigen dass es auch im Feld läuft",
    "fr": "la méthode est testée sur de nouveaux échantillons et les résultats montrent que cela marche",
}
CODES = ["cpc:B25J 9/16", "ipc:A01K 61/10", "arxiv:cs.RO", "other:1"]


def documents(count: int, seed: int = 1) -> list[Document]:
    """Made-up abstracts in four languages, some without a stated one, some with codes."""
    dice, made = random.Random(seed), []
    for number in range(count):
        language = dice.choice(list(TOPICS))
        topics, filling = TOPICS[language].split("|"), FILLING[language].split()
        first, second = dice.choice(topics), dice.choice(topics)
        text = f"{' '.join(dice.sample(filling, 9))}. {first} x{number}. {' '.join(dice.sample(filling, 7))}; {second}."
        made.append(
            Document(
                cluster_key=f"c{number:04}", item_key=f"i{number}", kind="publication",
                title=f"{first.capitalize()} {number}", text=text * dice.randint(1, 3),
                language=dice.choice([language, language, "und"]),
                codes=tuple(dice.sample(CODES, dice.randint(0, 3))),
            )
        )  # fmt: skip
    return made


def needs() -> list[NeedVersion]:
    """Needs in three languages with rules of all kinds."""
    made = [
        Need(id="lice", title="Sea lice", description="Count lice on salmon by camera.", exclude=("hull plates",)),
        Need(id="weld", title="Welding robots", description="Robots that weld hulls.", include=("welding robot",)),
        Need(
            id="varme", title="Varmepumper", description="Varmepumpe i hus fra 1900.", language="nb", include=("Haus",)
        ),
        Need(id="cpp", title="Drone software", description="Code for drones", include=("C++",), cpc=("B25J",)),
        Need(id="h2", title="Stockage", description="stockage d'hydrogène", language="fr", arxiv=("cs",)),
        Need(
            id="both", title="Tanks", description="steel tanks", include=("steel tanks",), exclude=("hydrogen storage",)
        ),
    ]
    return [NeedVersion(need_key=f"co/{n.id}", company_key="co", version=1, need=n) for n in made]


def ground_of(known: Sequence[Document]) -> Ground:
    """The statistics that match() takes where these are the only documents."""
    return survey([read(d, CURRENT) for d in reference(known, (), CURRENT)], CURRENT)


def swept(new: Sequence[Document], ground: Ground, size: int = 100, threads: int = 2) -> list[Match]:
    """Every match by way of columns, with its reasons."""
    done = passed(new, ground, size, threads)
    chosen = [(need, np.flatnonzero(done.kept.needs == need).tolist()) for need in range(len(needs()))]
    asked = questions(done, ground.average, chosen)
    bundle = [question._replace(documents=[new[row] for row in rows]) for question, rows in asked]
    assert answers(bundle, CURRENT) == [one for question in bundle for one in answers([question], CURRENT)]
    return answers(bundle, CURRENT)


def passed(new: Sequence[Document], ground: Ground, size: int = 100, threads: int = 2) -> Swept:
    """The documents past all needs."""

    def batch(some: Sequence[Document]) -> Batch:
        titles, texts = (pa.array([getattr(d, name) for d in some], pa.large_string()) for name in ("title", "text"))
        return Batch(
            titles, texts, [d.language for d in some], pa.array([list(d.codes) for d in some], pa.list_(pa.string()))
        )

    batches = (batch(new[start : start + size]) for start in range(0, len(new), size))
    ordered = sorted(needs(), key=lambda v: (v.need_key, v.version))
    return sweep(batches, ordered, ground, most=len(new), threads=threads)


@pytest.mark.parametrize(("size", "threads"), [(400, 1), (37, 3)])
def test_a_sweep_finds_what_the_plain_path_finds(size: int, threads: int) -> None:
    known = documents(400)
    plain = match(known, needs())
    fast = swept(known, ground_of(known), size, threads)
    assert len(plain) > 100
    assert {m.reasons.rule for m in plain} >= {"include: C++", "include: welding robot", "exclude: hull plates", None}
    assert [m.cluster_key for m in fast] == [m.cluster_key for m in plain]
    for one, other in zip(fast, plain, strict=True):
        assert one.model_copy(update={"fit": other.fit}) == other
        assert one.fit == pytest.approx(other.fit, abs=1e-4)


def test_what_is_stored_without_reasons_is_what_the_plain_path_finds() -> None:
    """And the reasons told later are those of the plain path too."""
    known = documents(400)
    plain, ground = match(known, needs()), ground_of(known)
    done = passed(known, ground)
    ranks = np.argsort(np.argsort([known[row].cluster_key for row in done.kept.rows]))
    found = found_of(done, ranks, CURRENT)
    kept = done.kept.chosen(found.places)
    told = [
        with_documents(
            question_of(done.asking, need, ground.average),
            [known[row] for row in kept.rows[part]],
            kept.facts[part, VERB].tolist(),
        )
        for need, part in parts_of(kept.needs, 7)
    ]
    stored = zip(
        [done.asking.needs[need].need_key for need in kept.needs], [known[row].cluster_key for row in kept.rows],
        found.confidences.tolist(), found.is_flagged.tolist(), reasons_of(told, CURRENT), strict=True,
    )  # fmt: skip
    assert list(stored) == [(m.need_key, m.cluster_key, m.confidence, m.is_flagged, m.reasons) for m in plain]
    assert found.is_ruled.tolist() == [m.reasons.rule is not None for m in plain]


def test_added_scores_are_dot_products() -> None:
    rows = random_rows(30, 500, 0.1, "csr", random_state=1, dtype=np.float64)
    wanted = random_rows(40, 500, 0.1, "csr", random_state=2, dtype=np.float64)
    scores = np.zeros((30, 40), dtype=np.float32)
    add_scores(sparse_of(rows), postings_of(wanted), scores)
    assert np.allclose(scores, (rows @ wanted.T).toarray(), atol=1e-5)
    every = Pairs(np.repeat(np.arange(30), 40).astype(np.int32), np.tile(np.arange(40), 30).astype(np.int32))
    exact, found = pair_scores(sparse_of(rows), wanted, every)
    assert np.allclose(exact.reshape(30, 40), (rows @ wanted.T).toarray(), atol=1e-12)
    assert found.tolist() == ((rows != 0).astype(int) @ (wanted != 0).astype(int).T).toarray().ravel().tolist()


def test_common_terms_lose_little_and_the_others_nothing() -> None:
    dice = np.random.default_rng(3)
    topics = dice.random((20, 400)) * (dice.random((20, 400)) < 0.3)
    wanted = csr_matrix(dice.random((600, 20)) @ topics * (dice.random((600, 400)) < 0.5))
    rows = csr_matrix(dice.random((25, 20)) @ topics)
    common, is_common = common_of(wanted)
    scores = common.scores(sparse_of(rows))
    assert is_common.sum() > 128
    add_scores(sparse_of(rows), postings_of(wanted, is_common), scores)
    exact = (rows @ wanted.T).toarray()
    assert np.corrcoef(scores.ravel(), exact.ravel())[0, 1] > 0.95
    assert abs((scores - exact).mean()) < 0.02 * exact.mean()


def test_the_best_are_the_best_in_any_order() -> None:
    dice = np.random.default_rng(4)
    scores = np.round(dice.random((200, 7)), 2)

    def kept(order: Sequence[int]) -> list[tuple[int, int, float]]:
        best = Best(7, 5, 0.3, facts=1)
        for row in order:
            pairs = Pairs(np.zeros(7, np.int32), np.arange(7, dtype=np.int32))
            best.add(pairs, row, scores[row], scores[row][:, None], np.full(7, row == 3))
        ranked = best.ranked()
        assert ranked.facts[:, 0].tolist() == ranked.scores.tolist()
        return list(zip(ranked.needs.tolist(), ranked.rows.tolist(), ranked.scores.tolist(), strict=True))

    straight = kept(range(200))
    assert kept(list(reversed(range(200)))) == straight
    for need in range(7):
        ranked = sorted((-scores[row, need], row) for row in range(200))[:5]
        wanted = [row for much, row in ranked if -much >= 0.3]
        assert [row for n, row, _ in straight if n == need and (row != 3 or row in wanted)] == wanted
        assert (need, 3) in {(n, row) for n, row, _ in straight}


def test_statistics_come_back_as_they_were_packed() -> None:
    ground = ground_of(documents(400))
    again = unpacked(packed(ground))
    assert (again.columns, again.average, again.languages) == (ground.columns, ground.average, ground.languages)
    assert np.array_equal(again.idf, ground.idf)
    assert np.array_equal(again.letters_idf, ground.letters_idf)
    assert packed(again) == packed(ground)
    with pytest.raises(ValueError, match="pickle"):
        unpacked(b"\x80\x04N.")
