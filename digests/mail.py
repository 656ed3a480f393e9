"""From rendered words to the bytes of one mail (RFC 5322, 2045, 2047, 2369, 2919, 8058; P51).

The headers are written here and not by `email`: the same digest gives the same bytes on every Python, and no value from
outside is parsed and folded again on its way (RELIABILITY fact 1).
"""

import base64
import hashlib
import quopri
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

from digests.headers import Mailbox, checked_address, encoded_mailbox, encoded_text
from digests.links import safe_link
from digests.render import Rendered
from terms.company import Contact
from terms.errors import MailRefused

_DOMAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_LONGEST_LINE = 998  # RFC 5322 2.1.1


def build(
    rendered: Rendered,
    *,
    sender: Mailbox,
    recipient: Contact,
    reply_to: Mailbox,
    list_id: str,
    message_id: str,
    date: datetime,
    stop_address: str | None = None,
    one_click_url: str | None = None,
    calendar: bytes | None = None,
) -> bytes:
    """One mail to one reader, CRLF line ends, every byte ASCII; the same arguments give the same bytes.

    list_id: a domain-like name of the company's list, such as `nordlys.varde.example`. message_id: with its angle
    brackets. date: aware. stop_address: where a mail stops the list. one_click_url: https address that stops it when
    it is posted to (RFC 8058). calendar: iCalendar bytes to attach.

    Raises MailRefused where an address, the list id, the message id or the url is unusable.
    """
    headers = (
        ("From", encoded_mailbox(sender.name, sender.address)),
        ("To", encoded_mailbox(recipient.name, recipient.address)),
        ("Reply-To", encoded_mailbox(reply_to.name, reply_to.address)),
        ("Subject", encoded_text(rendered.subject)),
        ("Date", format_datetime(date.astimezone(UTC))),
        ("Message-ID", _matching(_MESSAGE_ID, message_id, "message id")),
        ("List-Id", f"<{_matching(_DOMAIN, list_id, 'list id')}>"),
        *_unsubscribe(list_id, stop_address, one_click_url),
        ("Auto-Submitted", "auto-generated"),
        ("Precedence", "bulk"),
        ("Content-Language", rendered.language),
        ("MIME-Version", "1.0"),
    )
    return _assembled(headers, rendered, _boundary(message_id), calendar)


def message_id_for(company_key: str, iso_week: str, kind: str, recipient: str, domain: str) -> str:
    """The Message-ID of one digest to one reader: always the same, and the address cannot be read from it."""
    claim = "\0".join((company_key, iso_week, kind, recipient))
    digest = hashlib.sha256(claim.encode("utf-8")).hexdigest()[:40]
    return f"<varde.{digest}@{_matching(_DOMAIN, domain, 'domain')}>"


def _unsubscribe(list_id: str, stop_address: str | None, one_click_url: str | None) -> Iterator[tuple[str, str]]:
    """List-Unsubscribe by https where there is an address for it, and by mail; one click only with https (RFC 8058)."""
    ways = []
    if one_click_url is not None:
        ways.append(f"<{_https(one_click_url)}>")
    if stop_address is not None:
        ways.append(f"<mailto:{quote(checked_address(stop_address), safe='@')}?subject={quote(f'stop {list_id}')}>")
    if ways:
        yield "List-Unsubscribe", ",\r\n ".join(ways)
    if one_click_url is not None:
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _https(url: str) -> str:
    """The address, if it may stand in a header; MailRefused otherwise."""
    if safe_link(url) and url.startswith("https://") and url.isascii() and "," not in url and len(url) < 900:
        return url
    raise MailRefused(
        "The one-click address is no plain https address in ASCII; mend the public address in the settings"
    )


def _matching(pattern: re.Pattern[str], text: str, what: str) -> str:
    if pattern.fullmatch(text):
        return text
    raise MailRefused(f"The {what} {text!r} cannot stand in a mail header; mend it in the settings")


def _boundary(message_id: str) -> str:
    """Cannot occur in quoted-printable, where `=` is followed by a hexadecimal digit or the line's end."""
    return "=_varde_" + hashlib.sha256(message_id.encode("utf-8")).hexdigest()[:32]


def _assembled(
    headers: tuple[tuple[str, str], ...], rendered: Rendered, boundary: str, calendar: bytes | None
) -> bytes:
    """The whole mail; the plain text first, as RFC 2046 5.1.4 asks: the last part is the preferred one."""
    outer = f"{boundary}_all"
    both = [
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        "",
        f"--{boundary}",
        _part("plain", rendered.text),
        f"--{boundary}",
        _part("html", rendered.html),
        f"--{boundary}--",
        "",
    ]
    if calendar is not None:
        mixed = [f'Content-Type: multipart/mixed; boundary="{outer}"', "", f"--{outer}"]
        both = [*mixed, *both, f"--{outer}", _attached(calendar), f"--{outer}--", ""]
    pieces = [*(f"{name}: {value}" for name, value in headers), *both]
    mail = "\r\n".join(pieces).encode("ascii")
    longest = max(map(len, mail.split(b"\r\n")))
    if longest > _LONGEST_LINE:
        raise MailRefused(f"A header line of {longest} bytes is over RFC 5322's {_LONGEST_LINE}; shorten the settings")
    return mail


def _attached(calendar: bytes) -> str:
    """The calendar as a file, base64 in lines of 76 (RFC 2045 6.8)."""
    coded = base64.encodebytes(calendar).decode("ascii").rstrip("\n").replace("\n", "\r\n")
    return (
        "Content-Type: text/calendar; charset=utf-8; method=PUBLISH\r\nContent-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="varde.ics"\r\n\r\n{coded}'
    )


def _part(subtype: str, text: str) -> str:
    """One part: UTF-8, quoted-printable, lines of at most 76; lone surrogates become `?`."""
    lines = "\n".join(text.splitlines()) + "\n"
    coded = quopri.encodestring(lines.encode("utf-8", "replace")).decode("ascii")
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head + coded.replace("\n", "\r\n")
