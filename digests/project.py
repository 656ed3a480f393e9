"""A project page as blocks in the reader's language; DOCX and PDF are drawn from the same blocks (P40)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from digests.gate_said import GateWords
from digests.headers import one_line, shortened
from digests.links import safe_link
from digests.texts import texts_for
from digests.texts.project import project_words
from digests.wording import Wording, wording_for
from terms.company import Company
from terms.digest import Line
from terms.gate import Quote, Verdict
from terms.project import Candidate, ProjectPage

_SENTENCES = ("title", "text", "beneficiaries", "conditions", "consortium")
_QUOTE, _SHORT, _TITLE = 280, 150, 180  # characters; longer sentences are cut with an ellipsis
_MOST = 2  # papers, patents and partners' deeds each: the whole is to stay on one page


@dataclass(frozen=True)
class Entry:
    """One line of a list: bold words, what stands behind them, a quotation and a link, each "" where there is none."""

    head: str
    tail: str = ""
    quote: str = ""
    link: str = ""


@dataclass(frozen=True)
class Block:
    """A heading with a table (columns and rows) or a list, or a sentence where there is nothing."""

    heading: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    entries: tuple[Entry, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class Sheet:
    """The whole page. facts: pairs of name and value for the box at the top. link: where the call stands, or ""."""

    language: str
    kicker: str
    title: str
    subtitle: str
    link: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    foot: str

    def plain(self) -> dict[str, object]:
        """As JSON holds it."""
        return asdict(self)


def sheet_of(page: ProjectPage, company: Company, language: str) -> Sheet:
    """The page in English or Norwegian, dates in the company's zone. Raises MapNotUnderstood for an unknown zone."""
    return _Drawer(page, company, language).sheet()


class _Drawer:
    """What every part of one page needs: its words and its way of writing figures."""

    def __init__(self, page: ProjectPage, company: Company, language: str) -> None:
        self.page = page
        self.words = project_words(language)
        self.write: Wording = wording_for(texts_for(language), company.timezone, page.made_at)
        self.gate = GateWords(self.write)

    def sheet(self) -> Sheet:
        page, words = self.page, self.words
        need = page.need_title or words["closed need"]
        return Sheet(
            language=self.write.texts.tag,
            kicker=words["title"],
            title=_line(page.call.title, _TITLE),
            subtitle=words["for"].format(company=_line(page.company_name), need=_line(need)),
            link=safe_link(page.call.url) or "",
            facts=tuple(self._facts()),
            blocks=tuple(self._blocks()),
            foot=words["made"].format(day=self.write.day(page.made_at.date()), ref=page.ref),
        )

    def _facts(self) -> Iterator[tuple[str, str]]:
        page, words, write = self.page, self.words, self.write
        unknown = words["unknown"]
        if page.steps:
            yield words["decide"], write.day(page.steps[0].on)
        deadline = page.call.deadline_at
        yield words["deadline"], f"{write.moment(deadline)} ({write.left(deadline)})" if deadline else unknown
        if len(page.deadlines_at) > 1:
            yield words["deadlines"], ", ".join(write.day(d.astimezone(write.zone).date()) for d in page.deadlines_at)
        if page.opens_on:
            yield words["opens"], write.day(page.opens_on)
        yield words["programme"], _line(page.call.programme or unknown)
        yield words["grant"], self._grant() or unknown
        if page.call.budget_eur:
            yield words["whole budget"], write.money(page.call.budget_eur)
        yield words["share"], f"{page.funding_share:g} %" if page.funding_share else unknown
        yield words["trl"], "–".join(dict.fromkeys(map(str, page.trl))) if page.trl else unknown
        yield words["source"], _line(page.call.source_title)

    def _grant(self) -> str:
        ends = [self.write.money(e) for e in (self.page.min_grant_eur, self.page.max_grant_eur) if e is not None]
        return " – ".join(dict.fromkeys(ends))

    def _blocks(self) -> Iterator[Block]:
        page, words = self.page, self.words
        if page.sentence:
            yield Block(words["mentor"], sentence=_line(page.sentence, 1000))
        if page.call.because or page.call.passage:
            terms = ", ".join(page.call.because)
            head = words["because"].format(terms=terms) if terms else ""
            yield Block(words["why"], entries=(Entry(head, quote=_quoted(page.call.passage)),))
        yield Block(
            words["gate"],
            columns=(words["criterion"], words["answer"], words["stands on"]),
            rows=tuple(self._verdict(verdict) for verdict in page.gate.verdicts if verdict.outcome != "unknown"),
            sentence=self._unknown(),
        )
        yield self._rules()
        nobody = "" if page.partners else words["no partners"]
        yield Block(words["partners"], entries=tuple(map(self._partner, page.partners)), sentence=nobody)
        if page.steps:
            yield Block(words["steps"], rows=tuple(self._steps()))
        yield from (
            Block(words[name], entries=tuple(map(self._item, lines[:_MOST])))
            for name, lines in (("papers", page.papers), ("patents", page.patents))
            if lines
        )

    def _verdict(self, verdict: Verdict) -> tuple[str, str, str]:
        """A sentence of the call is quoted; of a structured field its own words say all there is."""
        because = self.gate.verdict(verdict) + (f" [{verdict.table}]" if verdict.table else "")
        quote = verdict.quote if verdict.quote and verdict.quote.field in _SENTENCES else None
        return self.words[verdict.criterion], self.words[verdict.outcome], _join(because, _sentence(quote))

    def _unknown(self) -> str:
        """What is not stated, in one sentence: it is a list of questions, not of answers."""
        known = "consortium" if any(rule.standing != "not stated" for rule in self.page.rules) else ""
        open_ones = [one.criterion for one in self.page.gate.verdicts if one.outcome == "unknown"]
        asked = [self.words[criterion] for criterion in open_ones if criterion != known]
        return f"{self.words['unknown'].capitalize()}: {', '.join(asked)}" if asked else ""

    def _rules(self) -> Block:
        words = self.words
        stated = [rule for rule in self.page.rules if rule.standing != "not stated"]
        entries = tuple(
            Entry(self.gate.asks(rule), words[rule.standing].format(lacks=self.gate.lacks(rule)), _sentence(rule.quote))
            for rule in stated
        )
        return Block(words["rules"], entries=entries, sentence="" if entries else words["no rules"])

    def _item(self, line: Line) -> Entry:
        who = ", ".join(line.organisations[:2] or line.people[:2])
        when = self.write.day(line.published_on) if line.published_on else ""
        told = " · ".join(filter(None, (_line(who), when, _line(line.source_title))))
        return Entry(_line(line.title, _TITLE), told, _quoted(line.passage, _SHORT), safe_link(line.url) or "")

    def _partner(self, partner: Candidate) -> Entry:
        where = ", ".join(filter(None, (self.gate.kind(partner.kind), self.write.country(partner.country))))
        titles = "; ".join(_line(line.title, 100) for line in partner.evidence[:_MOST])
        return Entry(_line(partner.name), _join(where, titles), "", safe_link(partner.home or "") or "")

    def _steps(self) -> Iterator[tuple[str, str]]:
        for step in self.page.steps:
            day = self.words["late"] if step.is_late else self.write.day(step.on)
            yield self.words[f"step {step.name}"], day


def _line(text: str, most: int = 200) -> str:
    return shortened(one_line(text), most)


def _quoted(passage: str | None, most: int = _QUOTE) -> str:
    return f"“{_line(passage, most)}”" if passage else ""


def _sentence(quote: Quote | None) -> str:
    return _quoted(quote.text) if quote else ""


def _join(*parts: str) -> str:
    return ": ".join(part for part in parts if part)
