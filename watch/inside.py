"""Partners inside as a use case: the pairs of the companies that a broker serves (P43)."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger import consent
from network.inside import Asked, Offered, Pairing, pairings
from nlp.languages import guess, known
from nlp.recipe import CURRENT
from nlp.terms import alternatives, ask
from nlp.text import counted, telling_stem
from terms.company import Company, Need
from terms.consent import Pair, Stage
from terms.errors import NotFound
from terms.person import Scope
from watch.companies import read_watched
from watch.house import House
from watch.joint import brokers_only

_KEY, _VERSION = 8, 12  # characters
_ALPHABET = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")  # Crockford's


class Inside(NamedTuple):
    """A pair with what it was made from, and how far it may be told."""

    pair: Pair
    pairing: Pairing
    seeker: Company
    owner: Company
    stage: Stage


def inside_pairs(house: House, scope: Scope) -> list[Inside]:
    """Open, active needs of a served company against competences of another served one, best first.

    Both companies must be in the scope; a closed need is in no pair. Raises VardeError for who is no broker.
    """
    brokers_only(scope)
    served = {company.id: company for company in read_watched(house) if company.id in scope.companies}
    with house.ledger.read() as connection:
        steps = consent.read_steps(connection)
    found = []
    for pairing in pairings(*_texts(served.values())):
        seeker, owner = served[pairing.asked.company_key], served[pairing.offered.company_key]
        pair = _pair(pairing, seeker, owner)
        found.append(Inside(pair, pairing, seeker, owner, consent.stage_of(pair, steps)))
    return found


def find_pair(house: House, scope: Scope, pair_key: str) -> Inside:
    """One pair. Raises NotFound, in the same words for a pair of others as for none."""
    wanted = pair_key.strip().upper()
    for one in inside_pairs(house, scope):
        if one.pair.pair_key == wanted:
            return one
    raise NotFound("there is no such pair; `varde pairs list` shows those there are")


def stems_in(texts: Iterable[str]) -> set[str]:
    """The stems of every telling word, by the rules of every language that any of our texts is in."""
    forms = {form for text in texts for form in counted(text)}
    return {stem for form in forms for code in ("en", "nb", "de", "fr", "es") if (stem := telling_stem(form, code))}


def _texts(served: Iterable[Company]) -> tuple[list[Asked], list[Offered]]:
    every = list(served)
    offered = [Offered(c.id, text, _offered_words(text)) for c in every for text in c.competences]
    languages = sorted({guess(one.competence) for one in offered})
    asked = [
        Asked(f"{company.id}/{need.id}", company.id, _asked_words(need, languages))
        for company in every
        for need in company.needs
        if need.confidentiality == "open" and need.status == "active" and languages
    ]
    return asked, offered


def _offered_words(competence: str) -> Mapping[str, str]:
    language = guess(competence)
    return {stem: form for form in sorted(counted(competence)) if (stem := telling_stem(form, language))}


def _asked_words(need: Need, languages: Sequence[str]) -> Mapping[str, str]:
    """The need's words by the stems they may have in competences of these languages (P27); its own word first."""
    source = known(need.language)
    telling = [form for form in sorted(ask(need, CURRENT).forms) if telling_stem(form, source)]
    own = {stem: form for form in telling for code in languages if (stem := telling_stem(form, code))}
    return {stem: form for form, stem in _translated(telling, source, languages)} | own


def _translated(forms: Sequence[str], source: str, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    for form in forms:
        for code in languages:
            for stem in alternatives(form, source, code, CURRENT):
                yield form, stem


def _pair(pairing: Pairing, seeker: Company, owner: Company) -> Pair:
    need = next(need for need in seeker.needs if f"{seeker.id}/{need.id}" == pairing.asked.need_key)
    competence = pairing.offered.competence
    return Pair(
        pair_key=_key(pairing.asked.need_key, owner.id, competence),
        need_key=pairing.asked.need_key,
        need_title=need.title,
        seeker_key=seeker.id,
        seeker_name=seeker.name,
        owner_key=owner.id,
        owner_name=owner.name,
        competence=competence,
        fit=pairing.fit,
        because=tuple(pairing.offered.words[stem] for stem in pairing.shared),
        text_version=_hash(need.title, need.description, competence).hex()[:_VERSION],
    )


def _key(*parts: str) -> str:
    """Eight characters that name a pair and tell nothing of it; 40 bits of SHA-256."""
    return base64.b32encode(_hash(*parts)).decode("ascii").translate(_ALPHABET)[:_KEY]


def _hash(*parts: str) -> bytes:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).digest()
