"""A verdict's code, a rule's gap and a kind of organisation in the reader's words; nothing else words them (P58)."""

from collections.abc import Callable, Mapping
from datetime import datetime

from babel.lists import format_list

from digests.texts.gate import GateTexts, gate_texts
from digests.wording import Wording
from terms.consortium import Gap, Rule
from terms.gate import Gate, Verdict


class GateWords:
    """How one reader is told, in the language and the zone of `write`."""

    def __init__(self, write: Wording) -> None:
        self._texts: GateTexts = gate_texts(write.texts.tag)
        self._write = write

    def verdict(self, verdict: Verdict) -> str:
        """What follows from the quote; a verdict stored before there were codes keeps its own words."""
        template = self._texts.said.get(verdict.code)
        return template.format(**self._facts(verdict.facts)) if template else verdict.because

    def worded(self, gate: Gate) -> Gate:
        """The same gate with every verdict's words, for who only prints them."""
        return Gate(verdicts=tuple(v.model_copy(update={"because": self.verdict(v)}) for v in gate.verdicts))

    def asks(self, rule: Rule) -> str:
        """What a rule on partners asks for."""
        asked, said = rule.asked, self._texts.rules
        if asked.kinds:
            return said["led"].format(kinds_or=self._or(asked.kinds)) if asked.leads else self._and(asked.kinds)
        if asked.countries:
            return said["countries"].format(partners=asked.partners, countries=asked.countries)
        return said["partners"].format(partners=asked.partners) if asked.partners else rule.asks

    def lacks(self, rule: Rule) -> str:
        """What a set of applicants still lacks of it; "" where nothing."""
        gap = rule.gap
        if gap.kinds:
            return self._or(gap.kinds) if gap.leads else self._and(gap.kinds)
        return self._write.listed(list(self._more(gap))) if gap != Gap() else rule.lacks

    def kind(self, kind: str | None) -> str:
        """What sort of organisation one is; "" where that says nothing."""
        return self._texts.kind.get(kind or "", "")

    def _more(self, gap: Gap) -> list[str]:
        said = self._texts.rules
        counted = (("partner", gap.partners, "partners"), ("country", gap.countries, "countries"))
        return [
            said[f"one {one}"] if many == 1 else said[f"more {name}"].format(**{name: many})
            for one, many, name in counted
            if many
        ]

    def _facts(self, facts: Mapping[str, str]) -> dict[str, str]:
        told = {name: self._fact(name, value) for name, value in facts.items()}
        return told | ({"kinds_or": self._or(facts["kinds"].split(","))} if "kinds" in facts else {})

    def _fact(self, name: str, value: str) -> str:
        as_word = self._texts.words.get
        ways: Mapping[str, Callable[[], str]] = {
            "country": lambda: self._write.country(value),
            "countries": lambda: self._countries(value),
            "kinds": lambda: self._and(value.split(",")),
            "sizes": lambda: self._write.listed([as_word(one, one) for one in value.split(",")]),
            "size": lambda: as_word(value, value),
            "status": lambda: as_word(value, value),
            "sections": lambda: self._write.listed(value.split(",")),
            "nace": lambda: self._write.listed(value.split(",")),
            "moment": lambda: self._write.moment(datetime.fromisoformat(value)),
        }
        if name.endswith("_eur"):
            return self._write.money(int(value))
        return ways[name]() if name in ways else value

    def _countries(self, value: str) -> str:
        if value.isdecimal():
            return value
        named = (self._texts.words.get(one) or self._write.country(one) for one in value.split(","))
        return self._write.listed(list(named))

    def _and(self, kinds: tuple[str, ...] | list[str]) -> str:
        return self._write.listed([self._texts.kinds.get(kind, kind) for kind in kinds])

    def _or(self, kinds: tuple[str, ...] | list[str]) -> str:
        return format_list([self._texts.kinds.get(kind, kind) for kind in kinds], "or", self._write.texts.locale)
