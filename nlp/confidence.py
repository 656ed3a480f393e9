"""How much the engine had to go on; another quantity than fit (P20)."""

from nlp.parts import Parts
from nlp.terms import Reading

HALF_TEXT = 60.0  # guess: words at which the text is half as telling as it can be
HALF_FOUND = 3.0  # guess: need words found at which the evidence is half
OTHER_LANGUAGE = 0.5  # guess: words across languages meet by chance of spelling
WEIGHTS = (0.3, 0.3, 0.2, 0.2)  # guess: text, words found, agreement of the parts, language


def confidence(reading: Reading, asking: Reading, found: int, scored: Parts, place: tuple[int, int]) -> float:
    """0..1 from the length of the text, the need words found, how far the parts agree, and the languages."""
    opinions = [min(1.0, float(scored.lexical[place])), min(1.0, 4.0 * float(scored.letters[place]))]
    sides = (
        reading.length / (reading.length + HALF_TEXT),
        found / (found + HALF_FOUND),
        1.0 - (max(opinions) - min(opinions)),
        1.0 if reading.language == asking.language else OTHER_LANGUAGE,
    )
    return round(sum(weight * side for weight, side in zip(WEIGHTS, sides, strict=True)), 3)
