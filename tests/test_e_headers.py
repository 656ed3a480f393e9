"""RELIABILITY E-01 to E-07, E-20, E-25, E-26: what stands in a mail, whatever stands in its items."""

import base64
import random
import re
from email.message import EmailMessage
from pathlib import Path

import dkim  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from digests.bounces import read_report
from digests.headers import Mailbox, checked_address
from digests.linter import check_mail, dkim_check
from digests.mail import build, message_id_for
from digests.render import HTML_LIMIT, Rendered, render
from digests.settings import MailSettings
from digests.signature import SIGNED, signed
from digests.smtp import deliver, on_the_wire
from terms.company import Contact
from terms.errors import MailRefused, SettingMissing
from terms.mail import Outgoing
from tests.mailroom import body, mailroom, read
from tests.make import NOW, company, item
from tests.recordings.digests.world import COMPANY, full_digest
from tests.smtp_sink import Sink
from watch import digest as digests

WORDS = ("=?utf-8?q?x=0D=0ABcc=3A_evil=40e.test?=", "=?utf-8?b?eA0KQmNjOiBldmlsQGUudGVzdA==?=",
         "=?utf-8?q?x=0D=0A?=\r\n =?utf-8?q?Bcc=3A_evil=40e.test?=")  # fmt: skip
BREAKS = ["\r", "\n", "\r\n", "\x0b", "\x85", "\u2028", "\x00"]
READER = Contact(name="Ola Nordmann", address="ola@nordlys.example")


def built(rendered: Rendered, **fields: object) -> bytes:
    """A mail with the least around it."""
    known: dict[str, object] = {
        "sender": Mailbox("Varde", "varde@varde.example"),
        "recipient": READER,
        "reply_to": Mailbox("Kari Megler", "kari@cluster.example"),
        "list_id": "nordlys.varde.example",
        "message_id": message_id_for("nordlys", "2026-W48", "digest", READER.address, "varde.example"),
        "date": NOW,
        "stop_address": "stop@varde.example",
        "one_click_url": "https://varde.example/r/stop/abc",
    }
    return build(rendered, **(known | fields))  # type: ignore[arg-type]


def plain(subject: str = "Week 48", text: str = "Hello\n", html: str = "<p>Hello</p>\n") -> Rendered:
    return Rendered("en", subject, subject, html, text)


GOOD_NAMES = set(read(built(plain())).keys())


def names_and_recipients(mail: EmailMessage) -> tuple[set[str], list[str]]:
    return set(mail.keys()), [address.addr_spec for address in mail["To"].addresses]


@pytest.mark.parametrize("word", WORDS)
def test_e_01_encoded_words_add_no_header_and_no_recipient(
    word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a title, the company's name and a need, through the whole house and over SMTP."""
    name = " ".join(word.split())  # a need map refuses a name of two lines
    hostile = company(name=name, contacts=(Contact(name=name, address="kari@tind.example"),))
    with mailroom(tmp_path, monkeypatch, hostile) as room:
        room.accept(item("1", title=word))
        digests.draft_all(room.house)
        digests.approve(room.house, "tind", by="Bo")
        room.deliver()
        (taken,) = room.sink.taken
    assert taken.recipients == ("kari@tind.example",)
    names, recipients = names_and_recipients(read(taken.body))
    assert (names, recipients) == (GOOD_NAMES, ["kari@tind.example"])


@pytest.mark.parametrize("mark", BREAKS)
def test_e_02_line_ends_in_any_header_field_are_cleaned_or_refused(mark: str) -> None:
    name = f"Acme{mark}Bcc: evil@e.test"
    mail = read(
        built(
            plain(subject=name),
            sender=Mailbox(name, "varde@varde.example"),
            recipient=Contact.model_construct(name=name, address=READER.address, language="en"),
            reply_to=Mailbox(name, "kari@cluster.example"),
        )
    )
    assert names_and_recipients(mail) == (GOOD_NAMES, [READER.address])
    for field in (
        {"list_id": f"a{mark}b"},
        {"stop_address": f"s@x.example{mark}"},
        {"one_click_url": f"https://x.example/{mark}"},
    ):
        with pytest.raises(MailRefused):
            built(plain(), **field)


def test_e_03_a_display_name_smuggles_no_recipient() -> None:
    mail = read(built(plain(), recipient=Contact(name="Acme <evil@e.test>,", address=READER.address)))
    assert names_and_recipients(mail)[1] == [READER.address]


@pytest.mark.parametrize(
    "address",
    ["a@b", "@x.example", "a b@x.example", "a@x..example", "a%00@x.example\x00", "æ@x.example", "a@ærø.example",
     f"{'a' * 65}@x.example", "a@x.example\r\nBcc: e@e.test", "<a@x.example>", "a@x.example, b@x.example"],
)  # fmt: skip
def test_e_04_addresses_that_cannot_be_delivered_to_are_refused_at_entry(address: str) -> None:
    with pytest.raises(MailRefused):
        checked_address(address)
    assert checked_address("a.b+c@xn--r-0fa.example") == "a.b+c@xn--r-0fa.example"


SMUGGLED = (b"\n.\n", b"\r.\r", b"\r\n.\n", b"\n.\r\n", b"\r\n.\r\nMAIL FROM:<e@e.test>\r\n")


@pytest.mark.parametrize("sequence", SMUGGLED)
def test_e_05_no_body_ends_early(sequence: bytes, tmp_path: Path) -> None:
    """One message at the server, its body whole."""
    mail = b"Message-ID: <a@x.example>\r\n\r\nbefore" + sequence + b"after\r\n"
    outgoing = Outgoing(
        outbox_key="k", company_key="c", iso_week="2026-W48", recipient="a@x.example", sender="b@x.example",
        message_id="<a@x.example>", body=mail,
    )  # fmt: skip
    with Sink(tmp_path / "out", tmp_path / "log") as sink:
        settings = MailSettings(host="127.0.0.1", port=sink.port, security="none", sender_address="b@x.example")
        assert deliver(outgoing, settings).state == "sent"
    (taken,) = sink.taken
    assert taken.body.endswith(b"after\r\n")
    assert b"\r\n." + b"." in on_the_wire(mail)


def test_e_06_long_lines_are_folded_and_a_digest_stays_under_what_readers_clip() -> None:
    mail = built(plain(text="x" * 5_000, html="<p>" + "ø" * 1_500_000))
    assert max(map(len, mail.split(b"\r\n"))) <= 998
    assert HTML_LIMIT < 102_000
    assert len(render(full_digest("nb"), COMPANY, now=NOW).html.encode()) < HTML_LIMIT


def test_e_07_lone_surrogates_are_replaced_and_the_mail_is_built() -> None:
    mail = read(built(plain(subject="\ud800 week", text="a \udfff b\n", html="<p>\ud800</p>")))
    assert mail["Subject"] == "\ufffd week"
    assert "a ? b" in body(mail, "plain")


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)


@pytest.fixture
def settings(key: rsa.RSAPrivateKey, tmp_path: Path) -> MailSettings:
    path = tmp_path / "dkim.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
    )
    return MailSettings(host="x", sender_address="varde@varde.example", dkim_key_file=path)


def record(key: rsa.RSAPrivateKey, name: str) -> bytes:
    """The key's record under its own name only."""
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    is_ours = name.rstrip(".") == "varde._domainkey.varde.example"
    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public) if is_ours else b""


def test_e_20_every_header_that_lists_need_and_a_signature_over_both(
    settings: MailSettings, key: rsa.RSAPrivateKey
) -> None:
    mail = signed(built(render(full_digest("en"), COMPANY, now=NOW)), settings)
    headers = read(mail)
    for name in (*SIGNED, "Reply-To", "List-Id", "MIME-Version", "Auto-Submitted"):
        assert headers.get_all(name, []) and len(headers.get_all(name, [])) == 1, name
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    covered = re.search(r"h=([^;]+);", str(headers["DKIM-Signature"]))
    assert covered
    assert {name.lower() for name in SIGNED} <= {name.strip() for name in covered[1].split(":")}
    findings = check_mail(mail, verify=dkim_check(lambda name: record(key, name)))
    assert [f"{f.check}: {f.says}" for f in findings if f.found == "wrong"] == []
    assert dkim.verify(mail, dnsfunc=lambda name, timeout=5: record(key, name.decode()))
    for header in (b"List-Unsubscribe-Post: List", b"List-Unsubscribe: <https"):
        assert not dkim.verify(
            mail.replace(header, header + b"x"), dnsfunc=lambda name, timeout=5: record(key, name.decode())
        )


def test_e_20_a_key_that_is_none_is_named_and_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "dkim.pem"
    path.write_text("-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n")
    settings = MailSettings(host="x", sender_address="varde@varde.example", dkim_key_file=path)
    with pytest.raises(SettingMissing, match="VARDE_SMTP_DKIM_KEY_FILE") as told:
        signed(built(plain()), settings)
    assert "c2VjcmV0" not in str(told.value)
    path.unlink()
    with pytest.raises(SettingMissing, match="unreadable"):
        signed(built(plain()), settings)


def test_e_25_no_mail_loads_anything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mailroom(tmp_path, monkeypatch) as room:
        room.approve()
        room.deliver()
        (taken,) = room.sink.taken
    findings = {finding.check: finding for finding in check_mail(taken.body)}
    assert findings["nothing remote"].found == "fine"
    assert {name: f.says for name, f in findings.items() if f.found == "wrong"} == {}
    tracked = taken.body.replace(b"</body>", b"<img src=3D'https://x.example/p.gif'></body>")
    assert "<img>" in next(f.says for f in check_mail(tracked) if f.check == "nothing remote")


def test_e_26_broken_and_nested_mime_is_read_without_a_crash() -> None:
    """Seeded mutations of bounces and replies in the dialects that servers speak, written by us."""
    chance = random.Random(26)
    seeds = [path.read_bytes() for path in sorted((Path(__file__).parent / "recordings" / "bounces").glob("*.eml"))]
    assert len(seeds) >= 8
    nested = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n" * 300
    for number in range(1_500):
        raw = bytearray(chance.choice(seeds) if number % 50 else nested)
        for _ in range(chance.randint(1, 30)):
            at = chance.randrange(len(raw))
            raw[at : at + chance.randint(0, 8)] = bytes(chance.randrange(256) for _ in range(chance.randint(0, 8)))
        report = read_report(bytes(raw))
        assert report is None or report.verdict in ("hard", "soft", "other")
