"""What proposals for a need rest on: how often a term would flag, and the class of what lies nearest (P03)."""

from collections.abc import Iterable, Sequence

import numpy as np
import pyarrow as pa

from nlp.columns import read_columns
from nlp.columns_rules import INCLUDE, RuleBook
from nlp.columns_words import Lexicon
from nlp.ground import Ground
from nlp.parts import asked
from nlp.recipe import CURRENT, Recipe
from nlp.terms import Floats
from terms.company import Need, NeedVersion

# Only to find what lies nearest: hardly a floor, few kept, none flagged.
NEAREST = CURRENT.model_copy(update={"name": "nearest", "keep_floor": 0.05, "keep_per_need": 10, "flags_per_need": 1})


def version_of(need: Need, company_key: str = "trial") -> NeedVersion:
    """A need, saved or not, as something to score against."""
    active = need.model_copy(update={"status": "active"})
    return NeedVersion(need_key=f"{company_key}/{need.id}", company_key=company_key, version=1, need=active)


def place_of(need: Need, ground: Ground, recipe: Recipe = CURRENT) -> Floats:
    """Where a need lies in the ground's space; one row."""
    return ground.topics.vectors(asked([version_of(need)], ground, recipe).topics)


def flags_by_term(tables: Iterable[pa.Table], terms: Sequence[str], need: Need) -> list[int]:
    """In how many documents (title, body, language) each term would fire as one that always flags (nlp/rules.py)."""
    asking = [version_of(need.model_copy(update={"include": (term,), "exclude": ()})) for term in terms]
    counts = np.zeros(len(terms), dtype=np.int64)
    lexicon = Lexicon()
    book = RuleBook(asking, lexicon)
    for table in tables if terms else ():
        if lexicon.is_full:
            lexicon = Lexicon()
            book = RuleBook(asking, lexicon)
        titles, texts = (table[name].combine_chunks() for name in ("title", "body"))
        fired, verbs = book.fired(read_columns(titles, texts, table["language"].to_pylist(), lexicon), titles, texts)
        counts += np.bincount(fired.needs[verbs == INCLUDE], minlength=len(terms))
    return [int(count) for count in counts]
