"""RELIABILITY E-15, E-16, E-21 to E-24: bounces, DNS, scanners, one click, and coming back."""

import csv
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from desk.public import routes
from digests.bounces import read_report
from digests.settings import MailSettings
from digests.tokens import sign
from digests.web import Seen
from ledger import addresses, preferences
from terms.answer import Scope
from tests.mailroom import BASE, Mailroom, links, mailroom, own
from tests.make import company, item
from watch import bounces, deliver, report
from watch import digest as digests
from watch import preferences as wishes
from watch.companies import import_maps
from watch.doctor import Instruments, examine_mail
from watch.links import link_key

RECORDED = Path(__file__).parent / "recordings" / "bounces"
CORPUS = Path(__file__).resolve().parents[2] / "shared" / "data" / "corpora" / "sisimai-bounces"
KINDS = {
    "postfix_unknown": "hard", "postfix_full": "soft", "postfix_delayed": "soft", "postfix_spam": "soft",
    "postfix_relayed": "other", "vague_status": "hard", "qmail_plain": "hard", "plain_full": "soft",
    "complaint": "other", "away": "other",
}  # fmt: skip


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailroom]:
    with mailroom(tmp_path, monkeypatch) as made:
        made.approve()
        made.deliver()
        yield made


@pytest.mark.parametrize("name", KINDS)
def test_e_15_bounces_are_told_apart(name: str) -> None:
    found = read_report((RECORDED / f"{name}.eml").read_bytes())
    assert found is not None
    assert found.verdict == KINDS[name]
    assert (found.address or "ola@nordlys.example") == "ola@nordlys.example"


def test_e_15_the_share_judged_right_is_told_last(tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    with truth.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "kind"))
        rows.writerows((f"{name}.eml", kind) for name, kind in KINDS.items())
    assert bounces.audit(RECORDED, truth).last_line.endswith("right: 10 of 10, 100.0%")


@pytest.mark.parametrize("form", ["report", "words"])
def test_e_15_what_servers_say_in_many_dialects_is_judged_right(form: str, tmp_path: Path) -> None:
    """Answers of known servers, written down by us, in a delivery status and in plain words; at least 95 % right."""
    with (RECORDED / "dialects.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if form == "report" or row["kind"] != "other"]
    for number, row in enumerate(rows):
        (tmp_path / f"{number}.eml").write_bytes(bounce_saying(form, **row))
    with (tmp_path / "truth.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("file", "kind"), *((f"{n}.eml", row["kind"]) for n, row in enumerate(rows))])
    assert share(bounces.audit(tmp_path)) >= 0.95


def bounce_saying(form: str, kind: str, status: str, words: str) -> bytes:
    """A bounce with these words of the receiving server: a report as Postfix writes it, or a notice as qmail's."""
    head = "From: MAILER-DAEMON@mx.varde.example\r\nTo: bounces@varde.example\r\nSubject: failure notice\r\n"
    if form == "words":
        told = f"I could not deliver your message.\r\n\r\n<ola@nordlys.example>:\r\n{words}\r\n\r\n"
        return f"{head}\r\n{told}--- Below this line is a copy of the message.\r\n\r\nSubject: Week 48\r\n".encode()
    action = "delivered" if kind == "other" else "failed"
    kinds = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
    of = f"Final-Recipient: rfc822; ola@nordlys.example\r\nAction: {action}\r\nStatus: {status}\r\n"
    report = f"Reporting-MTA: dns; mx.varde.example\r\n\r\n{of}Diagnostic-Code: smtp; {words}\r\n"
    return (
        f"{head}MIME-Version: 1.0\r\n{kinds}\r\n--b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{report}\r\n--b--\r\n"
    ).encode()


def share(found: bounces.Audit) -> float:
    """The share judged right, as it is printed last."""
    return float(found.last_line.rpartition(", ")[2].removesuffix("%")) / 100


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the collected bounces are not on this machine")
def test_e_15_real_bounces_are_read_without_a_crash_and_judged_right() -> None:
    """The share is of 48 mails drawn by hash, whose kind a person wrote down before looking at the verdicts."""
    found = bounces.audit(CORPUS, RECORDED / "sampled.csv")
    assert len(found.rows) > 400
    assert {row["kind"] for row in found.rows} == {"hard", "soft", "other"}
    assert share(found) >= 0.95


def bounced(room: Mailroom, folder: Path, to: str, name: str = "postfix_unknown") -> Path:
    """A mailbox with one recorded bounce that came to an address."""
    folder.mkdir(exist_ok=True)
    raw = (RECORDED / f"{name}.eml").read_bytes().replace(b"To: bounces@varde.example", f"To: {to}".encode(), 1)
    (folder / f"{len(list(folder.iterdir()))}.eml").write_bytes(raw)
    return folder


def stopped(room: Mailroom) -> bool:
    with room.house.ledger.read() as connection:
        return not preferences.is_wanted(connection, "tind", "kari@tind.example")


def test_e_16_a_forged_bounce_stops_nobody(room: Mailroom, tmp_path: Path) -> None:
    """Not by naming the victim, nor by guessing the mark."""
    for to in ("bounces@varde.example", "bounces+0123456789abcdef-0123456789abcdef@varde.example"):
        box = bounced(room, tmp_path / "box", to)
    for number in range(60):  # a bounce bomb
        bounced(room, box, f"bounces+{number:016x}-{number:016x}@varde.example")
    rows = bounces.take_bounces(room.house, box)
    assert not stopped(room)
    assert all("address stopped" not in row["did"] for row in rows)
    (told,) = [c for c in report.read_incidents(room.house) if c.incident.where == "bounces"]
    assert "stops nothing" in told.incident.message


@pytest.mark.parametrize(("name", "stops"), [("postfix_unknown", True), ("complaint", True), ("postfix_full", False),
                                             ("postfix_delayed", False), ("away", False)])  # fmt: skip
def test_e_16_only_our_signed_address_acts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, stops: bool
) -> None:
    monkeypatch.setenv("VARDE_SMTP_BOUNCE_ADDRESS", "bounces@varde.example")
    with mailroom(tmp_path, monkeypatch) as room:
        room.approve()
        room.deliver()
        (taken,) = room.sink.taken
        assert taken.sender.startswith("bounces+")
        raw = (RECORDED / f"{name}.eml").read_bytes()
        box = tmp_path / "box"
        box.mkdir()
        (box / "1.eml").write_bytes(raw.replace(b"\r\nTo: ", f"\r\nX-Original-To: {taken.sender}\r\nTo: ".encode(), 1))
        (row,) = bounces.take_bounces(room.house, box)
        assert stopped(room) == stops == ("address stopped" in row["did"])
        assert [r["did"] for r in bounces.take_bounces(room.house, box)] == ["known already"]
        with room.house.ledger.read() as connection:
            assert len(addresses.read_bounces(connection)) == 1
        told = [c.incident for c in report.read_incidents(room.house) if c.incident.where == "digest:tind"]
        assert bool(told) == stops
        assert len(room.mails()) == 1  # nothing is answered, so that no loop begins


def test_e_16_our_mails_say_that_nobody_should_answer_by_machine(room: Mailroom) -> None:
    (mail,) = room.mails()
    assert (mail["Auto-Submitted"], mail["Precedence"]) == ("auto-generated", "bulk")


LONG_AGO = date(2015, 1, 1)
GOOD = {
    "varde.example": ["v=spf1 ip4:192.0.2.1 -all"],
    "varde._domainkey.varde.example": ["v=DKIM1; k=rsa; p=abc"],
    "_dmarc.varde.example": ["v=DMARC1; p=none"],
}
WALL = datetime(2026, 11, 23, 8, tzinfo=UTC)


def examined(room: Mailroom, records: dict[str, list[str]], **more: object) -> dict[str, str]:
    """check -> found, with a stubbed resolver."""

    def lookup(name: str) -> Sequence[str]:
        return records.get(name, [])

    def greet(settings: MailSettings) -> str:
        return "answers"

    usual: dict[str, object] = {
        "lookup": lookup,
        "greet": greet,
        "visit": lambda url: Seen(404, WALL),
        "wall": lambda: WALL,
    }
    rows = examine_mail(room.house, Instruments(**(usual | more)))  # type: ignore[arg-type]
    return {row["check"]: row["found"] for row in rows}


def test_e_21_each_missing_or_wrong_record_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "dkim.pem"
    key.write_text("a key")
    monkeypatch.setenv("VARDE_SMTP_DKIM_KEY_FILE", str(key))
    with mailroom(tmp_path, monkeypatch) as room:
        fine = examined(room, GOOD)
        assert {name for name, found in fine.items() if found == "wrong"} == set()
        for name, check in (
            ("varde.example", "SPF"),
            ("varde._domainkey.varde.example", "DKIM"),
            ("_dmarc.varde.example", "DMARC"),
        ):
            for wrong in ([], GOOD[name] * 2, ["v=spf1 +all"], ["v=DKIM1; p="], ["v=DMARC1"]):
                found = examined(room, {**GOOD, name: wrong})
                assert {n for n, f in found.items() if f == "wrong"} == {check}, (name, wrong)
        for trouble, check in (({"visit": lambda url: Seen(200, WALL)}, "link base"),
                               ({"wall": lambda: datetime(2026, 11, 23, 9, tzinfo=UTC)}, "clock")):  # fmt: skip
            assert {n for n, f in examined(room, GOOD, **trouble).items() if f == "wrong"} == {check}


def test_e_21_dns_that_does_not_answer_is_no_missing_record(room: Mailroom) -> None:
    def silent(name: str) -> Sequence[str]:
        raise OSError(f"DNS does not answer for {name}")

    rows = examine_mail(
        room.house, Instruments(lookup=silent, greet=lambda s: "", visit=lambda u: Seen(404, WALL), wall=lambda: WALL)
    )
    assert "does not answer" in next(row["says"] for row in rows if row["check"] == "SPF")


def test_e_22_a_scanner_that_follows_every_link_changes_nothing(room: Mailroom) -> None:
    """GET, HEAD, and POST without the words of RFC 8058 or of our own form."""
    client, (mail,) = room.client(), room.mails()
    before = room.rows()
    ours = [link.removeprefix(BASE) for link in links(mail) if link.startswith(BASE)]
    assert len(ours) >= 12
    for path in ours:
        routes.PACE = routes.Pace()  # a scanner that is slowed down proves nothing
        assert client.get(path).status_code == 200
        assert client.head(path).status_code in (200, 405)
        client.options(path)
        for sent in (
            {},
            {"data": {"url": "x"}},
            {"json": {"List-Unsubscribe": "One-Click"}},
            {"content": b"List-Unsubscribe=One-Click"},
        ):
            client.post(path, **sent)  # type: ignore[arg-type]
    assert room.rows() == before


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
def test_e_23_one_click_needs_no_cookie_and_may_be_repeated(room: Mailroom, form: str) -> None:
    client, (mail,) = room.client(), room.mails()
    address = str(mail["List-Unsubscribe"]).partition(">")[0].lstrip("<").removeprefix(BASE)
    said = {"List-Unsubscribe": "One-Click"}
    posted = {"data": said} if form == "urlencoded" else {"files": {name: (None, text) for name, text in said.items()}}
    for _ in range(2):
        answer = client.post(address, **posted)  # type: ignore[arg-type]
        assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    assert stopped(room)
    assert sum("reader:" in row for row in room.rows() if row.startswith("audit")) == 1
    room.at("2026-11-30T08:00:00Z")
    room.accept(item("9"), no=2)
    assert [d.state for d in digests.draft_all(room.house)] == ["not due"]


def test_e_23_a_token_that_is_wrong_old_revoked_or_anothers_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mailroom(tmp_path, monkeypatch, company(), company("elv", name="Elv AS")) as room:
        room.approve()
        room.deliver()
        (mail,) = room.mails()
        client, stop = room.client(), own(mail, "stop")
        key, token = link_key(room.house), stop.rpartition("/")[2]
        known = preferences.reader_key("tind", "kari@tind.example")
        day = room.house.clock().date()
        forged = {
            "cut": token[:-1],
            "other key": sign(Scope(purpose="stop", company_key="tind", reader_key=known, issued_on=day), b"x" * 32),
            "other company": sign(Scope(purpose="stop", company_key="elv", reader_key=known, issued_on=day), key),
            "other purpose": own(mail, "settings").rpartition("/")[2],
            "too old": sign(Scope(purpose="stop", company_key="tind", reader_key=known, issued_on=LONG_AGO), key),
            "long": "x" * 5_000,
        }  # fmt: skip
        before = room.rows()
        for why, text in forged.items():
            answer = client.post(f"/r/stop/{text}", data={"List-Unsubscribe": "One-Click"})
            assert 400 <= answer.status_code < 500, why
        assert room.rows() == before
        wishes.revoke_links(room.house, "tind", "kari@tind.example", by="Bo")
        for link in (stop, own(mail, "settings"), own(mail, "answer")):
            assert client.get(link).status_code == 404


def test_e_24_coming_back_is_explicit_and_kept_as_proof(room: Mailroom) -> None:
    """Neither a new need map nor an answer subscribes again; the settings page does, and the audit has both."""
    client, (mail,) = room.client(), room.mails()
    client.post(own(mail, "stop"), data={"stop": "yes"})
    client.post(own(mail, "answer"), data={"say": "useful"})
    import_maps(room.house)
    assert stopped(room)
    back = {"mails": "on", "frequency": "weekly", "language": ""}
    assert client.post(own(mail, "settings"), data=back).status_code == 200
    assert not stopped(room)
    kept = [row for row in room.rows() if row.startswith("audit") and "changed preferences" in row]
    assert len(kept) == 2
    assert "settings page" in kept[1]
    assert deliver.stop(room.house, "kari@tind.example", "asked by mail")
    client.post(own(mail, "settings"), data=back)
    assert stopped(room)  # what a broker was told by mail, only a broker takes back
