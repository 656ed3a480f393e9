"""Partners inside (P43): needs of one company against competences of another, and the profile without names."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import NamedTuple

from terms.company import Company
from terms.consent import Profile, Side

FITTING = 0.5  # guess: share of a competence, by weight, that a need asks for
FEWEST = 2  # shared words; a single one says little, unless the competence is that word
TOPICS = 6
# Eurostat, NACE Rev. 2 (Regulation (EC) 1893/2006, annex I): sections by their divisions, first to last.
_SECTIONS = (
    (1, 3, "agriculture, forestry and fishing"), (5, 9, "mining"), (10, 33, "manufacturing"), (35, 35, "energy supply"),
    (36, 39, "water, sewerage and waste"), (41, 43, "construction"), (45, 47, "trade"), (49, 53, "transport"),
    (55, 56, "accommodation and food"), (58, 63, "information and communication"), (64, 66, "finance"),
    (68, 68, "real estate"), (69, 75, "professional, scientific and technical services"),
    (77, 82, "administrative services"), (84, 84, "public administration"), (85, 85, "education"),
    (86, 88, "health and social work"), (90, 93, "arts and recreation"), (94, 96, "other services"),
)  # fmt: skip


class Asked(NamedTuple):
    """An open need of a company. words: stem -> the word as the need writes it."""

    need_key: str
    company_key: str
    words: Mapping[str, str]


class Offered(NamedTuple):
    """One competence of a company. words: stem -> the word as the competence writes it."""

    company_key: str
    competence: str
    words: Mapping[str, str]


class Pairing(NamedTuple):
    """A need, another company's competence, how well they fit (0..1), and the stems they share, rarest first."""

    asked: Asked
    offered: Offered
    fit: float
    shared: tuple[str, ...]


def pairings(asked: Sequence[Asked], offered: Sequence[Offered]) -> list[Pairing]:
    """Pairs between different companies, best first; fit is the share of the competence's weight that is asked for.

    A word weighs by how few of all texts have it (idf; 2 is added since a shared word has two texts at the least).
    """
    texts = [one.words for one in asked] + [one.words for one in offered]
    held = Counter(stem for words in texts for stem in words)
    weight = {stem: log(2 + len(texts) / often) for stem, often in held.items()}
    found = [
        pairing
        for need in asked
        for competence in offered
        if need.company_key != competence.company_key and (pairing := _pairing(need, competence, weight))
    ]
    return sorted(found, key=lambda p: (-p.fit, p.asked.need_key, p.offered.company_key, p.offered.competence))


def _pairing(asked: Asked, offered: Offered, weight: Mapping[str, float]) -> Pairing | None:
    shared = sorted(asked.words.keys() & offered.words.keys(), key=lambda stem: (-weight[stem], stem))
    if len(shared) < min(FEWEST, len(offered.words)) or not shared:
        return None
    fit = sum(weight[stem] for stem in shared) / sum(weight[stem] for stem in offered.words)
    return Pairing(asked, offered, round(fit, 3), tuple(shared)) if fit >= FITTING else None


def profile_of(
    pair_key: str, company: Company, side: Side, shared: Iterable[str], own: Mapping[str, str], secret: set[str]
) -> Profile:
    """The company as another one may see it. shared: stems; own: the reader's words by stem.

    secret: stems that are never told: of names and of the company's closed needs (P04).
    """
    topics = dict.fromkeys(own[stem] for stem in shared if stem in own and stem not in secret)
    return Profile(
        pair_key=pair_key,
        side=side,
        sector=sector_of(company),
        size=company.size,
        country=company.country,
        topics=tuple(topics)[:TOPICS],
    )


def sector_of(company: Company) -> str | None:
    """The section of the company's first NACE code, in words; coarse enough to fit many."""
    if not company.nace:
        return None
    division = int(company.nace[0][:2])
    return next((name for first, last, name in _SECTIONS if first <= division <= last), None)
