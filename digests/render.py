"""A digest as HTML and as written plain text (P51, P52)."""

import textwrap
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digests.compose import is_quiet
from digests.foot import Foot, foot_of, subject, summary
from digests.headers import one_line, shortened
from digests.lead import Lead, Scale, lead_of, scale_of
from digests.links import MailLinks
from digests.palette import DARK, LIGHT
from digests.texts import texts_for
from digests.view import ChangeView, EvidenceView, SuggestionView, Viewer
from digests.wording import Wording, wording_for
from terms.company import Company
from terms.digest import Digest
from terms.errors import MailRefused

HTML_LIMIT = 90_000  # bytes; Gmail clips a mail at 102 kB
WIDTH = 72
_PASSAGE_LIMITS = (600, 240, 100, 0)  # characters, tried until the HTML fits
_PREHEADER = 140
_SENTENCE = 600
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Rendered:
    """A mail's words. language: BCP 47. html and text say the same items."""

    language: str
    subject: str
    preheader: str
    html: str
    text: str


@dataclass(frozen=True)
class _View:
    """What the templates call `v`."""

    subject: str
    preheader: str
    week: str
    heading: str
    company_line: str
    is_quiet: bool
    sentence: str
    lead: Lead | None
    scale: Scale | None
    projects: tuple[SuggestionView, ...]
    partners: tuple[SuggestionView, ...]
    evidence: tuple[EvidenceView, ...]
    changes: tuple[ChangeView, ...]
    foot: Foot


class _Written(str):
    """Text that we have cleaned and wrapped ourselves: its line ends are meant."""

    __slots__ = ()


def render(
    digest: Digest,
    company: Company,
    *,
    now: datetime,
    stop_address: str | None = None,
    public_url: str | None = None,
    links: MailLinks | None = None,
) -> Rendered:
    """The mail in the digest's language; days are counted from `now` (aware) in the company's time zone.

    stop_address: where a reader writes to stop. public_url: the page where a reader stops or changes the mail.
    links: the reader's own addresses, for answers, settings and calendar.
    Quotes are shortened until the HTML is under HTML_LIMIT bytes. Raises MailRefused where even that is not enough,
    MapNotUnderstood for an unknown time zone, SettingMissing for an unusable public_url.
    """
    wording = wording_for(texts_for(digest.language), company.timezone, now)
    page = links.settings if links else public_url
    calendar = links.calendar if links else ""
    foot = foot_of(digest, company, wording, stop_address=stop_address, public_url=page, calendar=calendar)
    for limit in _PASSAGE_LIMITS:
        rendered = _rendered(_view(digest, Viewer(company, wording, limit, links), foot), wording)
        if len(rendered.html.encode("utf-8")) < HTML_LIMIT:
            return rendered
    raise MailRefused(
        f"The digest of {company.id} for {digest.iso_week} is over {HTML_LIMIT} bytes of HTML even without quotes; "
        "compose it with a lower cap"
    )


def _view(digest: Digest, viewer: Viewer, foot: Foot) -> _View:
    wording, texts, quiet = viewer.wording, viewer.wording.texts, is_quiet(digest)
    projects, partners, evidence = viewer.projects(digest), viewer.partners(digest), viewer.evidence(digest)
    lead = lead_of(digest, viewer.company, wording)
    heading = texts.quiet_heading if quiet else _capital(summary(digest, wording))
    return _View(
        subject=subject(digest, wording),
        preheader=_preheader(lead, evidence, heading),
        week=wording.week(digest.iso_week),
        heading=heading,
        company_line=texts.company_line.format(company=shortened(one_line(viewer.company.name), _PREHEADER)),
        is_quiet=quiet,
        sentence=shortened(one_line(digest.sentence), _SENTENCE),
        lead=lead,
        scale=scale_of(digest, wording),
        projects=projects,
        partners=partners,
        evidence=evidence,
        changes=viewer.changes(digest),
        foot=foot,
    )


def _preheader(lead: Lead | None, evidence: tuple[EvidenceView, ...], heading: str) -> str:
    """The first thing to do, as mail readers show it beside the subject."""
    if lead:
        return f"{lead.what}: {lead.when}" if lead.when else lead.what
    return evidence[0].lines[0].title if evidence else heading


def _rendered(view: _View, wording: Wording) -> Rendered:
    names = {"v": view, "t": wording.texts, "light": LIGHT, "dark": DARK}
    return Rendered(
        language=wording.texts.tag,
        subject=view.subject,
        preheader=view.preheader,
        html=_inlined(_html_templates().get_template("digest.html").render(names)),
        text=_text_templates().get_template("digest.txt").render(names),
    )


def _inlined(html: str) -> str:
    """The styles on their elements; the charset first, since browsers look for it in the first kilobyte of a file."""
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return inliner.inline(html).replace("<head>", '<head><meta charset="utf-8">', 1)


@cache
def _html_templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _text_templates() -> Environment:
    """Plain text needs no escaping; what could forge a line is cleaned on its way out."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=False,  # noqa: S701 - text/plain: `_plain` cleans every expression instead
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_plain,
    )
    environment.filters.update(fill=_fill, whole=_whole, headline=_headline, capital=_capital)
    return environment


def _plain(shown: object) -> object:
    return one_line(shown) if isinstance(shown, str) and not isinstance(shown, _Written) else shown


def _fill(text: str, first: str = "", rest: str | None = None) -> _Written:
    """The text wrapped at WIDTH columns; `first` and `rest` open the first and the other lines."""
    following = first if rest is None else rest
    return _Written(
        textwrap.fill(one_line(text), WIDTH, initial_indent=first, subsequent_indent=following, break_on_hyphens=False)
    )


def _whole(text: str, pad: str) -> _Written:
    """A web address on a line of its own, never broken."""
    return _Written(pad + one_line(text))


def _headline(text: str) -> _Written:
    """A heading, underlined."""
    title = one_line(text).upper()
    return _Written(f"{title}\n{'=' * len(title)}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
