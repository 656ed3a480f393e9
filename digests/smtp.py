"""One mail over SMTP, and what is known afterwards (RFC 5321; RELIABILITY facts 11, 12, E-05, E-08 to E-10, E-14)."""

import contextlib
import logging
import re
import smtplib
import ssl
from dataclasses import dataclass

from digests.headers import checked_address, one_line, shortened
from digests.settings import MailSettings
from digests.verdicts import verdict
from terms.errors import MailRefused, SettingMissing
from terms.mail import Outcome, Outgoing

_log = logging.getLogger(__name__)
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ADDRESS = re.compile(r"[^\s<>@]+@([\w.-]+)")
_DETAIL = 300
_LONGEST_GOODBYE = 5.0  # seconds; the mail is decided by then


@dataclass
class _Trail:
    """How far we came. dot_sent: the server may have taken the mail, whatever happens next."""

    phase: str = "connecting"
    dot_sent: bool = False


def deliver(outgoing: Outgoing, settings: MailSettings) -> Outcome:
    """Hand one mail over, once. Nothing is tried again here.

    sent: the server took it. temporary: it did not, and may later (4xx, or lost before the final dot). refused: it
    never will (5xx). unknown: lost after the final dot was sent, or answered by what is no answer.
    Raises MailRefused where the server must not be trusted or does not let us in, SettingMissing where ca_file cannot
    be read; then nothing was handed over.
    """
    trail = _Trail()
    try:
        checked_address(outgoing.recipient)
    except MailRefused as unusable:
        return Outcome(state="refused", detail=f"{trail.phase}: {unusable}")
    try:
        outcome = _converse(outgoing, settings, trail)
    except ssl.SSLCertVerificationError as untrusted:
        raise MailRefused(
            f"The certificate of {settings.host}:{settings.port} is not trusted ({untrusted.verify_message}); "
            "nothing was sent. Mend the certificate, VARDE_SMTP_HOST or VARDE_SMTP_CA_FILE"
        ) from None
    except smtplib.SMTPResponseException as answer:
        outcome = _lost(answer, trail) if trail.dot_sent else _answered(answer.smtp_code, answer.smtp_error, trail)
    except OSError as lost:
        outcome = _lost(lost, trail)
    level = logging.INFO if outcome.state == "sent" else logging.WARNING
    _log.log(
        level,
        "mail handed over" if outcome.state == "sent" else "mail not handed over",
        extra={"message_id": outgoing.message_id, "state": outcome.state, "detail": outcome.detail},
    )
    return outcome


def greet(settings: MailSettings) -> str:
    """Come as far as a mail would be handed over, and leave; says how. Raises MailRefused, SettingMissing, OSError."""
    trail = _Trail()
    _refuse_clear_log_in(settings)
    with contextlib.ExitStack() as stack:
        server = _connected(settings, trail)
        stack.callback(_leave, server)
        _secured(server, settings, trail)
        _logged_in(server, settings, trail)
    where = f"{settings.host}:{settings.port}"
    secured = {"none": "without TLS", "starttls": "STARTTLS, certificate trusted", "tls": "TLS, certificate trusted"}
    return f"{where} answers, {secured[settings.security]}{', logged in' if settings.user else ''}"


def on_the_wire(body: bytes) -> bytes:
    """The body with CRLF line ends only, leading dots doubled, and a line end last; without the final dot (E-05)."""
    lines = _LINE_END.sub(b"\r\n", body)
    closed = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    return _LEADING_DOT.sub(b"..", closed)


def masked(text: str) -> str:
    """The text on one line with the local part of every address hidden."""
    return shortened(_ADDRESS.sub(r"…@\1", one_line(text)), _DETAIL)


def _converse(outgoing: Outgoing, settings: MailSettings, trail: _Trail) -> Outcome:
    """The whole conversation; the caller judges what breaks it."""
    _refuse_clear_log_in(settings)
    sender = checked_address(outgoing.sender)
    with contextlib.ExitStack() as stack:
        server = _connected(settings, trail)
        stack.callback(_leave, server)
        _secured(server, settings, trail)
        _logged_in(server, settings, trail)
        trail.phase = "MAIL"
        _accepted(server.mail(sender))
        trail.phase = "RCPT"
        _accepted(server.rcpt(outgoing.recipient))
        return _handed_over(server, outgoing.body, settings, trail)


def _connected(settings: MailSettings, trail: _Trail) -> smtplib.SMTP:
    """A connection whose greeting was heard."""
    where = (settings.host, settings.port, settings.name)
    try:
        if settings.security == "tls":
            context = _trust(settings)
            server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=settings.connect_seconds, context=context)
        else:
            server = smtplib.SMTP(*where, timeout=settings.connect_seconds)
    except smtplib.SMTPConnectError as answer:
        if 500 <= answer.smtp_code <= 599:
            raise MailRefused(
                f"{settings.host}:{settings.port} greets with {answer.smtp_code}: it serves nobody, or not us; nothing "
                "was sent. Mend VARDE_SMTP_HOST, or ask whoever runs it"
            ) from None
        raise
    trail.phase = "greeting"
    _wait(server, settings.command_seconds)
    return server


def _secured(server: smtplib.SMTP, settings: MailSettings, trail: _Trail) -> None:
    """EHLO, and TLS where it is asked for; MailRefused where the server does not offer it (E-14)."""
    trail.phase = "EHLO"
    server.ehlo_or_helo_if_needed()
    if settings.security != "starttls":
        return
    trail.phase = "STARTTLS"
    if not server.has_extn("starttls"):
        raise MailRefused(
            f"{settings.host}:{settings.port} does not offer STARTTLS; nothing was sent. Somebody may be in between; "
            "VARDE_SMTP_SECURITY=none is for a relay on this machine only"
        )
    try:
        server.starttls(context=_trust(settings))
    except smtplib.SMTPResponseException as answer:
        if 400 <= answer.smtp_code <= 499:
            raise
        raise MailRefused(
            f"{settings.host}:{settings.port} offers STARTTLS and refuses it ({answer.smtp_code}); nothing was sent"
        ) from None
    server.ehlo_or_helo_if_needed()


def _trust(settings: MailSettings) -> ssl.SSLContext:
    """Certificates and host names are checked, against the system's authorities or the one that is set."""
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as trouble:
        raise SettingMissing(
            f"VARDE_SMTP_CA_FILE names {settings.ca_file}, no readable certificate: {type(trouble).__name__}"
        ) from None


def _logged_in(server: smtplib.SMTP, settings: MailSettings, trail: _Trail) -> None:
    """Log in, where a user is set; MailRefused where the server does not want us."""
    if settings.user is None or settings.password is None:
        return
    trail.phase = "AUTH"
    try:
        server.login(settings.user, settings.password.get_secret_value())
    except smtplib.SMTPAuthenticationError as answer:
        if answer.smtp_code < 500:
            raise
        raise MailRefused(
            f"{settings.host}:{settings.port} does not accept the log-in ({answer.smtp_code}); nothing was sent. "
            "Mend VARDE_SMTP_USER and VARDE_SMTP_PASSWORD_FILE"
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise MailRefused(
            f"{settings.host}:{settings.port} offers no log-in; nothing was sent. Mend VARDE_SMTP_PORT, or unset _USER"
        ) from None


def _refuse_clear_log_in(settings: MailSettings) -> None:
    """P65: mail never authenticates in clear text."""
    if settings.security == "none" and settings.user is not None:
        raise MailRefused(
            "VARDE_SMTP_USER is set and VARDE_SMTP_SECURITY is none: a password would travel in clear text. "
            "Set VARDE_SMTP_SECURITY to starttls or tls"
        )
    if settings.user is not None and settings.password is None:
        raise MailRefused("VARDE_SMTP_USER is set without a password; set VARDE_SMTP_PASSWORD_FILE")


def _handed_over(server: smtplib.SMTP, body: bytes, settings: MailSettings, trail: _Trail) -> Outcome:
    """DATA, the body, the final dot and the answer to it: smtplib's own `data` hides which of them broke (fact 12)."""
    trail.phase = "DATA"
    code, text = server.docmd("DATA")
    if code != 354:
        raise smtplib.SMTPDataError(code, text)
    trail.phase = "body"
    server.send(on_the_wire(body))
    trail.phase = "final dot"
    _wait(server, settings.final_seconds)
    trail.dot_sent = True
    server.send(b".\r\n")
    code, text = server.getreply()
    return _answered(code, text, trail)


def _accepted(reply: tuple[int, bytes]) -> None:
    """Go on after a 2xx answer."""
    code, text = reply
    if not 200 <= code <= 299:
        raise smtplib.SMTPResponseException(code, text)


def _answered(code: int, text: bytes | str, trail: _Trail) -> Outcome:
    """What an answer means, by its first digit. What is no answer after the dot leaves the mail unknown."""
    words = text if isinstance(text, str) else text.decode("utf-8", "replace")
    detail = masked(f"{trail.phase}: {code} {words}")
    if trail.dot_sent and 200 <= code <= 299:
        return Outcome(state="sent", detail=detail)
    if 500 <= code <= 599:
        is_hard = trail.phase == "RCPT" and verdict(_status(words), str(code), words) == "hard"
        return Outcome(state="refused", detail=detail, is_hard=is_hard)
    is_open = trail.dot_sent and not 400 <= code <= 499
    return Outcome(state="unknown" if is_open else "temporary", detail=detail)


def _status(words: str) -> str:
    """The enhanced status that an answer begins with, or nothing (RFC 2034 4)."""
    found = _STATUS.match(words)
    return found[0] if found else ""


def _lost(lost: OSError, trail: _Trail) -> Outcome:
    """A broken connection is no answer: before the dot nothing was taken, after it nobody can tell."""
    detail = masked(f"{trail.phase}: {type(lost).__name__} {lost}")
    return Outcome(state="unknown" if trail.dot_sent else "temporary", detail=detail)


def _wait(server: smtplib.SMTP, seconds: float) -> None:
    if server.sock is not None:
        server.sock.settimeout(seconds)


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye if the server still listens; the outcome stands whatever it answers."""
    with contextlib.suppress(OSError):
        _wait(server, _LONGEST_GOODBYE)
        server.quit()
    server.close()
