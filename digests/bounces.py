"""Mails that come back: which address, and whether it is gone, in trouble, or something else (RFC 3464, 5965, 3834).

Machine-readable reports are read first, then flufl.bounce's collection of dialects, then the words of the mail itself.
"""

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.utils import getaddresses
from typing import Literal, NamedTuple

from flufl.bounce import all_failures

from digests.headers import one_line, shortened
from digests.verdicts import Verdict, verdict

Sort = Literal["bounce", "complaint", "automatic"]
_TEXT = 60_000  # characters of a mail that are looked at
_DETAIL = 300
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -])")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_AWAY = re.compile(r"^\s*(auto(matic)?[ -]?(reply|response|matisk)|out of( the)? office|vacation|fravær|away\b)", re.I)
_SENDER = re.compile(r"mailer-daemon|postmaster|mail delivery|mail administrator|double-bounce|no-?reply", re.I)
_ORIGINAL = re.compile(
    r"^\s*(?:-{2,}\s*(?:original|forwarded|copy of|below this line|the following|this is a copy|returned message|"
    r"unsent message|header of|message (?:header|text|content))|(?:return-path|received|message-id|x-mailer): )",
    re.I | re.M,
)
# What is refused after the mail itself was seen is not about the mailbox, whatever the server calls it.
_AFTER_DATA = re.compile(r"in reply to (?:end of )?DATA|>>> DATA\s*<<< 5|after end of data", re.I)
_NOTIFIED = re.compile(r'"(?:notification|event)Type"\s*:\s*"(?:Complaint|Delivery|Send|Open)"')
_EXPIRED = re.compile(
    r"delay|still being retried|will (?:be retried|retry|keep trying|continue)|not need to resend", re.I
)


class Report(NamedTuple):
    """One mail that came back. address: "" where none can be read. code: status or SMTP code. to: where it came to."""

    sort: Sort
    verdict: Verdict
    address: str
    code: str
    detail: str
    to: tuple[str, ...]
    message_id: str


def read_report(raw: bytes) -> Report | None:
    """What a mail in the bounce mailbox says; None where it is empty. Never raises."""
    message = message_from_bytes(raw)
    parts = list(_walk(message))
    to = _addresses(message, ("Delivered-To", "X-Original-To", "To"))
    original = _original_id(parts, message)
    if not parts and not message.items():
        return None

    def made(sort: Sort, judged: Verdict, address: str, code: str, words: str) -> Report:
        return Report(sort, judged, address.lower(), code, shortened(one_line(words), _DETAIL), to, original)

    if _is_complaint(message, parts):
        return made("complaint", "other", _first_address(_field(parts, "original-rcpt-to")), "", "feedback report")
    for judged, address, code, words in _recipients(parts):
        told = _text_of(parts[1] if len(parts) > 1 else message)
        if judged == "soft" and not words:
            judged = verdict("", "", told or "refused")
        elif judged == "hard" and not code.startswith("5.1.") and _AFTER_DATA.search(told):
            judged = "soft"
        return made("bounce", judged, address, code, words or told)
    if _is_automatic(message):
        return made("automatic", "other", "", "", _header(message, "Subject"))
    address, code, words = _from_words(message, parts)
    if _NOTIFIED.search(words):
        return made("complaint" if "omplaint" in words else "automatic", "other", address, code, words)
    judged = _judged(code, words)
    if judged == "other" and _SENDER.search(_header(message, "From")):
        judged = "soft"  # a mail server wrote, and nobody can read what: the address stays, for now
    return made("bounce", judged, address, code, words)


def _recipients(parts: Sequence[Message]) -> Iterator[tuple[Verdict, str, str, str]]:
    """(verdict, address, code, words) of each recipient of a delivery status (RFC 3464 2.3), failures first."""
    found = []
    for part in parts:
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            found += [_recipient(block) for block in _blocks(part) if "final-recipient" in block or "action" in block]
    yield from sorted(found, key=lambda one: ("hard", "soft", "other").index(one[0]))


def _recipient(block: dict[str, str]) -> tuple[Verdict, str, str, str]:
    words = block.get("diagnostic-code", "")
    status = next(iter(_STATUS.findall(block.get("status", ""))), "")
    more = next(iter(_STATUS.findall(words)), "")
    # a relay's own 5.0.0 or 4.4.7 says less than what the receiver told it
    status = more if more and (not status or status.endswith(".0.0")) else status
    code = next(iter(_CODE.findall(words)), "")
    address = _first_address(block.get("final-recipient", "") or block.get("original-recipient", ""))
    action = block.get("action", "failed").lower()
    if action.startswith(("delivered", "relayed", "expanded")):
        return "other", address, status, words
    judged: Verdict = "soft" if action.startswith("delayed") else verdict(status, code, words)
    return judged, address, status or code, words


def _blocks(part: Message) -> Iterator[dict[str, str]]:
    """The groups of fields of a delivery status, names in lower case."""
    payload = part.get_payload()
    groups = payload if isinstance(payload, list) else [part]
    for group in groups:
        if isinstance(group, Message):
            yield {name.lower(): " ".join(str(text).split()) for name, text in group.items()}
            yield from _loose(_text_of(group))


def _loose(text: str) -> Iterator[dict[str, str]]:
    """Fields that broken software wrote into a body."""
    for group in re.split(r"\r?\n\s*\r?\n", text):
        pairs = re.findall(r"^([A-Za-z-]+):[ \t]*(.*(?:\r?\n[ \t].*)*)", group, re.M)
        yield {name.lower(): " ".join(words.split()) for name, words in pairs}


def _from_words(message: Message, parts: Sequence[Message]) -> tuple[str, str, str]:
    """(address, code, words) of a bounce without a report: known dialects, else the text above the returned mail."""
    text = "\n".join(_text_of(part) for part in parts if part.get_content_maintype() == "text")[:_TEXT]
    found = _ORIGINAL.search(text)
    above = text[: found.start()] if found and found.start() > 40 else text
    address = _by_dialect(message) or _first_address(_header(message, "X-Failed-Recipients")) or _first_address(above)
    codes = [*_STATUS.findall(above), *_CODE.findall(above)]
    codes = [code for code in codes if code[0] in "45"]
    return address, codes[0] if codes else "", above


def _by_dialect(message: Message) -> str:
    """The address that failed, as flufl.bounce reads it."""
    try:
        temporary, permanent = all_failures(message)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        return ""
    for found in (permanent, temporary):
        for address in sorted(found):
            return address.decode("ascii", "replace") if isinstance(address, bytes) else str(address)
    return ""


def _judged(code: str, words: str) -> Verdict:
    status, smtp = (code, "") if "." in code else ("", code)
    if not code and _EXPIRED.search(words):
        return "soft"
    return verdict(status, smtp, words)


def _is_complaint(message: Message, parts: Sequence[Message]) -> bool:
    is_stated = "feedback-report" in str(message.get("Content-Type", "")).lower()
    return is_stated or any(part.get_content_type() == "message/feedback-report" for part in parts)


def _is_automatic(message: Message) -> bool:
    """Somebody's out-of-office: no bounce, and never answered (RFC 3834)."""
    submitted = _header(message, "Auto-Submitted").lower()
    if _SENDER.search(_header(message, "From")):
        return False
    is_stated = submitted.startswith("auto-replied") or bool(message.get("X-Autoreply") or message.get("X-Autorespond"))
    return is_stated or bool(_AWAY.match(_header(message, "Subject")))


def _original_id(parts: Sequence[Message], message: Message) -> str:
    """The Message-ID of the mail that came back, from its returned headers."""
    for part in parts:
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/global-headers"):
            inner = part.get_payload(0) if part.is_multipart() else message_from_bytes(_octets(part))
            if isinstance(inner, Message) and inner.get("Message-ID"):
                return _header(inner, "Message-ID")
    return _header(message, "In-Reply-To")


def _walk(message: Message) -> Iterator[Message]:
    """Every part, at most two hundred of them, the returned mail's own left out."""
    stack, seen = [message], 0
    while stack and seen < 200:
        part, seen = stack.pop(0), seen + 1
        yield part
        inner = part.get_payload()
        if isinstance(inner, list) and part.get_content_type() not in ("message/rfc822", "message/delivery-status"):
            stack[:0] = [one for one in inner if isinstance(one, Message)]


def _field(parts: Sequence[Message], name: str) -> str:
    for part in parts:
        if part.get_content_type() == "message/feedback-report":
            for block in _blocks(part):
                if name in block:
                    return block[name]
    return ""


def _text_of(part: Message) -> str:
    """The words of a part; what cannot be decoded is replaced."""
    octets = _octets(part)
    try:
        text = octets.decode(part.get_content_charset() or "utf-8", "replace")
    except (LookupError, ValueError):
        text = octets.decode("latin-1")
    if part.get_content_type() == "text/html":
        text = re.sub(r"<(?:style|script).*?</(?:style|script)>|<[^>]{0,500}>", " ", text[:_TEXT], flags=re.S | re.I)
    return text[:_TEXT]


def _octets(part: Message) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def _addresses(message: Message, names: Sequence[str]) -> tuple[str, ...]:
    stated = [str(text) for name in names for text in message.get_all(name, [])]
    return tuple(dict.fromkeys(address.lower() for _, address in getaddresses(stated) if "@" in address))


def _first_address(text: str) -> str:
    found = _ADDRESS.search(text)
    return found[0] if found else ""


def _header(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())
