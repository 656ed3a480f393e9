"""Projects in the digest: gate, day to decide, who could join, order by worth; what moved since (P40, P50)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digests.gate_words import gate_view
from digests.lead import Lead, lead_of, scale_of
from digests.render import render
from digests.texts import texts_for
from digests.wording import wording_for
from ledger import digests as kept_digests
from terms.digest import Digest, Suggestion
from terms.gate import Gate, Verdict
from terms.item import Call, Item, Organisation
from tests.houses import make_house, stock
from tests.make import NOW, company, item, need
from tests.recordings.digests.world import COMPANY, call, full_digest, gate, project
from tests.recordings.digests.world import NOW as WORLD_NOW
from warehouse import items, revisions
from watch import digest as digests
from watch import review
from watch.advise import advise
from watch.companies import find_company
from watch.house import House
from watch.report import read_incidents

OPEN = "Companies registered in Norway may apply."


def funding(name: str, days: int, text: str = OPEN, grant: int = 400_000) -> Item:
    facts = Call(deadlines_at=(NOW + timedelta(days=days),), max_grant_eur=grant, programme="Innovasjon Norge")
    return item(name, kind="call", title=f"Valves, call {name}", text=text, language="en", call=facts)


def accept(house: House, *items: Item, no: int = 1) -> None:
    stock(house, *items, no=no)
    for opportunity in review.queue(house).waiting:
        review.decide(house, opportunity, "accept", broker="Bo")


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(tmp_path, monkeypatch, company(needs=(need(trl_now=4, trl_target=7),)))


def suggested(house: House) -> list[Suggestion]:
    return list(advise(house, find_company(house, "tind")).suggestions)


def test_a_project_says_what_the_gate_says_by_when_and_with_whom(house: House) -> None:
    lab = (Organisation(name="Sealab AS", country="NO"),)
    accept(house, funding("far", 60), item("p1", organisations=lab))
    (one,) = suggested(house)
    assert one.decide_on == (NOW + timedelta(days=60 - company().decide_lead_days)).date()
    assert one.gate is not None
    assert one.gate.verdicts[0].quote is not None
    assert [(p.name, p.country, p.known_for) for p in one.participants] == [
        ("Sealab AS", "NO", "On the sealing of hydrogen valves, part p1")
    ]


def test_where_the_lead_time_has_begun_the_day_to_decide_is_today(house: House) -> None:
    accept(house, funding("near", 9))
    (one,) = suggested(house)
    assert one.decide_on == NOW.date()


def test_where_nobody_stands_behind_the_need_those_behind_other_open_needs_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P04: never those behind a closed one."""
    shut = need("shut", confidentiality="closed", title="Never told")
    house = make_house(tmp_path, monkeypatch, company(needs=(need(), need("springs", title="Springs"), shut)))
    accept(house, funding("far", 60))
    for key, name, no in (("tind/springs", "Springlab AS", 2), ("tind/shut", "Secretlab AS", 3)):
        stock(house, item(name, organisations=(Organisation(name=name),)), need_key=key, no=no)
    for opportunity in review.queue(house).waiting:
        review.decide(house, opportunity, "accept", broker="Bo")
    (one,) = suggested(house)
    assert [p.name for p in one.participants] == ["Springlab AS"]


@pytest.mark.parametrize(("days", "first"), [(40, "rich"), (9, "poor")])
def test_worth_goes_before_the_deadline_unless_it_must_be_decided_now(house: House, days: int, first: str) -> None:
    """Nine days are less than the company needs to apply: that one cannot wait for the next mail."""
    accept(house, funding("rich", 60), funding("poor", days, grant=1_000))
    digests.draft_all(house)
    (kept,) = digests.list_digests(house)
    titles = [s.call.title for s in kept.digest.suggestions if s.call]
    assert titles[0] == f"Valves, call {first}"
    assert len(titles) == 2


def test_a_call_that_the_company_may_not_apply_to_is_no_project_and_its_broker_is_told(house: House) -> None:
    """P23: what was found beside it is told by itself."""
    accept(house, funding("no", 60, "Only Swedish companies may apply."), item("p1"))
    advice = advise(house, find_company(house, "tind"))
    assert advice.suggestions == ()
    assert [line.item_key for line in advice.leftover] == ["journal:p1"]
    (incident,) = read_incidents(house)
    assert "may not apply" in incident.incident.message
    assert incident.incident.facts["quote"] == "Only Swedish companies may apply."


def test_a_closed_need_gives_no_partner_and_no_answer_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P04: the gate's word on TRL would tell where the need stands."""
    closed = need(confidentiality="closed", trl_now=4, trl_target=7)
    house = make_house(tmp_path, monkeypatch, company(needs=(closed,)))
    accept(house, funding("far", 60), item("p1", organisations=(Organisation(name="Sealab AS", country="NO"),)))
    (one,) = suggested(house)
    assert one.participants == ()
    assert one.gate is not None
    assert "trl" not in {verdict.criterion for verdict in one.gate.verdicts}


def test_what_moved_since_it_was_told_is_told_once_old_to_new(house: House) -> None:
    """P50: the next digest has the change, the one after it has not."""
    accept(house, funding("far", 60))
    digests.draft_all(house)
    digests.approve(house, "tind", by="Bo")
    with house.ledger.write() as connection:
        kept_digests.set_sent(connection, "tind/2026-W48/digest")
    later = house_at(house, days=7)
    with house.warehouse.write() as connection:
        moved = [funding("far", 90)]
        items.absorb(connection, moved, absorb_no=2, seen_at=NOW + timedelta(days=3))
        revisions.store_changes(connection, moved)
    assert [d.state for d in digests.draft_all(later)] == ["draft"]
    (change,) = kept_of(later, "2026-W49").changes
    assert (change.kind, change.told_week) == ("deadline", "2026-W48")
    assert change.before != change.after
    text = digests.preview(later, "tind").text
    assert "→" in text
    assert "told in week 48" in text
    digests.approve(later, "tind", by="Bo")
    with house.ledger.write() as connection:
        kept_digests.set_sent(connection, "tind/2026-W49/digest")
    assert [d.state for d in digests.draft_all(house_at(house, days=14))] == ["quiet"]


def house_at(house: House, *, days: int) -> House:
    moment = NOW + timedelta(days=days)
    return replace(house, clock=lambda: moment)


def kept_of(house: House, week: str) -> Digest:
    return next(kept.digest for kept in digests.list_digests(house, week))


def test_the_lead_names_what_when_and_who() -> None:
    wording = wording_for(texts_for("en"), COMPANY.timezone, WORLD_NOW)
    digest = full_digest()
    lead = lead_of(digest, COMPANY, wording)
    assert lead is not None
    assert lead.what == "Consider applying: Robotarm til sjømat: forprosjekt"
    assert lead.who == "nobody found yet; Kari Megler can ask around"
    partner_only = digest.model_copy(update={"suggestions": digest.suggestions[2:]})
    assert lead_of(partner_only, COMPANY, wording) == Lead("Talk to SINTEF Ocean", None, "", "")
    assert scale_of(partner_only, wording) is None


@pytest.mark.parametrize(("decide", "days"), [(None, 9), (30, 50), (0, 1), (200, 221), (0, 0)])
def test_a_bar_adds_up_and_shows_all_there_is(decide: int | None, days: int) -> None:
    wording = wording_for(texts_for("nb"), COMPANY.timezone, WORLD_NOW)
    day = None if decide is None else WORLD_NOW.date() + timedelta(days=decide)
    digest = full_digest().model_copy(
        update={"suggestions": (project(call("C-1", days), decide_on=day), project(call("C-2", 221)))}
    )
    scale = scale_of(digest, wording)
    assert scale is not None
    for bar in scale.bars:
        assert sum(bar.parts) == 100
        assert min(bar.parts) >= 0
        assert sum(bar.parts[:2]) > 0


def test_what_is_not_stated_becomes_questions_and_no_answer_is_made_up() -> None:
    write = wording_for(texts_for("en"), COMPANY.timezone, WORLD_NOW)
    shown = gate_view(gate(country="unknown"), write)
    assert shown is not None
    assert shown.answer == "The call does not say enough. Clear: kind of applicant."
    assert shown.questions == (
        "Not stated, so ask: May companies in your country take part? Is there a limit on the company's size?"
    )
    assert gate_view(None, write) is None


def test_whom_the_call_asks_for_is_told_and_not_asked() -> None:
    """A rule that still needs partners is unknown to the gate, but known to the reader."""
    asks = Verdict(
        criterion="consortium", outcome="unknown", code="asks countries", facts={"partners": "3", "countries": "3"}
    )
    for language, told in (
        ("en", "Asks for at least 3 partners from 3 countries."),
        ("nb", "minst 3 partnere fra 3 land."),
    ):
        shown = gate_view(Gate(verdicts=(asks,)), wording_for(texts_for(language), COMPANY.timezone, WORLD_NOW))
        assert shown is not None
        assert told in shown.answer
        assert shown.questions == ""


def test_a_line_stands_whole_once_and_is_named_after_that() -> None:
    again = full_digest().suggestions[1].evidence[0]
    suggestions = (*full_digest().suggestions, full_digest().suggestions[2].model_copy(update={"evidence": (again,)}))
    shown = render(full_digest().model_copy(update={"suggestions": suggestions}), COMPANY, now=WORLD_NOW)
    assert shown.text.count(f"{again.url}\n") == 1
    assert f"told above · [{again.ref}]" in shown.text
