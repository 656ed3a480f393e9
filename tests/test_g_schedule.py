"""RELIABILITY G-01 to G-12: every ISO week exactly once per company, whatever calendar, clock or host do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import pytest

from ledger import preferences
from spiders.kinds import dates
from terms.company import Contact
from terms.digest import iso_week
from terms.errors import RunBusy
from tests.mailroom import NOW, Mailroom, body, mailroom
from tests.make import company, item
from tests.test_spiders_feeds import parsed
from watch import digest as digests
from watch import report, review
from watch.lock import only_one
from watch.schedule import due_at, is_due, monday_of, week_of

LONG_YEARS = {2026, 2032, 2037, 2043, 2048, 2054, 2060}
LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
ZONES = sorted(
    zone for zone in available_timezones() if "/" in zone and not zone.startswith(("SystemV", "right", "posix"))
)
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    with mailroom(tmp_path, monkeypatch) as made:
        yield made


def work(room: Mailroom, moment: str, *ids: str) -> None:
    """What a week's run does at a moment: find, accept, draft, approve, deliver."""
    room.at(moment)
    if ids:
        room.accept(*(item(name) for name in ids), no=int(ids[0]))
    for drafted in digests.draft_all(room.house):
        if drafted.state == "draft":
            digests.approve(room.house, drafted.company_key, by="Bo")
    room.deliver()


def test_g_01_every_day_has_the_week_that_iso_8601_gives_it() -> None:
    day, seen = date(2020, 1, 1), set()
    while day <= date(2060, 12, 31):
        year, week, _ = day.isocalendar()
        assert iso_week(day) == f"{year}-W{week:02}"
        assert monday_of(iso_week(day)) <= day
        seen.add(iso_week(day))
        day += timedelta(days=1)
    assert {int(week[:4]) for week in seen if week.endswith("53")} == LONG_YEARS | {2020}
    with pytest.raises(ValueError, match="week"):
        monday_of("2027-W53")


def test_g_02_the_turn_of_the_year_has_one_digest_of_week_53(room: Mailroom) -> None:
    for day in ("2026-12-28", "2026-12-31", "2027-01-01", "2027-01-03"):
        work(room, f"{day}T08:00:00Z", *(["1"] if day.endswith("12-28") else []))
    work(room, "2027-01-04T08:00:00Z", "2")
    keys = [kept.digest_key for kept in digests.list_digests(room.house)]
    assert keys == ["tind/2026-W53/digest", "tind/2027-W01/digest"]
    assert [str(mail["Subject"]).partition(":")[0] for mail in room.digests_sent()] == ["Week 53", "Week 1"]


@pytest.mark.parametrize(("before", "after"), [("2027-03-27", "2027-03-29"), ("2027-10-30", "2027-11-01")])
def test_g_03_clock_changes_move_no_mail_and_double_none(room: Mailroom, before: str, after: str) -> None:
    """Asked every half hour over the night, in Europe/Oslo; due at 07:00 there on both sides."""
    moment, ends = datetime.fromisoformat(f"{before}T12:00:00+00:00"), datetime.fromisoformat(f"{after}T09:00:00+00:00")
    place, dues = company(), set()
    while moment < ends:
        dues.add(due_at(place, week_of(moment, place), LONG_AGO))
        moment += timedelta(minutes=30)
    assert len(dues) == 2
    assert {due.astimezone(ZoneInfo("Europe/Oslo")).hour for due in dues} == {7}
    work(room, f"{after}T08:00:00Z", "1")
    work(room, f"{after}T08:30:00Z")
    assert len(room.digests_sent()) == 1


def test_g_04_every_zone_has_one_due_moment_a_week() -> None:
    """Also where a day was skipped (Pacific/Apia, 30 Dec 2011), half hours are changed, or +14 and -12 hold."""
    weeks = (
        [f"2011-W{n}" for n in (51, 52)]
        + [f"2012-W{n:02}" for n in (1, 2)]
        + ["2026-W13", "2026-W14", "2026-W44", "2026-W53", "2027-W01"]
    )
    assert {"Pacific/Apia", "Australia/Lord_Howe", "Pacific/Kiritimati", "Etc/GMT+12"} <= set(ZONES)
    for zone in ZONES:
        place = company(timezone=zone)
        dues = [due_at(place, week, LONG_AGO) for week in weeks]
        assert dues == sorted(set(dues))
        for week, due in zip(weeks, dues, strict=True):
            assert week_of(due, place) == week
            local = due.astimezone(ZoneInfo(zone))
            assert (local.isoweekday(), local.hour) == (1, 7), (zone, week)


def test_g_05_a_leap_day_has_its_anniversary() -> None:
    """What counts in years counts in weeks and days here: no date is made by replacing the year."""
    assert monday_of(iso_week(date(2028, 2, 29))) == date(2028, 2, 28)
    assert is_due("monthly", iso_week(date(2028, 3, 6)), iso_week(date(2028, 2, 29)))
    assert not is_due("monthly", "2028-W09", "2028-W08")


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles", ""])
def test_g_06_the_hosts_zone_moves_nothing(zone: str) -> None:
    code = (
        "from datetime import *; from tests.make import company; from watch.schedule import *;"
        "print(due_at(company(), '2026-W48', datetime(1990,1,1,tzinfo=UTC)).isoformat(),"
        "week_of(datetime(2026,11,22,23,30,tzinfo=UTC), company()))"
    )
    env = {name: text for name, text in os.environ.items() if name != "TZ"} | ({"TZ": zone} if zone else {})
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["2026-11-23T06:00:00+00:00", "2026-W48"]


@pytest.mark.parametrize("hours", [1, 24, 3 * 168, 6 * 168])
def test_g_07_an_outage_gives_one_merged_digest(room: Mailroom, hours: int) -> None:
    """A draft stood when the machine went down; each week's items are told once, in one mail, when it is back."""
    room.at("2026-11-23T05:00:00Z")
    room.accept(item("1"), no=1)
    digests.draft_all(room.house)
    back = datetime(2026, 11, 23, 8, tzinfo=UTC) + timedelta(hours=hours)
    work(room, back.isoformat(), "2")
    work(room, (back + timedelta(minutes=10)).isoformat())
    (mail,) = room.digests_sent()
    text = body(mail, "plain")
    assert ("part 1" in text, "part 2" in text) == (True, True)
    assert f"Week {back.isocalendar().week}" in str(mail["Subject"])


def test_g_07_a_restored_backup_sends_nothing_again(room: Mailroom, tmp_path: Path) -> None:
    work(room, "2026-11-23T08:00:00Z", "1")
    backup = room.house.ledger.backup(tmp_path / "kept.sqlite")
    work(room, "2026-11-30T08:00:00Z", "2")
    assert backup is not None
    for leftover in room.house.settings.home.glob("ledger.sqlite*"):
        leftover.unlink()
    (room.house.settings.home / "ledger.sqlite").write_bytes(backup.read_bytes())
    for opportunity in _waiting(room):
        room.house.ledger.prepare()
        review.decide(room.house, opportunity, "accept", broker="Bo")
    work(room, "2026-11-30T09:00:00Z")
    assert len(room.digests_sent()) == 2
    assert room.states() == ["sent", "sent"]


def _waiting(room: Mailroom) -> list[object]:
    return list(review.queue(room.house).waiting)


def test_g_08_a_run_that_is_still_going_is_told_of_and_not_doubled(room: Mailroom) -> None:
    with only_one(room.house, "deliver"), pytest.raises(RunBusy, match="already running"):
        _in_another_process(room)


def _in_another_process(room: Mailroom) -> None:
    """A lock belongs to an open file, so a second one in this process is a second holder."""
    room.deliver()


def test_g_09_what_a_killed_run_held_is_free_at_once(room: Mailroom) -> None:
    """The lock dies with its process; nothing has to expire."""
    home = room.house.settings.home
    code = (
        f"import fcntl,time; f=open({str(home / 'deliver.lock')!r},'a'); fcntl.flock(f,fcntl.LOCK_EX);"
        "print('held',flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as zombie:
        assert zombie.stdout is not None
        assert zombie.stdout.readline() == "held\n"
        with pytest.raises(RunBusy):
            room.deliver()
        zombie.kill()
        zombie.wait()
    assert room.deliver().states == {}


def test_g_10_with_prefect_down_the_command_line_does_the_same(
    room: Mailroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server is gone and its library with it; the week goes on, and nothing of it is kept."""
    absent = tmp_path / "absent"
    (absent / "prefect").mkdir(parents=True)
    (absent / "prefect" / "__init__.py").write_text("raise ImportError('no Prefect here')\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{absent}:{ROOT}")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    for name, value in {"HOME": room.house.settings.home, "MAPS": room.house.settings.maps, "BROKER": "Bo"}.items():
        monkeypatch.setenv(f"VARDE_{name}", str(value))
    monkeypatch.setenv("VARDE_NOW", NOW)
    room.accept(item("1"), no=1)
    for verb in (["digest", "draft"], ["digest", "approve", "tind"], ["deliver"]):
        subprocess.run([sys.executable, "-m", "varde", *verb], cwd=tmp_path, check=True, capture_output=True)
    assert len(room.digests_sent()) == 1
    assert [row for row in room.rows() if "prefect" in row.lower()] == []


@pytest.mark.parametrize("locale", ["tr_TR.UTF-8", "ar_EG.UTF-8", "C", "nb_NO.UTF-8"])
def test_g_11_the_hosts_locale_changes_no_byte(locale: str) -> None:
    code = (
        "import locale, hashlib, contextlib\n"
        "with contextlib.suppress(locale.Error): locale.setlocale(locale.LC_ALL, '')\n"
        "from tests.recordings.digests.world import COMPANY, full_digest\nfrom tests.make import NOW\n"
        "from digests.render import render\nr = render(full_digest('nb'), COMPANY, now=NOW)\n"
        "print(hashlib.sha256((r.subject + r.html + r.text).encode()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "LC_ALL": name},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for name in ("C.UTF-8", locale)
    }
    assert len(said) == 1


@pytest.mark.parametrize("stated", ["2016-12-31T23:59:60Z", "Sat, 31 Dec 2016 23:59:60 GMT", "2016-12-31T24:00:00Z",
                                    "Sat, 31 Dec 2016 24:00:00 +0000"])  # fmt: skip
@pytest.mark.parametrize("field", ["pubDate", "dc:date", "updated"])
def test_g_12_a_leap_second_and_midnight_as_24_are_parsed(stated: str, field: str) -> None:
    """Through our own reader of feeds, RSS and Atom, to an item with its day; and as the moment of a deadline."""
    entry = f"<title>x</title><link href='https://x.example/1'>https://x.example/1</link><{field}>{stated}</{field}>"
    if field == "updated":
        feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry><id>1</id>{entry}</entry></feed>"
    else:
        feed = f"<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel><item>{entry}</item></channel></rss>"
    (found,) = parsed(feed.encode())
    assert found.published_on == date(2016, 12, 31)
    assert dates.moment(stated) in (datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2017, 1, 1, tzinfo=UTC))


def test_frequencies_are_due_as_chosen() -> None:
    weeks = [iso_week(date(2026, 10, 5) + timedelta(weeks=n)) for n in range(14)]
    due: dict[str, list[str]] = {}
    for frequency in ("weekly", "fortnightly", "monthly", "paused"):
        last = None
        for week in weeks:
            if is_due(frequency, week, last):  # type: ignore[arg-type]
                due.setdefault(frequency, []).append(week)
                last = week
    assert {name: len(found) for name, found in due.items()} == {"weekly": 14, "fortnightly": 7, "monthly": 4}


def test_nobody_approves_then_nothing_is_sent_and_everybody_is_told(room: Mailroom) -> None:
    """Due Monday 06:00 UTC: reminded four hours later, given up after 48, each once; what it held is in the next."""
    room.at("2026-11-23T05:00:00Z")
    room.accept(item("1"), no=1)
    digests.draft_all(room.house)
    for moment in ("23T09:00", "23T10:30", "23T11:00", "24T08:00", "25T08:00", "25T09:00", "27T09:00"):
        room.at(f"2026-11-{moment}:00Z")
        room.deliver()
    assert room.digests_sent() == []
    assert [str(mail["Subject"]).partition(":")[0] for mail in room.mails()] == [
        "A digest waits for your approval", "Nobody approved a digest",
    ]  # fmt: skip
    assert {str(mail["To"]) for mail in room.mails()} == {"Bo Broker <bo@varde.example>"}
    told = [(c.incident.level, c.times) for c in report.read_incidents(room.house) if c.incident.where == "digest:tind"]
    assert told == [("error", 1), ("warning", 1)]
    work(room, "2026-11-30T08:00:00Z")
    (mail,) = room.digests_sent()
    assert "part 1" in body(mail, "plain")


def test_a_reader_with_longer_pauses_misses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """P59: what was told meanwhile to others is in the next mail; nobody is told twice."""
    readers = tuple(Contact(name=n, address=f"{n.lower()}@tind.example") for n in ("Kari", "Ola"))
    with mailroom(tmp_path, monkeypatch, company(contacts=readers)) as room:
        work(room, "2026-11-23T08:00:00Z", "1")
        with room.house.ledger.write() as connection:
            ola = preferences.read_preferences(connection, "tind", "ola@tind.example")
            changed = ola.model_copy(update={"frequency": "fortnightly"})
            preferences.save_preferences(connection, changed, how="test", at=room.house.clock())
        work(room, "2026-11-30T08:00:00Z", "2")
        work(room, "2026-12-07T08:00:00Z", "3")
        texts = {(str(m["To"]).partition(" ")[0], str(m["Date"])[:11]): body(m, "plain") for m in room.digests_sent()}
        held = {key: [n for n in "123" if f"part {n}" in text] for key, text in texts.items()}
    assert sorted(held.values()) == [["1"], ["1"], ["2"], ["2", "3"], ["3"]]
