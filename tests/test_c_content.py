"""RELIABILITY C: what changes, when things are, in which letters; and absorbing in parts."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest

from digests.headers import header_text
from ledger import outbox
from nlp.languages import language_of
from spiders.kinds.dates import day, moment
from terms.item import Call
from tests.fetches import entry, feed, fetched, flagged, kept_bytes, parsed
from tests.houses import make_house, stock
from tests.make import item
from warehouse import items, runs
from watch import digest as digests
from watch import review
from watch.explain import explain
from watch.house import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    return make_house(tmp_path, monkeypatch, now="2026-11-27T08:00:00Z")


def accepted(house: House, key: str) -> str:
    """A flagged item, accepted; its ref."""
    flagged(house, key)
    (waiting,) = review.queue(house).waiting
    review.decide(house, waiting, "accept", broker="Bo")
    return review.opportunity_ref(waiting)


@pytest.mark.parametrize("is_told", [False, True])
def test_c_06_an_item_edited_after_it_was_accepted_or_told(house: House, is_told: bool) -> None:
    """Accepted: the draft has today's title. Told: nothing is sent again silently. Explain shows what changed."""
    first = kept_bytes(house, item("1", title="Valves that leak"), b"first")
    fetched(house, [first], 0, "journal")
    ref = accepted(house, first.item_key)
    digests.draft_all(house)
    if is_told:
        digests.approve(house, "tind", by="Bo")
    fetched(house, [kept_bytes(house, item("1", title="Valves that hold"), b"second")], 1, "journal")
    lines = [(drafted.state, drafted.lines) for drafted in digests.draft_all(house)]
    assert lines == [("approved", 0) if is_told else ("draft", 1)]
    assert review.queue(house).waiting == ()
    with house.ledger.read() as connection:
        bodies = [waiting.outgoing.body for waiting in outbox.read_outbox(connection)]
    assert len(bodies) == int(is_told)
    (told,) = [hop.facts for hop in explain(house, ref)[0] if hop.name == "item"]
    assert told["title"] == "Valves that hold"
    assert "changed title" in told["revision 2"]


DATES = (
    "", " ", "soon", "Mon, 23 Nov 2026 10:00:00", "Mon, 23 Nov 2026 10:00:00 CEST", "Mon, 23 Nov 2026 10:00:00 XYZ",
    "Mon, 23 Nov 2026 10:00:00 +0100", "Mon, 23 Nov 2026 10:00:00 +9900", "23 Nov 26", "23 November 2026", "2026-11-23",
    "2026-11-23T10:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T23:59:60Z", "2026-11-23T25:00:00Z", "2026-02-30",
    "2026-13-45", "2026-W48-1", "2026-327", "2026-11", "2026", "1795449600", "1795449600000", "0", "-1",
    "2026年11月23日", "23 novembre 2026", "23. November 2026", "23.11.2026", "11/23/2026", "23/11/2026",
    "November 23, 2026", "0000-01-01", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "-0001-01-01", "10000-01-01",
    "<b>2026-11-23</b>",
    "2026-11-23T10:00:00.123456789Z", "2026-11-23 10:00:00 UTC", "\u202e2026-11-23", "2026-11-23\x00",
)  # fmt: skip
SAME_DAY = (date(2026, 11, 23), date(2026, 11, 24))


def test_c_09_dates_are_right_or_none() -> None:
    """Forty ways to write a date: the day that was meant, in UTC where a clock and zone are told, or nothing."""
    assert len(DATES) >= 40
    for written in DATES:
        on, at = day(written), moment(written)
        assert on is None or on in SAME_DAY, (written, on)
        assert at is None or (at.date() in SAME_DAY and at.tzinfo is UTC), (written, at)
        (one,) = parsed(feed(entry("T", "https://x.example/1", more=f"<pubDate>{written}</pubDate>".replace("\0", ""))))
        assert one.published_on in (None, *SAME_DAY), (written, one.published_on)
    assert day("Mon, 23 Nov 2026 10:00:00 CEST") == date(2026, 11, 23)
    assert moment("Mon, 23 Nov 2026 10:00:00 CEST") == datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_c_10_a_date_in_the_future_hides_nothing_newer(house: House) -> None:
    """A typo (2062) and an embargo (tomorrow): the order of the queue and the draft do not know the date."""
    days = {"typo": "2062-11-23", "embargo": "2026-11-28", "today": "2026-11-27"}
    stock(house, *(item(name, published_on=on) for name, on in days.items()))
    queue = review.queue(house).waiting
    assert [waiting.item.source_id for waiting in queue] == list(days)  # by fit alone
    for waiting in queue:
        review.decide(house, waiting, "accept", broker="Bo")
    assert [(d.state, d.lines, d.held_back) for d in digests.draft_all(house)] == [("draft", 3, 0)]
    with house.warehouse.read() as connection:
        first_seen = {
            one.first_seen_at for one in items.read_items(connection, ["journal:typo", "journal:today"]).values()
        }
    assert len(first_seen) == 1


def test_c_11_ten_years_at_the_first_fetch_are_no_flood(house: House) -> None:
    """3 000 old items: stored with their dates, in one run; nobody is told of one that no broker accepted."""
    start = date(2016, 11, 25)
    old = [item(f"{n}", published_on=start + timedelta(days=n), title=f"Old news of valves {n}") for n in range(3_000)]
    assert fetched(house, old, 0, "journal").new == 3_000
    flagged(house, *(one.item_key for one in old[-40:]))
    assert [(d.state, d.lines) for d in digests.draft_all(house)] == [("quiet", 0)]
    review.decide(house, review.queue(house).waiting[0], "accept", broker="Bo")
    assert [(d.state, d.lines) for d in digests.draft_all(house)] == [("draft", 1)]
    assert fetched(house, old, 1, "journal").unchanged == 3_000
    with house.warehouse.read() as connection:
        assert runs.size(connection) == [("journal", "publication", 3_000)]


def test_c_12_a_deadline_passes_moves_and_has_a_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not offered once it has passed, to the minute in its own zone; one that was moved comes back and says so."""
    oslo = datetime.fromisoformat("2026-11-27T17:00:00+01:00")
    before = make_house(tmp_path, monkeypatch, now="2026-11-27T15:59:00Z")
    call = item("c", kind="call", title="Valves for hydrogen", call=Call(deadlines_at=(oslo,)))
    fetched(before, [call], 0, "journal")
    flagged(before, "journal:c")
    (waiting,) = review.queue(before).waiting
    after = make_house(tmp_path, monkeypatch, now="2026-11-27T16:00:00Z")
    assert (review.queue(after).waiting, review.queue(after).closed) == ((), 1)
    review.decide(before, waiting, "reject", broker="Bo", reason="too late")
    moved = call.model_copy(update={"call": Call(deadlines_at=(oslo + timedelta(days=30),))})
    fetched(after, [moved], 5, "journal")
    queue = review.queue(after)
    (said,) = queue.changed.values()
    assert (len(queue.waiting), said) == (1, "deadline: 2026-11-27 17:00 UTC+01:00 -> 2026-12-27 17:00 UTC+01:00")


LETTERS = (
    "Emoji 🐟🧑‍🔬 in a title", "עברית and English", "\u202eevil\u202c override", "zero\u200bwidth\u200djoiner",
    "Za" + "\u0301" * 1_000 + "lgo", "日本語の題名", "Аpple with a Cyrillic А", "Blåskjell på Ørlandet", "ﷺ and ﬁ",
    "<script>alert(1)</script>", "';drop table items;--", "{{7*7}} ${7*7}", "=cmd|' /C calc'!A0",
)  # fmt: skip


def test_c_13_any_letters_are_stored_as_they_are_and_shown_isolated(house: House) -> None:
    """Stored unchanged; in a mail each title stands in a <bdi>; a subject has no bidi controls."""
    told = [item(str(n), title=title, text=title * 3) for n, title in enumerate(LETTERS)]
    stock(house, *told)
    with house.warehouse.read() as connection:
        found = items.read_items(connection, [one.item_key for one in told])
    assert [found[one.item_key].item for one in told] == told
    for waiting in review.queue(house).waiting:
        review.decide(house, waiting, "accept", broker="Bo")
    digests.draft_all(house)
    digests.approve(house, "tind", by="Bo")
    with house.ledger.read() as connection:
        (waiting_mail,) = outbox.read_outbox(connection)
    mail = message_from_bytes(waiting_mail.outgoing.body, _class=EmailMessage, policy=policy.default)
    part = mail.get_body(("html",))
    assert part is not None
    shown = part.get_content()
    assert "<script" not in shown and "\u202e" not in unescape(shown)
    for title in ("日本語の題名", "Blåskjell på Ørlandet", "עברית and English"):
        assert f'<bdi dir="auto">{title}</bdi>' in shown
    for title in LETTERS:
        assert not set(header_text(title)) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\r\n")


def test_c_14_languages_of_little_text(house: House) -> None:
    """Three words, mixed, nothing, no letters: never a crash; what the publisher does not say is `und`."""
    texts = ("Three little words", "Dette er norsk and this is not", "", " ", "42", "日本語", "\u202e", "a")
    for stated in ("", "und", "xx-unknown", "en-US", "no", "ZZZZ"):
        for text in texts:
            assert language_of(stated, text).isalpha()
    told = parsed(feed(*(entry(f"Title {n} {text}", f"https://x.example/{n}") for n, text in enumerate(texts))))
    assert {one.language for one in told} == {"und"}
    fetched(house, told)
    with house.warehouse.read() as connection:
        stored = items.read_items(connection, [one.item_key for one in told])
    assert {one.item.language for one in stored.values()} == {"und"}
    assert len(stored) == len(texts)
