"""The bytes of a mail (P51, RELIABILITY E-01 to E-07, E-20)."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from digests.headers import Mailbox
from digests.mail import build, message_id_for
from digests.render import Rendered, render
from terms.company import Contact
from terms.errors import MailRefused
from tests.recordings.digests.world import COMPANY, NOW, full_digest

SENDER = Mailbox("Varde", "varde@varde.example")
BROKER = Mailbox("Kari Megler", "kari@cluster.example")
READER = Contact(name="Ola Nordmann", address="ola@nordlys.example")
MESSAGE_ID = message_id_for("nordlys-robotics", "2026-W48", "digest", READER.address, "varde.example")
STOP = "stop@varde.example"
PAGE = "https://varde.example/stop/abc123"
HEADERS = (
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "Precedence",
    "Content-Language", "MIME-Version", "Content-Type",
)  # fmt: skip


def _built(rendered: Rendered | None = None, **fields: object) -> bytes:
    known: dict[str, object] = {
        "sender": SENDER,
        "recipient": READER,
        "reply_to": BROKER,
        "list_id": "nordlys-robotics.varde.example",
        "message_id": MESSAGE_ID,
        "date": NOW,
    }
    return build(rendered or render(full_digest("nb"), COMPANY, now=NOW), **(known | fields))  # type: ignore[arg-type]


def _read(mail: bytes) -> EmailMessage:
    read = message_from_bytes(mail, policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def test_a_mail_has_every_header_and_both_forms() -> None:
    """E-20."""
    rendered = render(full_digest("nb"), COMPANY, now=NOW)
    mail = _read(_built(rendered, stop_address=STOP, one_click_url=PAGE))
    assert set(mail.keys()) == {*HEADERS, "List-Unsubscribe", "List-Unsubscribe-Post"}
    assert len(mail.keys()) == len(set(mail.keys()))
    assert mail["Subject"] == rendered.subject
    assert str(mail["To"]) == "Ola Nordmann <ola@nordlys.example>"
    assert str(mail["Reply-To"]) == "Kari Megler <kari@cluster.example>"
    assert mail["List-Id"] == "<nordlys-robotics.varde.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    assert mail["Content-Language"] == "nb"
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == rendered.text.rstrip("\n") + "\n"
    assert html.get_content().replace("\r\n", "\n").rstrip("\n") == rendered.html.rstrip("\n")


@pytest.mark.parametrize(
    ("stop", "page", "expected"),
    [
        (None, None, None),
        (STOP, None, "<mailto:stop@varde.example?subject=stop%20nordlys-robotics.varde.example>"),
        (None, PAGE, f"<{PAGE}>"),
        (STOP, PAGE, f"<{PAGE}>, <mailto:stop@varde.example?subject=stop%20nordlys-robotics.varde.example>"),
    ],
)
def test_one_click_is_promised_only_with_https(stop: str | None, page: str | None, expected: str | None) -> None:
    """P51, RFC 8058."""
    mail = _read(_built(stop_address=stop, one_click_url=page))
    assert mail["List-Unsubscribe"] == expected
    assert mail["List-Unsubscribe-Post"] == ("List-Unsubscribe=One-Click" if page else None)


def test_the_same_arguments_give_the_same_bytes_and_every_byte_may_travel() -> None:
    mail = _built()
    assert mail == _built()
    assert mail.isascii()
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert max(map(len, mail.split(b"\r\n"))) <= 998


def test_three_megabytes_of_one_line_and_lone_surrogates_are_built() -> None:
    """E-06, E-07."""
    rendered = Rendered("en", "\ud800 subject", "", "<p>" + "ø" * 1_500_000 + "\ud800</p>", "x" * 3_000 + "\udfff")
    mail = _built(rendered)
    assert max(map(len, mail.split(b"\r\n"))) <= 76 + 30
    assert _read(mail)["Subject"] == "\ufffd subject"


@pytest.mark.parametrize("line", [".", "..", "From me", "trailing space ", "tab\t", "=3D", "ø ", "--=_varde_"])
def test_awkward_lines_come_back_as_they_were(line: str) -> None:
    rendered = Rendered("en", "s", "", f"<p>{line}</p>\n", f"a\n{line}\nb\n")
    text, _ = _read(_built(rendered)).iter_parts()
    assert text.get_content().replace("\r\n", "\n") == f"a\n{line}\nb\n"


@pytest.mark.parametrize(
    "name",
    [
        "Acme <evil@evil.test>,",
        "=?utf-8?q?x=0D=0ABcc=3A_evil=40e.test?=",
        "Ola\r\nBcc: evil@e.test",
        'Ola"\\',
        "Åse Ødegård, sjef (styret) <evil@e.test>; " * 4,
    ],
)
def test_no_name_or_subject_adds_a_header_or_a_recipient(name: str) -> None:
    """E-01, E-02, E-03, P8."""
    rendered = Rendered("en", name, "", "<p></p>", "text")
    mail = _read(
        _built(
            rendered,
            sender=Mailbox(name, SENDER.address),
            recipient=READER.model_copy(update={"name": name}),
            reply_to=Mailbox(name, BROKER.address),
        )
    )
    assert set(mail.keys()) == set(HEADERS)
    assert [a.addr_spec for a in mail["To"].addresses] == [READER.address]
    assert [a.addr_spec for a in mail["From"].addresses] == [SENDER.address]
    assert [a.addr_spec for a in mail["Reply-To"].addresses] == [BROKER.address]


@pytest.mark.parametrize(
    "fields",
    [
        {"sender": Mailbox("x", "varde@varde.example\r\nBcc: e@e.test")},
        {"reply_to": Mailbox("x", "kari")},
        {"list_id": "a>\r\nBcc: e@e.test"},
        {"message_id": "<a b@c>"},
        {"stop_address": "stop@varde.example>, <mailto:e@e.test"},
        {"one_click_url": "http://varde.example/stop"},
        {"one_click_url": "https://varde.example/a,b"},
        {"one_click_url": "https://varde.example/ø"},
    ],
)
def test_unusable_settings_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(MailRefused):
        _built(**fields)


def test_a_message_id_is_one_per_mail_and_names_nobody() -> None:
    """P55."""
    assert message_id_for("nordlys-robotics", "2026-W48", "digest", READER.address, "varde.example") == MESSAGE_ID
    others = {
        message_id_for("fjord", "2026-W48", "digest", READER.address, "varde.example"),
        message_id_for("nordlys-robotics", "2026-W49", "digest", READER.address, "varde.example"),
        message_id_for("nordlys-robotics", "2026-W48", "urgent", READER.address, "varde.example"),
        message_id_for("nordlys-robotics", "2026-W48", "digest", "kari@nordlys.example", "varde.example"),
    }
    assert len(others | {MESSAGE_ID}) == 5
    assert "ola" not in MESSAGE_ID
    with pytest.raises(MailRefused):
        message_id_for("a", "b", "c", "d", "bad domain")


def test_the_date_is_the_one_given_whatever_its_zone() -> None:
    assert b"Date: Mon, 23 Nov 2026 06:00:00 +0000\r\n" in _built(date=datetime(2026, 11, 23, 6, tzinfo=UTC))
