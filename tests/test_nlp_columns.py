"""Columns of texts are read as single texts are: nlp/columns*.py beside nlp/terms.py."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp.columns import Columns, octets_of, read_columns, text_column
from nlp.columns_scan import letter_classes, spans
from nlp.columns_words import Lexicon, hash_of
from nlp.recipe import CURRENT
from nlp.terms import read
from nlp.text import words
from terms.match import Document

TEXTS = (
    ("en", "Sensors for sea lice", "Can't we count sea-lice? Sensor 5G, 10kW and H2O; counting COUNTS."),
    ("nb", "Måling av lakselus", "Målingene viser at lus på laksen måles i sanntid, sjøen er kald."),
    ("de", "Über Werkstoffprüfung", "Die Prüfungen der Werkstoffe größerer Straßen; STRASSE und Straße."),
    ("fr", "L'étude des systèmes", "Les systèmes d'été: l'eau, l'œuvre, e\u0301tude de\u0301composée."),
    ("es", "Año de energía", "Las energías renovables del año y los años."),
    ("sv", "Något annat", "Ett språk vars regler ingen har skrivit."),
    ("und", "Hvilket språk", "Det er ikke sagt hvilket språk dette er skrevet på, men det er norsk."),
    ("", "", ""),
    ("en", "İstanbul ΣΟΦΟΣ ǅ", "ﬁnal ﬂow Ⅷ ² ½ 漢字 かな ไทย עברית العربية 🐟fish x\u0301y ͏a _under_score_"),
    ("en", "x" * 500, "word " + "y" * 199 + "zz end " + "é" * 205 + "\u2003tail " + "a" * 61),
    ("no", "tabs\tand\nlines\u00a0here", "a\x00b\x85c\u2028d \ufeffbom \u00ad soft"),
)


def columns_of(rows: Sequence[tuple[str, str, str]], lexicon: Lexicon | None = None) -> Columns:
    """The rows (language, title, text), read together."""
    titles, texts = (text_column([row[place] for row in rows]) for place in (1, 2))
    return read_columns(titles, texts, [row[0] for row in rows], lexicon or Lexicon())


def as_read(columns: Columns, row: int) -> tuple[dict[int, float], int, int, int]:
    """One row in the shape of `one_by_one`."""
    weights = columns.weighted(CURRENT.title_weight)[[row]]
    stems = {int(columns.vocabulary[p]): float(v) for p, v in zip(weights.indices, weights.data, strict=True)}
    return stems, int(columns.length[row]), int(columns.telling[row]), int(columns.distinct[row])


def one_by_one(row: tuple[str, str, str]) -> tuple[dict[int, float], int, int, int]:
    """The same by the plain path, one text at a time."""
    document = Document(cluster_key="k", item_key="k", kind="publication", language=row[0], title=row[1], text=row[2])
    reading = read(document, CURRENT)
    stems = {hash_of(stem): weight for stem, weight in reading.stems.items()}
    return stems, reading.length, reading.telling, reading.distinct


@pytest.mark.parametrize("row", range(len(TEXTS)))
def test_a_row_is_read_as_the_single_text(row: int) -> None:
    assert as_read(columns_of(TEXTS), row) == one_by_one(TEXTS[row])


HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from("aAzé ßİΣς_-'\u0301\u0300\n\t. 09🐟ﬁ")), max_size=300)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["en", "nb", "de", "fr", "es", "xx", "und"]), HOSTILE, HOSTILE), max_size=4))
@example([("en", "\ud800 broken", "half a pair \udfff")])
@example([("en", "a" * 60_001, "b " * 40_000)])
def test_any_text_is_read_as_the_single_text(rows: list[tuple[str, str, str]]) -> None:
    columns = columns_of(rows)
    assert [as_read(columns, row) for row in range(len(rows))] == [one_by_one(row) for row in rows]


@settings(max_examples=100, deadline=None)
@given(st.lists(HOSTILE, max_size=4))
@example([text for _, _, text in TEXTS])
@example(["a" * 60_001, "b " * 40_000, "é" * 201 + "\u0301 x"])
def test_words_stand_where_single_texts_have_them(texts: list[str]) -> None:
    column = octets_of(text_column(texts))
    starts, ends = spans(*column, letter_classes())
    plain = [(word.start, word.end) for text in texts for word in words(text, "en")]
    assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == plain
    assert len(Lexicon().numbered(*column)[0]) == len(plain)


def test_neither_blocks_nor_what_was_read_before_change_a_row() -> None:
    lexicon = Lexicon()
    whole = columns_of(TEXTS, lexicon)
    for row in reversed(range(len(TEXTS))):
        alone, again = columns_of(TEXTS[row : row + 1]), columns_of(TEXTS[row : row + 1], lexicon)
        assert as_read(alone, 0) == as_read(again, 0) == as_read(whole, row)


def test_threads_read_as_one_does() -> None:
    rows = TEXTS * 40
    with ThreadPoolExecutor(4) as threads:
        every = list(threads.map(columns_of, [rows] * 8))
    for columns in every[1:]:
        assert np.array_equal(columns.vocabulary, every[0].vocabulary)
        assert np.array_equal(columns.places, every[0].places)
        assert np.array_equal(columns.in_text, every[0].in_text)


def test_columns_may_be_slices_with_holes() -> None:
    titles = pa.chunked_array([pa.array(["dropped", "Kept words"]), pa.array([None], pa.string())]).slice(1)
    columns = read_columns(titles, pa.array(["", "only text"]), ["en", "en"], Lexicon())
    assert columns.length.tolist() == [2, 2]
    assert columns.in_title.tolist() == [1, 1, 0]


def test_no_documents_are_no_rows() -> None:
    assert len(columns_of(())) == 0
