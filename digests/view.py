"""What the two templates show: cleaned, worded and cut, so that HTML and plain text cannot disagree."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from digests.gate_words import GateView, gate_view
from digests.headers import one_line, shortened
from digests.lead import decide
from digests.links import MailLinks, safe_link
from digests.wording import Wording, week_number
from terms.answer import ANSWERS
from terms.company import Company
from terms.digest import Change, Digest, Line, Participant, Suggestion

_TITLE = 300
_NAME = 120
_NAMES = 4
_TERMS = 6
_TERM = 60
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2} UTC")
_EUROS = re.compile(r"EUR (\d[\d ]*)")
_SCHEMES = {"cpc": "CPC", "ipc": "IPC", "arxiv": "arXiv"}


@dataclass(frozen=True)
class LineView:
    """One line. href: an address that may be a link; else address shows what the source gave, as text.

    answers: (words, address) of what a reader may answer; answer_page: the same for plain text. Both may be empty.
    is_told: whether the same line stands further up in this mail; then it is only named again.
    """

    ref: str
    title: str
    href: str | None
    address: str
    source: str
    kind: str
    deadline: str
    days_left: str
    is_urgent: bool
    budget: str
    programme: str
    published: str
    who: str
    because: str
    passage: str
    answers: tuple[tuple[str, str], ...] = ()
    answer_page: str = ""
    is_told: bool = False


@dataclass(frozen=True)
class SuggestionView:
    """A project (with call) or a partner. need: its title, or that it is confidential.

    decide: by when, in words; joining: who could take part; gate: may they apply. Empty where nobody worked it out.
    """

    need: str
    call: LineView | None
    partner: str
    country: str
    evidence: tuple[LineView, ...]
    decide: str = ""
    joining: tuple[str, ...] = ()
    gate: GateView | None = None


@dataclass(frozen=True)
class EvidenceView:
    """The lines of their own that serve one need."""

    need: str
    lines: tuple[LineView, ...]


@dataclass(frozen=True)
class ChangeView:
    """What moved in something told before. said: old -> new in words; told: when it was told."""

    title: str
    href: str | None
    said: str
    told: str
    ref: str


@dataclass(frozen=True)
class Viewer:
    """Turns nouns into views. passage_limit: most characters of a quote; 0 for none. links: of the reader, if any."""

    company: Company
    wording: Wording
    passage_limit: int
    links: MailLinks | None = None
    _told: set[str] = field(default_factory=set)

    def projects(self, digest: Digest) -> tuple[SuggestionView, ...]:
        """The projects, in the order of the digest."""
        return tuple(self._suggestion(s) for s in digest.suggestions if s.kind == "project")

    def partners(self, digest: Digest) -> tuple[SuggestionView, ...]:
        """The partners, in the order of the digest."""
        return tuple(self._suggestion(s) for s in digest.suggestions if s.kind == "partner")

    def evidence(self, digest: Digest) -> tuple[EvidenceView, ...]:
        """The lines that stand in no suggestion, together with those of the same need."""
        titles = [self._open_title(line.need_key) for line in digest.evidence]
        first = {title: number for number, title in reversed(list(enumerate(titles)))}
        ordered = sorted(zip(titles, digest.evidence, strict=True), key=lambda pair: first[pair[0]])
        return tuple(
            EvidenceView(self._need(title), tuple(self._line(line, is_open=title is not None) for _, line in lines))
            for title, lines in groupby(ordered, key=lambda pair: pair[0])
        )

    def changes(self, digest: Digest) -> tuple[ChangeView, ...]:
        """What moved since it was told."""
        return tuple(self._change(change) for change in digest.changes)

    def _change(self, change: Change) -> ChangeView:
        texts = self.wording.texts
        kind = texts.changes.get(change.kind, change.kind)
        before, after = (shortened(one_line(self._figures(text)), _TITLE) for text in (change.before, change.after))
        said = texts.moved.format(kind=kind, before=before, after=after) if after else texts.rewritten.format(kind=kind)
        return ChangeView(
            title=shortened(one_line(change.title), _TITLE),
            href=safe_link(change.url),
            said=said,
            told=texts.told_in.format(week=week_number(change.told_week)),
            ref=shortened(one_line(change.ref), _TERM),
        )

    def _figures(self, text: str) -> str:
        """Moments and amounts as the reader writes them."""
        text = _MOMENT.sub(
            lambda m: self.wording.moment(datetime.strptime(m[0] + "+0000", "%Y-%m-%d %H:%M UTC%z")), text
        )
        return _EUROS.sub(lambda m: self.wording.money(int(m[1].replace(" ", ""))), text)

    def _suggestion(self, suggestion: Suggestion) -> SuggestionView:
        title = None if self._is_closed(suggestion.need_key) else suggestion.need_title
        return SuggestionView(
            need=self._need(title),
            call=self._line(suggestion.call, is_open=title is not None) if suggestion.call else None,
            partner=shortened(one_line(suggestion.partner or ""), _NAME),
            country=self.wording.country(suggestion.partner_country),
            evidence=tuple(self._line(line, is_open=title is not None) for line in suggestion.evidence),
            decide=decide(suggestion, self.wording),
            joining=tuple(self._joining(one) for one in suggestion.participants) if title is not None else (),
            gate=gate_view(suggestion.gate, self.wording),
        )

    def _joining(self, one: Participant) -> str:
        country = self.wording.country(one.country)
        name = shortened(one_line(one.name), _NAME) + (f" ({country})" if country else "")
        known_for = shortened(one_line(one.known_for), _NAME)
        return self.wording.texts.known_for.format(name=name, title=known_for) if known_for else name

    def _line(self, line: Line, *, is_open: bool) -> LineView:
        """`because` is drawn from the need's own words: a closed need's line does not show it (P04)."""
        href = safe_link(line.url)
        shows_terms = is_open and not self._is_closed(line.need_key)
        at = line.deadline_at
        is_told = line.ref in self._told
        self._told.add(line.ref)
        return LineView(
            ref=shortened(one_line(line.ref), _TERM),
            title=shortened(one_line(line.title), _TITLE),
            href=href,
            address=href or shortened(one_line(line.url), _TITLE),
            source=shortened(one_line(line.source_title), _NAME),
            kind=self.wording.texts.kinds[line.kind],
            deadline=self.wording.moment(at) if at else "",
            days_left=self.wording.left(at) if at else "",
            is_urgent=at is not None and self.wording.is_urgent(at),
            budget=self.wording.money(line.budget_eur) if line.budget_eur is not None else "",
            programme=shortened(one_line(line.programme or ""), _NAME),
            published=self.wording.day(line.published_on) if line.published_on else "",
            who=self._who(line),
            because=", ".join(map(_term, line.because[:_TERMS])) if shows_terms else "",
            passage=shortened(one_line(line.passage or ""), self.passage_limit) if self.passage_limit else "",
            answers=() if is_told else tuple(self._answers(line.ref)),
            answer_page=self.links.answers.get(line.ref, "") if self.links and not is_told else "",
            is_told=is_told,
        )

    def _answers(self, ref: str) -> Iterator[tuple[str, str]]:
        for verb in ANSWERS:
            address = self.links.answer(ref, verb) if self.links else None
            if address:
                yield self.wording.texts.answers[verb], address

    def _who(self, line: Line) -> str:
        """Organisations; the authors of a publication where its source names none. Never an inventor (P41)."""
        return self._some(line.organisations or (line.people if line.kind == "publication" else ()))

    def _some(self, names: Sequence[str]) -> str:
        """The first names, and how many more there are."""
        shown = ", ".join(shortened(one_line(name), _NAME) for name in names[:_NAMES])
        more = len(names) - _NAMES
        return f"{shown} {self.wording.count(self.wording.texts.more_names, more)}" if more > 0 else shown

    def _need(self, title: str | None) -> str:
        return self.wording.texts.closed_need if title is None else shortened(one_line(title), _NAME)

    def _is_closed(self, need_key: str) -> bool:
        """Whether the company's map now says so, whatever it said when the item was accepted (P04)."""
        return any(n.confidentiality == "closed" for n in self.company.needs if n.id == _need_id(need_key))

    def _open_title(self, need_key: str) -> str | None:
        """The title of an open need of the map; None for a closed or unknown one."""
        titles = (n.title for n in self.company.needs if n.id == _need_id(need_key) and n.confidentiality == "open")
        return next(titles, None)


def _need_id(need_key: str) -> str:
    return need_key.rpartition("/")[2]


def _term(term: str) -> str:
    """A term that counted, as people write it: `cpc:B25J 13/08` is CPC B25J 13/08."""
    scheme, _, code = term.partition(":")
    shown = f"{_SCHEMES[scheme]} {code}" if scheme in _SCHEMES else term
    return shortened(one_line(shown), _TERM)
