"""Every SMTP fault against a real sink: what we say must be what happened (P3, E-05, E-08, E-09, E-10, E-14)."""

import logging
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from digests.relaylog import accepted
from digests.settings import MailSettings
from digests.smtp import deliver, on_the_wire
from terms.errors import MailRefused, SettingMissing
from terms.mail import Outgoing
from tests.smtp_sink import FAULTS, Sink

BODY = b"From: <varde@varde.example>\r\nMessage-ID: <one@varde.example>\r\n\r\nHello\r\n.dot\r\n..dots\r\n"
LARGE = b"More than the sockets hold, so that a break in the body comes before the dot.\r\n" * 300_000
# fault: what deliver says
EXPECTED = {
    None: "sent",
    "refuse_connection": "temporary",
    "drop_greeting": "temporary",
    "greeting_421": "temporary",
    "bad_banner": "temporary",
    "mail_451": "temporary",
    "mail_550": "refused",
    "drop_at_mail": "temporary",
    "rcpt_450": "temporary",
    "rcpt_550": "refused",
    "data_451": "temporary",
    "data_554": "refused",
    "drop_in_body": "temporary",
    "dot_451": "temporary",
    "dot_554": "refused",
    "drop_before_accept": "unknown",
    "drop_after_accept": "unknown",
    "rst_before_accept": "unknown",
    "rst_after_accept": "unknown",
    "stall_before_accept": "unknown",
    "stall_after_accept": "unknown",
    "garbage_after_accept": "unknown",
    "long_line_after_accept": "unknown",
}
ELSEWHERE = {"greeting_554", "no_starttls", "starttls_454", "starttls_554", "auth_454", "auth_535"}


def _outgoing(recipient: str = "ola@nordlys.example", body: bytes = BODY) -> Outgoing:
    return Outgoing(
        outbox_key="nordlys/2026-W48/digest/1",
        company_key="nordlys",
        iso_week="2026-W48",
        recipient=recipient,
        sender="varde@varde.example",
        message_id="<one@varde.example>",
        body=body,
    )


def _settings(port: int, **fields: object) -> MailSettings:
    known: dict[str, object] = {
        "host": "localhost",
        "port": port,
        "security": "none",
        "sender_address": "varde@varde.example",
        "connect_seconds": 5,
        "command_seconds": 5,
        "final_seconds": 0.5,
    }
    return MailSettings.model_validate(known | fields)


def test_every_fault_of_the_sink_is_tested() -> None:
    assert set(EXPECTED) - {None} | ELSEWHERE == set(FAULTS)


@pytest.mark.parametrize("fault", EXPECTED)
def test_what_we_say_is_what_the_sink_did(fault: str | None, tmp_path: Path) -> None:
    """P3. What is unknown to us is known to the relay's log, once the sink is done."""
    began = datetime.now(UTC) - timedelta(seconds=1)
    log = tmp_path / "mail.log"
    log.write_text(f"{began.isoformat()} relay postfix/postfix-script[1]: starting the Postfix mail system\n")
    body = BODY + LARGE if fault == "drop_in_body" else BODY
    with Sink(tmp_path / "out", log, fault) as sink:
        outcome = deliver(_outgoing(body=body), _settings(sink.port))
        assert outcome.state != "unknown" or sink.decided.wait(30)
    stored = list((tmp_path / "out").glob("*.eml"))
    assert outcome.state == EXPECTED[fault]
    assert (outcome.state == "sent") == bool(stored) or outcome.state == "unknown"
    assert accepted(log, "<one@varde.example>", since=datetime.now(UTC)) is bool(stored)
    assert "ola@" not in outcome.detail
    assert "sender@" not in outcome.detail


def test_the_sink_gets_the_very_bytes_once_for_one_recipient(tmp_path: Path) -> None:
    with Sink(tmp_path, tmp_path / "log") as sink:
        assert deliver(_outgoing(), _settings(sink.port)).state == "sent"
    (taken,) = sink.taken
    assert (taken.sender, taken.recipients, taken.body) == ("varde@varde.example", ("ola@nordlys.example",), BODY)
    assert taken.path.read_bytes() == BODY


@pytest.mark.parametrize("end", [b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\n.\n", b"\r\n.\r", b"\r.\r\n", b"\r\n.\r\n"])
def test_no_body_smuggles_a_second_mail(end: bytes, tmp_path: Path) -> None:
    """E-05: one mail, the whole body, and no line end on the wire but CRLF."""
    body = b"Subject: a\r\n\r\nfirst" + end + b"MAIL FROM:<e@e.test>\r\nlast"
    wire = on_the_wire(body)
    assert b"\r" not in wire.replace(b"\r\n", b"") and b"\n" not in wire.replace(b"\r\n", b"")
    assert b"\r\n.\r\n" not in wire
    with Sink(tmp_path, tmp_path / "log") as sink:
        assert deliver(_outgoing(body=body), _settings(sink.port)).state == "sent"
    (taken,) = sink.taken
    assert taken.body.endswith(b"last\r\n")
    assert b"first\r\n" in taken.body


def test_a_recipient_that_would_speak_smtp_is_refused_before_anything_is_said(tmp_path: Path) -> None:
    with Sink(tmp_path, tmp_path / "log") as sink:
        outcome = deliver(_outgoing("ola@x.no>\r\nRCPT TO:<e@e.test"), _settings(sink.port))
    assert outcome.state == "refused"
    assert sink.said == []


def test_nothing_is_logged_that_names_a_reader_or_a_password(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """P65, I-11."""
    caplog.set_level(logging.DEBUG)
    with Sink(tmp_path, tmp_path / "log", "rcpt_550") as sink:
        deliver(_outgoing(), _settings(sink.port, password=SecretStr("hunter2")))
    said = repr([vars(record) for record in caplog.records])
    assert "…@nordlys.example" in said
    assert "ola@" not in said
    assert "hunter2" not in said


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost with its key, made for this run."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.2"))])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def _served(authority: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    return context


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_trusted_certificate_lets_us_log_in_and_send(security: str, tmp_path: Path, authority: Path) -> None:
    with Sink(tmp_path, tmp_path / "log", context=_served(authority), is_wrapped=security == "tls") as sink:
        settings = _settings(
            sink.port, security=security, ca_file=authority, user="varde", password=SecretStr("hunter2")
        )
        assert deliver(_outgoing(), settings).state == "sent"
    assert any(line.startswith("AUTH PLAIN") for line in sink.said)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_an_unknown_certificate_is_refused(security: str, tmp_path: Path, authority: Path) -> None:
    """E-14."""
    context = _served(authority)
    with (
        Sink(tmp_path, tmp_path / "log", context=context, is_wrapped=security == "tls") as sink,
        pytest.raises(MailRefused, match="not trusted"),
    ):
        deliver(_outgoing(), _settings(sink.port, security=security))
    assert sink.taken == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, authority: Path) -> None:
    with (
        Sink(tmp_path, tmp_path / "log", context=_served(authority)) as sink,
        pytest.raises(MailRefused, match="not trusted"),
    ):
        deliver(_outgoing(), _settings(sink.port, security="starttls", host="127.0.0.1", ca_file=authority))
    assert sink.taken == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("no_starttls", "does not offer STARTTLS"),
        ("starttls_554", "offers STARTTLS and refuses it"),
        ("auth_535", "does not accept the log-in"),
    ],
)
def test_a_server_that_is_not_to_be_trusted_gets_nothing(
    fault: str, words: str, tmp_path: Path, authority: Path
) -> None:
    """E-14: the mail stays ours, and the message says what to mend."""
    with (
        Sink(tmp_path, tmp_path / "log", fault, context=_served(authority)) as sink,
        pytest.raises(MailRefused, match=words),
    ):
        deliver(_outgoing(), _tls_settings(sink.port, authority))
    assert sink.taken == []
    assert not any(line.startswith("MAIL") for line in sink.said)


@pytest.mark.parametrize("fault", ["starttls_454", "auth_454"])
def test_a_passing_trouble_of_tls_or_log_in_is_temporary(fault: str, tmp_path: Path, authority: Path) -> None:
    with Sink(tmp_path, tmp_path / "log", fault, context=_served(authority)) as sink:
        assert deliver(_outgoing(), _tls_settings(sink.port, authority)).state == "temporary"
    assert sink.taken == []


def test_no_password_travels_in_clear_text(tmp_path: Path) -> None:
    """P65: the server offers AUTH without TLS; we do not even connect."""
    with Sink(tmp_path, tmp_path / "log") as sink, pytest.raises(MailRefused, match="clear text"):
        deliver(_outgoing(), _settings(sink.port, user="varde", password=SecretStr("hunter2")))
    assert sink.said == []


def _tls_settings(port: int, authority: Path) -> MailSettings:
    return _settings(port, security="starttls", ca_file=authority, user="varde", password=SecretStr("hunter2"))


def test_a_missing_authority_file_is_named(tmp_path: Path, authority: Path) -> None:
    with (
        Sink(tmp_path, tmp_path / "log", context=_served(authority)) as sink,
        pytest.raises(SettingMissing, match="VARDE_SMTP_CA_FILE"),
    ):
        deliver(_outgoing(), _settings(sink.port, security="starttls", ca_file=tmp_path / "none.pem"))


def test_the_sink_runs_as_a_process_of_its_own(tmp_path: Path) -> None:
    """So that a kill of the sender leaves the ground truth standing."""
    command = [sys.executable, "-m", "tests.smtp_sink", "--out", str(tmp_path), "--log", str(tmp_path / "log")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).resolve().parents[1]
    ) as served:
        assert served.stdout is not None
        try:
            assert deliver(_outgoing(), _settings(int(served.stdout.readline()))).state == "sent"
        finally:
            served.kill()
    assert [path.read_bytes() for path in tmp_path.glob("*.eml")] == [BODY]


def test_a_server_that_serves_nobody_refuses_the_run_and_not_the_mail(tmp_path: Path) -> None:
    """554 as a greeting (RFC 5321 3.1) says nothing of this mail: every mail waits."""
    with (
        Sink(tmp_path / "out", tmp_path / "mail.log", "greeting_554") as sink,
        pytest.raises(MailRefused, match="greets with 554"),
    ):
        deliver(_outgoing(), _settings(sink.port))
    assert list((tmp_path / "out").glob("*.eml")) == []
