"""The mail's words and looks (P04, P50, P52, P57, P58)."""

import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest

from digests.compose import compose
from digests.contrast import contrast
from digests.palette import DARK, LEAST_CONTRAST, LIGHT, Palette
from digests.render import HTML_LIMIT, Rendered, render
from digests.texts import texts_for
from terms.company import Company
from terms.digest import Digest
from terms.errors import MailRefused, MapNotUnderstood, SettingMissing
from tests.recordings.digests.world import (
    CLOSED_NEED,
    CLOSED_TERM,
    CLOSED_TEXT,
    CLOSED_TITLE,
    COMPANY,
    NOW,
    WEEK,
    call,
    full_digest,
    paper,
    partner,
    project,
)

GOLDEN = Path(__file__).parent / "recordings" / "digests"


def _rendered(digest: Digest, company: Company = COMPANY) -> Rendered:
    return render(
        digest, company, now=NOW, stop_address="stop@varde.example", public_url="https://varde.example/p/nordlys"
    )


def _quiet(language: str = "en") -> Digest:
    return compose(
        COMPANY,
        [],
        [],
        now=NOW,
        iso_week=WEEK,
        language=language,
        examined={"arXiv": 1000, "EU Funding & Tenders": 214},
        new=0,
        degraded=(),
    )


@pytest.mark.parametrize("language", ["en", "nb"])
@pytest.mark.parametrize("form", ["html", "text"])
def test_the_mail_is_the_golden_one(language: str, form: str) -> None:
    """A missing golden is written, and fails until somebody has read it."""
    golden = GOLDEN / f"full_{language}.{form.replace('text', 'txt')}"
    said = getattr(_rendered(full_digest(language)), form)
    if not golden.exists():
        golden.write_text(said, encoding="utf-8")
        pytest.fail(f"{golden} was written; read it")
    assert said == golden.read_text(encoding="utf-8")


def test_the_same_digest_gives_the_same_words() -> None:
    """H-06."""
    assert _rendered(full_digest()) == _rendered(full_digest())


@pytest.mark.parametrize("language", ["en", "nb"])
def test_both_forms_carry_every_line_with_ref_and_address(language: str) -> None:
    """P51."""
    digest = full_digest(language)
    rendered = _rendered(digest)
    shown = lxml.html.fromstring(rendered.html).text_content()
    flat = " ".join(rendered.text.split())
    for line in digest.lines:
        for said in (line.title, line.ref, line.source_title):
            assert said in shown
            assert said in flat
        assert f"  {line.url}\n" in rendered.text
        assert line.url in lxml.html.fromstring(rendered.html).xpath("//a/@href")


def test_english_and_norwegian_differ_in_words_dates_and_money() -> None:
    """P58."""
    english, norwegian = _rendered(full_digest("en")), _rendered(full_digest("nb"))
    assert "Deadline: Tuesday 12 January 2027, 17:00 CET (50 days left)" in english.text
    assert "Frist: tirsdag 12. januar 2027, 17:00 CET (50 dager igjen)" in norwegian.text
    assert "Budget of the call: €2,500,000" in english.text
    assert "Utlysningens ramme: 2 500 000 €" in norwegian.text.replace("\xa0", " ")
    assert "37 new of 1,214 examined this week." in english.text
    assert "37 nye av 1 214 gjennomgått denne uken." in norwegian.text.replace("\xa0", " ")
    assert (english.language, norwegian.language) == ("en", "nb")
    assert '<html lang="nb">' in norwegian.html
    assert texts_for("de") is texts_for("en")


def test_the_two_catalogues_fill_the_same_places() -> None:
    english, norwegian = vars(texts_for("en")), vars(texts_for("nb"))
    for name, said in english.items():
        assert set(re.findall(r"{\w+}", str(said))) == set(re.findall(r"{\w+}", str(norwegian[name]))), name


def test_subject_and_preheader_say_what_waits() -> None:
    rendered = _rendered(full_digest())
    said = "2 projects, 1 partner, 3 items to read and 1 change, first deadline 2 December"
    assert rendered.subject == f"Week 48: {said}"
    assert (
        rendered.preheader == "Consider applying: Robotarm til sjømat: forprosjekt: Deadline 2 December (9 days left)"
    )
    (hidden,) = lxml.html.fromstring(rendered.html).find_class("preheader")
    assert hidden.text_content() == rendered.preheader
    assert "display: none" in hidden.get("style", "")


@pytest.mark.parametrize(("days", "said"), [(0, "closes today"), (1, "1 day left"), (22, "22 days left")])
def test_days_are_counted_in_the_companys_calendar(days: int, said: str) -> None:
    """23:30 in Oslo is still today although UTC and the hour say otherwise."""
    at = NOW.replace(hour=22, minute=30) + timedelta(days=days)
    digest = compose(
        COMPANY,
        [project(call("C-1", 1, deadline_at=at))],
        [],
        now=NOW,
        iso_week=WEEK,
        language="en",
        examined={},
        new=0,
        degraded=(),
    )
    html = _rendered(digest).html
    assert said in html
    assert ("badge urgent" in html) == (days < 21)


def test_a_closed_need_is_matched_but_never_told() -> None:
    """P04: neither its title nor its words, in either form, even where the caller forgot."""
    closed_key = f"{COMPANY.id}/{CLOSED_NEED.id}"
    fields = {"need_key": closed_key, "because": (CLOSED_TERM, CLOSED_TITLE)}
    digest = compose(
        COMPANY,
        [
            project(call("C-1", 9, **fields), paper("P-1", **fields), need_title=None),
            project(call("C-2", 9, **fields), need_title=CLOSED_TITLE),
            project(call("C-3", 9), paper("P-3", **fields)),
        ],
        [paper("P-2", **fields), paper("P-4", need_key="nordlys-robotics/gone", because=(CLOSED_TERM,))],
        now=NOW,
        iso_week=WEEK,
        language="en",
        examined={},
        new=0,
        degraded=(),
    )
    rendered = _rendered(digest)
    for said in (rendered.html, rendered.text, rendered.subject, rendered.preheader):
        for secret in (CLOSED_TITLE, CLOSED_TEXT, CLOSED_TERM, CLOSED_NEED.id):
            assert secret not in said
    assert rendered.text.count("For: a confidential need") == 3, (
        "three projects of one, and two items under one heading"
    )
    assert rendered.text.count("For: Gripper for wet fish") == 1


def test_no_inventor_is_named() -> None:
    """P41."""
    rendered = _rendered(full_digest())
    assert "Private Inventor" not in rendered.html + rendered.text
    assert "A. Hansen, B. Lee" in rendered.text, "authors stand where a paper names no organisation"


def test_the_foot_says_what_was_examined_what_was_down_what_waits_and_whom_to_ask() -> None:
    digest = full_digest().model_copy(update={"held_back": 1, "new": 0})
    flat = " ".join(_rendered(digest).text.split())
    for said in (
        "0 new of 1,214 examined this week.",
        "arXiv 800, EU Funding & Tenders 214, European Publication Server 200",
        "Did not answer as it should this week: Journal of Field Robotics.",
        "1 more item waits for the next mail.",
        "Chosen for Nordlys Robotics AS by Kari Megler, your process manager.",
        "Mentor: Dr. Ingrid Forsker.",
        "write to stop@varde.example.",
        "https://varde.example/p/nordlys",
    ):
        assert said in flat
    assert "mailto:stop@varde.example?subject=stop%20nordlys-robotics" in _rendered(digest).html


@pytest.mark.parametrize(
    ("language", "said"), [("en", "found nothing that we think is worth your time"), ("nb", "fant ikke noe")]
)
def test_a_quiet_week_is_one_honest_paragraph(language: str, said: str) -> None:
    """P57."""
    rendered = _rendered(_quiet(language))
    assert said in " ".join(rendered.text.split())
    assert said in rendered.html
    assert "48" in rendered.subject
    assert not lxml.html.fromstring(rendered.html).find_class("item")


def test_the_plain_text_is_wrapped_and_addresses_are_whole() -> None:
    long = "https://calls.example/" + "x" * 200
    digest = compose(
        COMPANY,
        [project(call("C-1", 9, title="word " * 80, url=long))],
        [paper("P-1", title="y" * 500)],
        now=NOW,
        iso_week=WEEK,
        language="en",
        examined={"arXiv": 1},
        new=1,
        degraded=("A very long name of a source " * 9,),
    )
    lines = _rendered(digest).text.splitlines()
    assert [line for line in lines if len(line) > 72] == [f"   {long}"]


def test_the_html_stays_under_the_limit_by_shortening_quotes() -> None:
    """P52, E-06: three megabytes of title and quote."""
    many = [
        project(call(f"C-{n}", 9, title="&" * 3_000_000, passage="<" * 3_000_000, people=("<",) * 9), paper(f"P-{n}"))
        for n in range(6)
    ]
    digest = compose(COMPANY, many, [], now=NOW, iso_week=WEEK, language="en", examined={}, new=0, degraded=())
    html = _rendered(digest).html
    assert len(html.encode()) < HTML_LIMIT
    assert all(f"C-{n}" in html for n in range(6))


def test_a_digest_that_cannot_be_made_small_enough_is_refused() -> None:
    lines = [paper(f"P-{n}", title="&" * 300, url="https://x.example/" + "&" * 1900) for n in range(60)]
    digest = compose(COMPANY, [], lines, now=NOW, iso_week=WEEK, language="en", cap=60, examined={}, new=0, degraded=())
    with pytest.raises(MailRefused, match=r"nordlys-robotics for 2026-W48.*lower cap"):
        _rendered(digest)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_has_contrast(palette: Palette) -> None:
    """P52."""
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    for ink, ground in palette.pairs():
        assert contrast(ink, ground) >= LEAST_CONTRAST, f"{ink} on {ground}"


def test_the_mail_uses_no_colour_that_was_not_checked() -> None:
    used = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", _rendered(full_digest()).html))
    assert used <= {*vars(LIGHT).values(), *vars(DARK).values()}
    checked = {colour for palette in (LIGHT, DARK) for pair in palette.pairs() for colour in pair}
    assert used - checked == {LIGHT.rule, DARK.rule}, "only the rules are no text and no ground"


def test_headings_come_in_order_and_nothing_is_loaded() -> None:
    """P52, E-25."""
    page = lxml.html.fromstring(_rendered(full_digest()).html)
    levels = [int(h.tag[1]) for h in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert not list(page.iter("img", "script", "link", "iframe", "object", "embed", "video", "audio", "form", "svg"))
    styles = " ".join([*(s.text or "" for s in page.iter("style")), *page.xpath("//@style")])
    assert "url(" not in styles
    assert "@import" not in styles
    assert not page.xpath("//@src | //@background | //@srcset | //@poster")


def test_dark_and_narrow_rules_survive_the_inlining() -> None:
    html = _rendered(full_digest()).html
    assert re.search(r"@media \(prefers-color-scheme: ?dark\)", html)
    assert re.search(r"@media \(max-width: ?480px\)", html)
    assert '<meta name="color-scheme" content="light dark">' in html
    assert 0 < html.encode().find(b'<meta charset="utf-8">') < 1024, "where a browser looks for it"
    page = lxml.html.fromstring(html)
    assert all(h.get("style") for h in page.iter("h1", "h2", "h3", "p"))


def test_titles_stay_original_and_keep_their_direction() -> None:
    page = lxml.html.fromstring(_rendered(full_digest("nb")).html)
    titles = {bdi.text for bdi in page.iter("bdi") if bdi.get("dir") == "auto"}
    assert {"مقبض ناعم للأسماك الرطبة", "Robotarm til sjømat: forprosjekt"} <= titles


def test_an_unknown_time_zone_or_public_address_is_named() -> None:
    with pytest.raises(MapNotUnderstood, match="Mars/Base"):
        _rendered(full_digest(), COMPANY.model_copy(update={"timezone": "Mars/Base"}))
    with pytest.raises(SettingMissing, match="public address"):
        render(full_digest(), COMPANY, now=NOW, public_url="javascript:alert(1)")


def test_a_mail_without_any_way_to_stop_promises_none() -> None:
    rendered = render(full_digest(), COMPANY, now=NOW)
    assert "To pause" not in rendered.text
    assert "To pause" not in rendered.html


def test_a_partner_is_told_with_country_and_what_it_has_done() -> None:
    digest = compose(
        COMPANY,
        [partner("NTNU", paper("P-1"), paper("P-2"))],
        [],
        now=NOW,
        iso_week=WEEK,
        language="nb",
        examined={},
        new=0,
        degraded=(),
    )
    rendered = _rendered(digest)
    assert "1. Ta kontakt med NTNU (Norge)" in rendered.text
    assert rendered.subject == "Uke 48: 1 partner"
    assert rendered.preheader == "Ta kontakt med NTNU"
    assert "Ingen kilder ble gjennomgått denne uken." in rendered.text
