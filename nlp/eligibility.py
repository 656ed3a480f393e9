"""What a call says of who may apply, sentence by sentence: rules of spaCy's Matcher (patterns/eligibility.yaml).

Nothing is inferred here: a statement is a sentence of the call with the countries, kinds, sectors or numbers it names.
What no rule reads is not stated, and stays unknown at the gate (P23).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

from nlp.applicants import countries_in, kinds_in, number_in, sectors_in
from nlp.languages import guess, known, pipeline
from nlp.text import parsed
from terms.base import Term
from terms.gate import Criterion, Field, Quote, Relation, Statement

PATTERNS = Path(__file__).with_name("patterns") / "eligibility.yaml"
_LANGUAGES = ("en", "nb")
_NEGATING = "not no never cannot without n't need neither ikke ingen aldri uten trenger"
_NEGATIONS = frozenset(_NEGATING.split())
_RUNNING = ("title", "text")  # the other fields hold conditions and nothing else
_BEFORE, _AFTER = 5, 2  # tokens around a hit in which a negation turns it


class Rule(Term):
    """One entry of the pattern file. take: what is read from the sentence; numbers: how many of the hit's are kept.

    reach: tokens behind the hit up to which kinds are read, else the whole sentence. unless: words that turn the rule
    off. needs: lists of words, one of each must stand in a sentence of running text: who applies, and that it is asked.
    `^open` stands for a sentence that opens with that word.
    """

    id: str
    language: str
    criterion: Criterion
    relation: Relation
    pattern: tuple[dict[str, Any], ...]
    values: tuple[str, ...] = ()
    take: str | None = None
    numbers: int = 0
    where: tuple[Field, ...] = ()
    unless: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    reach: int | None = None
    negated: bool = False


def statements(fields: Mapping[Field, str], language: str = "und") -> tuple[Statement, ...]:
    """What the named fields of a call state, in their order; the same statement of one sentence once.

    language: as the publisher states it; sentences in a language without rules are read by none and state nothing.
    """
    found = dict[tuple[object, ...], Statement]()
    for field, text in fields.items():
        for one in _read(field, text, language):
            key = (one.criterion, one.relation, one.values, one.numbers, one.quote.field, one.quote.start)
            found.setdefault(key, one)
    return tuple(found.values())


def _read(field: Field, text: str, language: str) -> Iterator[Statement]:
    code = guess(text) if language in ("", "und", "mul") else known(language)
    for tried in dict.fromkeys(one for one in (code, guess(text)) if one in _LANGUAGES):
        doc = parsed(text, tried)
        for name, start, end in sorted(_matcher(tried)(doc), key=lambda hit: (hit[1], hit[2])):
            rule = rules()[doc.vocab.strings[name]]
            if not rule.where or field in rule.where:
                yield from _statement(rule, doc[start:end], field, text)


def _statement(rule: Rule, hit: "Span", field: Field, text: str) -> Iterator[Statement]:
    sentence = hit.sent
    if (not rule.negated and _is_negated(hit, sentence)) or _is_about_else(rule, sentence, field):
        return
    values = rule.values or _taken(rule, hit, sentence)
    numbers = _numbers(rule, hit)
    if (rule.take and not values) or len(numbers) < rule.numbers:
        return
    start, end = sentence.start_char, sentence.end_char
    quote = Quote(field=field, start=start, end=end, text=text[start:end])
    yield Statement(
        rule=rule.id, criterion=rule.criterion, relation=rule.relation, values=values, numbers=numbers, quote=quote
    )


def _taken(rule: Rule, hit: "Span", sentence: "Span") -> tuple[str, ...]:
    """What the rule reads: countries from the hit on (before it for a refusal), kinds and sectors in the sentence."""
    if rule.take is None:
        return ()
    reader: Callable[[str], tuple[str, ...]] = {"countries": countries_in, "kinds": kinds_in, "sectors": sectors_in}[
        rule.take
    ]
    if rule.reach is not None:
        return reader(sentence.doc[hit.start : min(sentence.end, hit.end + rule.reach)].text)
    after = sentence.doc[hit.start : sentence.end]
    return reader((after if rule.take == "countries" and not rule.negated else sentence).text)


def _numbers(rule: Rule, hit: "Span") -> tuple[float, ...]:
    """The first number of the hit and, where the rule keeps two, the last: "three entities, each from one of three"."""
    found = [n for n in (number_in(token.text, hit.doc.lang_) for token in hit) if n is not None]
    return tuple((found[:1] + found[-1:])[: rule.numbers]) if len(found) >= rule.numbers else ()


def _is_negated(hit: "Span", sentence: "Span") -> bool:
    """A negation in the hit or close to it; `are not eligible` is a rule of its own."""
    near = sentence.doc[max(sentence.start, hit.start - _BEFORE) : min(sentence.end, hit.end + _AFTER)]
    return any(token.lower_ in _NEGATIONS for token in near)


def _is_about_else(rule: Rule, sentence: "Span", field: Field) -> bool:
    """Words that turn the rule off; and running text that describes something where the rule needs a demand."""
    words = {token.lower_ for token in sentence} | {f"^{sentence[0].lower_}"}
    described = field in _RUNNING and not all(words & set(group) for group in rule.needs)
    return described or bool(words & set(rule.unless))


@lru_cache(maxsize=1)
def rules() -> dict[str, Rule]:
    """Every rule of the pattern file by its id; read once."""
    return {entry["id"]: _rule(entry) for entry in entries()}


def entries() -> list[dict[str, Any]]:
    """The pattern file as written, with its examples; a test holds every rule against them."""
    return list(YAML(typ="safe", pure=True).load(PATTERNS.read_text("utf-8")))


def _rule(entry: Mapping[str, Any]) -> Rule:
    return Rule.model_validate({key: value for key, value in entry.items() if key not in ("examples", "silent")})


@lru_cache(maxsize=4)
def _matcher(language: str) -> Callable[["Doc"], list[tuple[int, int, int]]]:
    from spacy.matcher import Matcher  # noqa: PLC0415 - most verbs never read a call, and spaCy is slow to start

    matcher = Matcher(pipeline(language).vocab, validate=True)
    for rule in rules().values():
        if rule.language in (language, "any"):
            matcher.add(rule.id, [list(rule.pattern)], greedy="LONGEST")
    return matcher
