"""What the two templates show: cleaned, worded and cut, so that HTML and plain text cannot disagree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digests.headers import one_line, shortened
from digests.links import MailLinks, safe_link
from digests.wording import Wording
from terms.answer import ANSWERS
from terms.company import Company
from terms.digest import Digest, Line, Suggestion

_TITLE = 300
_NAME = 120
_NAMES = 4
_TERMS = 6
_TERM = 60
_SCHEMES = {"cpc": "CPC", "ipc": "IPC", "arxiv": "arXiv"}


@dataclass(frozen=True)
class LineView:
    """One line. href: an address that may be a link; else address shows what the source gave, as text.

    answers: (words, address) of what a reader may answer; answer_page: the same for plain text. Both may be empty.
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


@dataclass(frozen=True)
class SuggestionView:
    """A project (with call) or a partner. need: its title, or that it is confidential."""

    need: str
    call: LineView | None
    partner: str
    country: str
    evidence: tuple[LineView, ...]


@dataclass(frozen=True)
class EvidenceView:
    """A line of its own, with the need that it serves."""

    need: str
    line: LineView


@dataclass(frozen=True)
class Viewer:
    """Turns nouns into views. passage_limit: most characters of a quote; 0 for none. links: of the reader, if any."""

    company: Company
    wording: Wording
    passage_limit: int
    links: MailLinks | None = None

    def projects(self, digest: Digest) -> tuple[SuggestionView, ...]:
        """The projects, in the order of the digest."""
        return tuple(self._suggestion(s) for s in digest.suggestions if s.kind == "project")

    def partners(self, digest: Digest) -> tuple[SuggestionView, ...]:
        """The partners, in the order of the digest."""
        return tuple(self._suggestion(s) for s in digest.suggestions if s.kind == "partner")

    def evidence(self, digest: Digest) -> tuple[EvidenceView, ...]:
        """The lines that stand in no suggestion."""
        return tuple(self._single(line) for line in digest.evidence)

    def _suggestion(self, suggestion: Suggestion) -> SuggestionView:
        title = None if self._is_closed(suggestion.need_key) else suggestion.need_title
        return SuggestionView(
            need=self._need(title),
            call=self._line(suggestion.call, is_open=title is not None) if suggestion.call else None,
            partner=shortened(one_line(suggestion.partner or ""), _NAME),
            country=self.wording.country(suggestion.partner_country),
            evidence=tuple(self._line(line, is_open=title is not None) for line in suggestion.evidence),
        )

    def _single(self, line: Line) -> EvidenceView:
        title = self._open_title(line.need_key)
        return EvidenceView(self._need(title), self._line(line, is_open=title is not None))

    def _line(self, line: Line, *, is_open: bool) -> LineView:
        """`because` is drawn from the need's own words: a closed need's line does not show it (P04)."""
        href = safe_link(line.url)
        shows_terms = is_open and not self._is_closed(line.need_key)
        at = line.deadline_at
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
            answers=tuple(self._answers(line.ref)),
            answer_page=self.links.answers.get(line.ref, "") if self.links else "",
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
