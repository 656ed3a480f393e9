"""Stored columns of documents give the strength of a need but for rounding."""

import numpy as np
import pyarrow as pa
import pytest

from nlp.columns_match import Sweep, wanted
from nlp.columns_near import NEAR, sought, strengths
from nlp.columns_stored import chunk_of, packed_chunk, unpacked_chunk
from nlp.parts import asked, parts
from nlp.recipe import CURRENT
from nlp.terms import read
from tests.test_nlp_postings import documents, ground_of, needs

KNOWN = documents(400)
GROUND = ground_of(KNOWN)


def test_a_need_finds_in_stored_columns_what_it_finds_in_texts() -> None:
    asking = asked(needs(), GROUND, CURRENT)
    turned = wanted(asking, GROUND, CURRENT)
    sweep, stored = Sweep(turned), []
    for start in range(0, len(KNOWN), 150):
        some = KNOWN[start : start + 150]
        titles, texts = (pa.array([getattr(d, name) for d in some], pa.large_string()) for name in ("title", "text"))
        codes = pa.array([list(d.codes) for d in some], pa.list_(pa.string()))
        block = sweep.prepared(titles, texts, [d.language for d in some], codes)
        stored.append(sweep.score(block, np.full(len(needs()), 9.0, dtype=np.float32)).part)
    keys = pa.array([d.cluster_key for d in KNOWN])
    chunk = unpacked_chunk(packed_chunk(chunk_of(keys, stored)))
    assert [chunk.keys(row) for row in range(len(KNOWN))] == [d.cluster_key for d in KNOWN]
    exact = parts(KNOWN, [read(d, CURRENT) for d in KNOWN], asking, GROUND, CURRENT).strength(CURRENT)
    found = strengths(chunk, turned, [sought(turned, need) for need in range(len(needs()))], 0.0)
    assert exact.max() > 1
    assert np.abs(np.array(found).T - exact).max() < NEAR
    above = strengths(chunk, turned, [sought(turned, 0)], 0.8)[0]
    assert np.abs(above - exact[:, 0])[exact[:, 0] >= 0.8 + NEAR].max() < NEAR
    assert above[exact[:, 0] < 0.8 - NEAR].max() < 0.8


def test_a_damaged_chunk_is_refused() -> None:
    with pytest.raises(ValueError, match="pickle"):
        unpacked_chunk(b"\x80\x04N.")
