"""Sources and mail servers that answer badly: the rest goes on, it is said, nothing is lost and nothing doubled."""

import shutil
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.door import MONDAY, TUESDAY, WEDNESDAY, Door, rss, write_feeds, write_replay
from tests.houses import make_house, stock
from tests.make import item
from tests.smtp_sink import Sink
from watch import digest as digests
from watch import review

BAD: dict[str, bytes | int | str] = {
    "html": b"<!DOCTYPE html><html><body><form>Please log in</form></body></html>",
    "nothing": b"",
    "garbage": bytes(range(256)) * 40,
    "broken": 500,
    "slow": "timeout",
}
TITLES = ("Seals that hold", "Valves that leak", "Hydrogen at 700 bar")


@pytest.fixture
def varde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Door:
    monkeypatch.chdir(tmp_path)
    return Door(tmp_path, capsys, monkeypatch)


def health(varde: Door, when: str) -> dict[str, tuple[str, str]]:
    """source -> health and what was said of its last run."""
    known = {"good", *BAD}
    rows = varde("sources", "--json", now=when).rows
    return {row["source"]: (row["health"], row["said"]) for row in rows if row["source"] in known}


@pytest.fixture(scope="session")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house, its feeds, and recordings of a bad day, a good one and one on which all is down; copied by the tests."""
    folder = tmp_path_factory.mktemp("messy")
    with pytest.MonkeyPatch.context() as patch:
        make_house(folder, patch, now=MONDAY)
    write_feeds(folder, "good", *BAD)
    write_replay(folder / "bad", {"good": rss(*TITLES), **BAD})
    write_replay(folder / "well", dict.fromkeys(("good", *BAD), rss(*TITLES)))
    write_replay(folder / "down", {"good": 503})
    return folder


@pytest.fixture
def world(messy: Path, varde: Door) -> Door:
    shutil.copytree(messy, varde.folder, dirs_exist_ok=True)
    return varde


def test_bad_answers_stop_nobody_and_the_next_good_run_absorbs_everything(world: Door) -> None:
    """HTML, nothing, garbage, 500, no answer: degraded with an incident each; exit 0, since something was useful."""
    said = world("collect", "--replay", "bad")
    assert said.code == 0, said
    assert world("absorb").code == 0
    first = health(world, MONDAY)
    assert first.pop("good") == ("healthy", "3 new of 3 examined")
    assert {name for name, (state, _) in first.items() if state == "degraded"} == set(BAD)
    noted = {row["where"] for row in world("incidents", "--json").rows}
    assert {f"source:{name}" for name in BAD} <= noted
    assert "source:good" not in noted

    assert world("collect", "--replay", "well", now=TUESDAY).code == 0
    world("absorb", now=TUESDAY)
    second = health(world, TUESDAY)
    assert second.pop("good") == ("healthy", "0 new of 3 examined")
    assert set(second.values()) == {("healthy", "3 new of 3 examined")}

    world("collect", "html", "slow", "--replay", "well", now=WEDNESDAY)
    world("absorb", now=WEDNESDAY)
    third = health(world, WEDNESDAY)
    assert third["html"] == third["slow"] == ("healthy", "0 new of 3 examined")


def test_a_run_that_brings_nothing_at_all_is_a_failure(world: Door) -> None:
    """Exit 1 by collect and by week, with an incident; what follows still works."""
    assert world("collect", "--replay", "down").code == 1
    assert world("week", "--replay", "down", now=TUESDAY).code == 1
    assert "source:good" in {row["where"] for row in world("incidents", "--json").rows}
    assert health(world, TUESDAY)["good"][0] == "degraded"
    assert world("week", "--replay", "well", "good", now=WEDNESDAY).code == 0
    assert health(world, WEDNESDAY)["good"] == ("healthy", "3 new of 3 examined")


@pytest.mark.parametrize(("name", "octets"), [("haul.json", b"{"), ("items.jsonl", b"\xff\n"), ("items.jsonl", b"")])
def test_a_damaged_haul_stops_no_other(name: str, octets: bytes, world: Door) -> None:
    """An incident that says what to do; nothing of it is stored until it is collected again."""
    assert world("collect", "good", "html", "--replay", "well").code == 0
    (haul,) = (world.folder / "home" / "hauls" / "html").glob("2*")
    (haul / name).write_bytes(octets)
    for verb in ("absorb", "housekeeping"):
        assert world(verb).code == 0
    (noted,) = (row for row in world("incidents", "--json").rows if row["what"] == "A haul is damaged")
    assert (noted["where"], str(haul) in noted["facts"], "collect" in noted["facts"]) == ("source:html", True, True)
    assert health(world, MONDAY)["html"][0] == "never collected"
    assert health(world, MONDAY)["good"] == ("healthy", "3 new of 3 examined")
    shutil.rmtree(haul)
    assert world("collect", "html", "--replay", "well").code == 0
    assert world("absorb").code == 0
    assert health(world, MONDAY)["html"] == ("healthy", "3 new of 3 examined")


def test_a_broken_index_is_named(world: Door) -> None:
    """A replay that somebody mistyped is the user's to mend, with file and line."""
    index = world.folder / "well" / "index.jsonl"
    index.write_text(index.read_text("utf-8") + "\n{not json\n", "utf-8")
    said = world("collect", "good", "--replay", "well")
    assert (said.code, "index.jsonl, line 7" in said.err) == (1, True), said


@pytest.fixture(scope="session")
def approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with one approved mail in its outbox."""
    folder = tmp_path_factory.mktemp("approved")
    with pytest.MonkeyPatch.context() as patch:
        house = make_house(folder, patch, now=MONDAY)
        stock(house, item("1"), item("2"))
        for opportunity in review.queue(house).waiting:
            review.decide(house, opportunity, "accept", broker="Bo")
        digests.draft_all(house)
        digests.approve(house, "tind", by="Bo")
    return folder


Server = Callable[..., Sink]


@pytest.fixture
def server(varde: Door, approved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Opens mail servers, each with its fault, and points the house at the newest; all share one mailbox and log."""
    shutil.copytree(approved, tmp_path, dirs_exist_ok=True)
    opened: list[Sink] = []

    def open_server(fault: str | None = None, security: str = "none", context: ssl.SSLContext | None = None) -> Sink:
        sink = Sink(tmp_path / "mailbox", tmp_path / "mail.log", fault, context=context)
        opened.append(sink.__enter__())
        settings = {"HOST": "127.0.0.1", "PORT": str(sink.port), "SECURITY": security,
                    "SENDER_ADDRESS": "digest@varde.example", "SETTLE_SECONDS": "0.2",
                    "RELAY_LOG": str(tmp_path / "mail.log")}  # fmt: skip
        for name, value in settings.items():
            monkeypatch.setenv(f"VARDE_SMTP_{name}", value)
        return sink

    yield open_server
    for sink in opened:
        sink.__exit__(None, None, None)


def outbox(varde: Door, when: str = MONDAY) -> list[tuple[str, str]]:
    return [(row["state"], row["tries"]) for row in varde("outbox", "--json", now=when).rows]


def mails(varde: Door) -> int:
    return len(list((varde.folder / "mailbox").glob("*.eml")))


def trouble(varde: Door) -> list[str]:
    return [row["what"] for row in varde("incidents", "--json").rows]


PUT_OFF = (
    "refuse_connection", "greeting_421", "bad_banner", "drop_greeting", "drop_at_mail", "mail_451",
    "rcpt_450", "data_451", "dot_451", "drop_in_body", "drop_before_accept", "rst_before_accept",
)  # fmt: skip
REFUSED = ("mail_550", "rcpt_550", "data_554", "dot_554")
TAKEN = ("drop_after_accept", "rst_after_accept", "garbage_after_accept")


@pytest.mark.parametrize("fault", PUT_OFF)
def test_a_mail_that_was_not_taken_waits_and_leaves_once(fault: str, varde: Door, server: Server) -> None:
    """Pending, an incident, exit 1; at the next turn it is sent, once, and the exit code is 0 again."""
    server(fault)
    said = varde("deliver")
    assert (said.code, outbox(varde), mails(varde)) == (1, [("pending", "1")], 0), said
    assert trouble(varde) == ["no mail leaves for now"]
    server()
    assert varde("deliver", now=TUESDAY).code == 0
    assert varde("deliver", now=WEDNESDAY).code == 0
    assert (outbox(varde, WEDNESDAY), mails(varde)) == ([("sent", "2")], 1)


@pytest.mark.parametrize("fault", REFUSED)
def test_a_refused_mail_waits_for_a_broker(fault: str, varde: Door, server: Server) -> None:
    """Failed, an incident, exit 1 until somebody has looked; never tried again by itself; resend sends it once.

    An address that takes no mail is stopped, and a resend does not change that.
    """
    server(fault)
    assert varde("deliver").code == 1
    told = "an address takes no mail and gets no more; ask the company for another"
    assert outbox(varde) == [("failed", "1")]
    assert trouble(varde) == [told if fault == "rcpt_550" else "a mail could not be delivered"]
    server()
    assert varde("deliver", now=TUESDAY).code == 1
    assert mails(varde) == 0
    assert varde("resend", "tind/2026-W48/digest/kari@tind.example", now=TUESDAY).code == 0
    assert varde("deliver", now=TUESDAY).code == 0
    ends = ([("stopped", "1")], 0) if fault == "rcpt_550" else ([("sent", "2")], 1)
    assert (outbox(varde, TUESDAY), mails(varde)) == ends


@pytest.mark.parametrize("fault", TAKEN)
def test_a_mail_that_was_taken_before_the_line_broke_is_not_sent_again(fault: str, varde: Door, server: Server) -> None:
    """The relay's log has it (RELIABILITY E-10)."""
    server(fault)
    assert varde("deliver").code == 0
    server()
    assert varde("deliver", now=TUESDAY).code == 0
    assert (outbox(varde, TUESDAY), mails(varde)) == ([("sent", "1")], 1)


@pytest.mark.parametrize("fault", ["drop_before_accept", "drop_after_accept"])
def test_without_a_relay_to_ask_it_is_unknown(
    fault: str, varde: Door, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never sent again by itself; exit 1 and an incident until a broker says."""
    server(fault)
    monkeypatch.delenv("VARDE_SMTP_RELAY_LOG")
    assert varde("deliver").code == 1
    before = mails(varde)
    server()
    monkeypatch.delenv("VARDE_SMTP_RELAY_LOG")
    assert varde("deliver", now=TUESDAY).code == 1
    assert (outbox(varde, TUESDAY), trouble(varde)) == ([("unknown", "1")], ["a mail's delivery is unknown"])
    assert mails(varde) == before


@pytest.mark.parametrize("fault", ["no_starttls", "starttls_554", "starttls_454"])
def test_a_server_without_starttls_gets_no_mail(fault: str, varde: Door, server: Server) -> None:
    """RELIABILITY E-14: never in clear text; it waits, and leaves once where clear text to this machine is allowed."""
    server(fault, security="starttls", context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    said = varde("deliver")
    assert (said.code, outbox(varde), mails(varde)) == (1, [("pending", "1")], 0), said
    assert trouble(varde) == ["no mail leaves for now"]
    server()
    assert varde("deliver", now=TUESDAY).code == 0
    assert (outbox(varde, TUESDAY), mails(varde)) == ([("sent", "2")], 1)


def test_a_missing_mail_setting_is_named_and_the_mail_waits(
    varde: Door, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even claimed, however often it is tried, and no secret is shown."""
    server()
    monkeypatch.setenv("VARDE_SMTP_PASSWORD", "hunter2")
    monkeypatch.delenv("VARDE_SMTP_SENDER_ADDRESS")
    for _ in range(3):
        said = varde("deliver", now=TUESDAY)
        assert (said.code, "VARDE_SMTP_SENDER_ADDRESS" in said.err) == (1, True)
        assert "hunter2" not in said.out + said.err
    assert (outbox(varde), mails(varde)) == ([("pending", "0")], 0)
    monkeypatch.delenv("VARDE_SMTP_PASSWORD")
    server()
    assert varde("deliver", now=TUESDAY).code == 0
    assert mails(varde) == 1


def test_a_log_in_never_travels_in_clear_text(varde: Door, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """P65: refused before anything is sent, by the names of the settings and not by their values."""
    server()
    monkeypatch.setenv("VARDE_SMTP_USER", "varde")
    monkeypatch.setenv("VARDE_SMTP_PASSWORD", "hunter2")
    said = varde("deliver")
    assert (said.code, "VARDE_SMTP_SECURITY" in said.err, outbox(varde)) == (1, True, [("pending", "1")]), said
    assert "hunter2" not in said.out + said.err + varde("incidents", "--json").out + varde("outbox", "--json").out
