"""All that can speak for a partner, read once for many needs; and the words that a need asks it with (P41, P27)."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache, lru_cache

import numpy as np
from scipy.sparse import csr_matrix

from network.fit import Counted
from network.names import name_key
from network.outside import Field, field_of
from network.register import Register
from nlp.columns_scan import Hashes, Places
from nlp.columns_words import NO_STEM, Lexicon, hash_of
from nlp.languages import LANGUAGES
from nlp.languages import known as known_language
from nlp.recipe import CURRENT
from nlp.terms import alternatives
from nlp.text import counted, telling_stem
from terms.company import Need
from terms.item import Item
from terms.organisation import Deed, Organisation
from warehouse import organisations, projects
from warehouse.store import Warehouse
from watch.house import House

_READ_IN = "en"  # projects, and most papers and patents, are written in it
_YEARS_BACK = 10
_MOST_ITEMS = 50_000
_LEAST_SCORE = 0.8
_CALL_CHARACTERS = 2_000
_BLOCK = 8_192


def read_field(house: House) -> Field:
    """Everything that can speak for a partner, each organisation once whatever registers and papers call it.

    Read anew only where the warehouse was published since, so that many companies in a row share one.
    """
    since = (house.clock() - timedelta(days=365 * _YEARS_BACK)).date()
    published = house.warehouse.published
    return _field(house.warehouse, published.stat().st_mtime_ns if published.exists() else 0, since)


def holds_projects(house: House) -> bool:
    """Whether there is a project or an announcement at all: papers and patents alone speak for nobody from outside."""
    with house.warehouse.read() as connection:
        return projects.holds_any(connection)


@lru_cache(maxsize=1)
def _field(warehouse: Warehouse, stamp: int, since: date) -> Field:
    with warehouse.read() as connection:
        known = organisations.read_organisations(connection)
        deeds = [
            *projects.read_project_deeds(connection, since),
            *projects.read_announcement_deeds(connection),
            *projects.read_item_deeds(connection, _MOST_ITEMS),
        ]
    resolved = _resolved(deeds, known)
    return field_of(resolved, known, _counted([f"{d.title} {d.title} {d.text}" for d in resolved]))


def _counted(texts: Sequence[str]) -> Counted:
    """The stems of many texts by their numbers, some thousands at a time: one by one takes ten times as long."""
    lexicon, parts = Lexicon(), list[tuple[Hashes, Places]]()
    for start in range(0, len(texts), _BLOCK):
        written = [text.encode("utf-8", "replace") for text in texts[start : start + _BLOCK]]
        offsets = np.cumsum([0, *map(len, written)], dtype=np.int64)
        words, ends = lexicon.numbered(np.frombuffer(b"".join(written), dtype=np.uint8), offsets)
        parts.append((lexicon.stems(LANGUAGES.index(_READ_IN), words), ends))
    stems = np.concatenate([found for found, _ in parts]) if parts else np.empty(0, dtype=np.uint64)
    known, columns = np.unique(stems, return_inverse=True)
    sizes = np.concatenate([[0], *(np.diff(ends) for _, ends in parts)])
    rows = csr_matrix((np.ones(len(stems), np.float32), columns, np.cumsum(sizes)), shape=(len(texts), len(known)))
    rows.data[stems == NO_STEM] = 0.0
    rows.sum_duplicates()
    rows.eliminate_zeros()
    return Counted(rows, {stem: column for column, stem in enumerate(known.tolist())})


def _resolved(deeds: Sequence[Deed], known: dict[str, Organisation]) -> list[Deed]:
    """Deeds with the identities of those whom papers and patents only name; a name of no register is one of its own."""
    register = Register(known.values())

    @cache
    def key_of(name: str, country: str | None) -> str:
        found = register.resolve(name, country)
        if found.organisation_key and found.score >= _LEAST_SCORE:
            return found.organisation_key
        key = f"name:{(country or 'xx').lower()}:{name_key(name)}"
        known.setdefault(key, Organisation(organisation_key=key, name=name, country=country))
        return key

    return [
        deed.model_copy(update={"organisations": tuple((key_of(*one), "") for one in deed.named)})
        if deed.named
        else deed
        for deed in deeds
    ]


def asked_words(need: Need, call: Item | None = None) -> Counter[int]:
    """The stems that a need, under a call where one is named, asks the field with; its title counts twice."""
    asked = _stems_in(" ".join((need.title, need.title, need.description, *need.include)), need.language)
    return asked + _stems_in(f"{call.title} {call.text[:_CALL_CHARACTERS]}", call.language) if call else asked


def _stems_in(text: str, language: str) -> Counter[int]:
    """The stems of the words that tell something, counted, as they stand in English texts (P27)."""
    found = Counter[int]()
    for form, often in counted(text).items():
        for stem in _stems(form, known_language(language)):
            found[stem] += often
    return found


@lru_cache(maxsize=200_000)
def _stems(form: str, language: str) -> tuple[int, ...]:
    if not (own := telling_stem(form, language)):
        return ()
    stems = (own,) if language == _READ_IN else alternatives(form, language, _READ_IN, CURRENT)
    return tuple(map(hash_of, stems))
