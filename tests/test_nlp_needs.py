"""Needs prepared before are what they would be if they were prepared now."""

import numpy as np
import pytest

from nlp.columns_needs import asked_again, joined, packed_needs, rows_of, unpacked_needs
from nlp.parts import Asked, asked
from nlp.recipe import CURRENT
from tests.test_nlp_postings import documents, ground_of, needs

GROUND = ground_of(documents(400))


def told(asking: Asked) -> list[tuple[object, ...]]:
    """All that scoring and reasons ask of prepared needs, each need by itself."""
    return [
        (
            version.need_key,
            asking.readings[row].language,
            {asking.names[c]: w for c, w in zip(asking.words[[row]].indices, asking.words[[row]].data, strict=True)},
            {language: full[row] for language, full in asking.full.items()},
            asking.letters[[row]].toarray().tobytes(),
            asking.topics[[row]].toarray().tobytes(),
        )
        for row, version in enumerate(asking.needs)
    ]


def test_kept_needs_are_those_prepared_now() -> None:
    every = needs()
    plain = told(asked(every, GROUND, CURRENT))
    kept = unpacked_needs(packed_needs(rows_of(asked(every[3:], GROUND, CURRENT))))
    again, fresh = asked_again(every, kept, GROUND, CURRENT)
    assert (told(again), fresh) == (plain, 3)
    whole = joined(kept.chosen([1, 2]), rows_of(again))
    assert asked_again(every, whole, GROUND, CURRENT)[1] == 0
    assert told(asked_again(every[::-1], whole, GROUND, CURRENT)[0]) == plain[::-1]


def test_a_need_that_says_something_else_is_prepared() -> None:
    every = needs()
    kept = rows_of(asked(every, GROUND, CURRENT))
    other = every[0].model_copy(update={"need": every[0].need.model_copy(update={"description": "Welding hulls."})})
    again, fresh = asked_again([other, *every[1:]], kept, GROUND, CURRENT)
    assert fresh == 1
    assert told(again)[0] == told(asked([other], GROUND, CURRENT))[0]


def test_what_is_no_archive_is_refused() -> None:
    with pytest.raises(ValueError, match="pickle"):
        unpacked_needs(b"\x80\x04N.")
    assert np.array_equal(rows_of(asked(needs()[:1], GROUND, CURRENT)).languages, [0])
