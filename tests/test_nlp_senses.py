"""The shipped senses, the space of meaning they share with a collection's topics, and word lists of other languages."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from nlp.glossary import translated
from nlp.languages import stem
from nlp.match import match
from nlp.recipe import CURRENT
from nlp.senses import senses_of
from nlp.vectors import Topics, topics_of
from terms.company import Need, NeedVersion
from terms.match import Document

WORDS = ("boat", "ship", "enzym", "protein", "quuxly")
COLUMNS = {word: place for place, word in enumerate(WORDS)}


def test_words_of_one_field_are_nearer_than_strangers_and_unknown_ones_are_nowhere() -> None:
    found = senses_of(COLUMNS)
    unit = found[:4] / np.linalg.norm(found[:4], axis=1, keepdims=True)
    near = unit @ unit.T
    assert near[0, 1] > near[0, 2] + 0.2 and near[2, 3] > near[1, 3] + 0.2
    assert not found[4].any()


def test_a_small_collection_has_the_senses_alone_and_a_stored_space_is_the_same() -> None:
    rows = csr_matrix(np.eye(5))
    space = topics_of(rows, COLUMNS, 100.0, CURRENT)
    again = Topics.of(space.arrays())
    assert space.vectors(rows).shape == (5, 96)
    assert np.array_equal(again.vectors(rows), space.vectors(rows))
    alike = space.likeness(rows, rows)
    assert np.allclose(np.diag(alike)[:4], 1.0) and not alike[4].any()


def test_topics_count_less_where_texts_are_titles() -> None:
    rng = np.random.default_rng(5)
    columns = {f"w{n:03}": n for n in range(400)}
    rows = csr_matrix(rng.random((320, 400)) * (rng.random((320, 400)) < 0.1))
    short, long = (topics_of(rows, columns, average, CURRENT).arrays()["share"] for average in (8.0, 300.0))
    assert 0 < short < long < CURRENT.topics_share


@pytest.mark.parametrize(
    ("word", "language", "english"),
    [
        ("capteurs", "fr", {"sensor", "transducer"}),
        ("éolienne", "fr", {"wind", "turbine"}),
        ("Wasserstoff", "de", {"hydrogen"}),
        ("Windkraftanlagen", "de", {"plant", "system", "wind", "power"}),
        ("válvulas", "es", {"valve"}),
        ("fragilización", "es", {"embrittlement"}),
        ("soldaduras", "es", {"welding", "soldering"}),
        ("quuxly", "fr", set()),
    ],
)
def test_words_of_other_languages_are_listed(word: str, language: str, english: set[str]) -> None:
    assert set(translated(word.lower(), language, "en")) >= {stem(piece, "en") for piece in english}


@pytest.mark.parametrize(
    ("language", "title", "description"),
    [
        ("fr", "Soudage de tôles d'aluminium", "Un robot qui suit le joint de soudure avec une caméra"),
        ("de", "Schweißen von Aluminiumplatten", "Ein Roboter, der die Schweißnaht mit einer Kamera verfolgt"),
        ("es", "Soldadura de chapas de aluminio", "Un robot que sigue la junta de soldadura con una cámara"),
    ],
)
def test_needs_of_other_languages_find_the_english_item(language: str, title: str, description: str) -> None:
    """P27."""
    weld = ("Seam tracking for welding of aluminium plates", "A robot follows the weld seam with a laser camera.")
    others = [(f"Study {n} of market {n % 7}", f"Prices of good {n} rose in region {n % 11}.") for n in range(60)]
    documents = [
        Document(cluster_key=f"k{n:02}", item_key=f"t:{n}", kind="publication", title=name, text=text, language="en")
        for n, (name, text) in enumerate([weld, *others])
    ]
    need = Need(id="n", title=title, description=description, language=language)
    found = match(documents, [NeedVersion(need_key="a/n", company_key="a", version=1, need=need)])
    assert [one.cluster_key for one in found] == ["k00"]
    assert {"robot", "camera"} <= {term.lower() for term in found[0].reasons.terms}
