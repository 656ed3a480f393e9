"""Strings from outside, made safe for a line of text and for a mail header (RELIABILITY fact 1, E-01 to E-04)."""

import base64
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header

from pydantic import TypeAdapter, ValidationError

from terms.company import Address
from terms.errors import MailRefused

# Turned into a space: C0, DEL, C1 (with NEL), line and paragraph separator.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Removed: bidi controls, zero-width space, BOM, interlinear marks, non-characters, tag characters.
_INVISIBLE = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_ENCODED_WORD_BYTES = 45  # 60 characters of base64: the word stays under RFC 2047's 75
_LINE = 66  # leaves room for a header's name within 78
_DECODINGS = 5
_ADDRESS: TypeAdapter[str] = TypeAdapter(Address)


@dataclass(frozen=True)
class Mailbox:
    """A name and an address for a header, both as they came; cleaned when the mail is built."""

    name: str
    address: str


def one_line(text: str) -> str:
    """The text on one line, without control, bidi or invisible characters; lone surrogates become U+FFFD (E-07)."""
    visible = _INVISIBLE.sub("", _SURROGATES.sub("\ufffd", text))
    return " ".join(_BREAKS.sub(" ", visible).split())


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a space where one is near, with an ellipsis where something was cut."""
    if len(text) <= limit:
        return text
    head = text[: max(limit - 1, 0)]
    at_space = head.rfind(" ")
    return (head[:at_space] if at_space > limit // 2 else head).rstrip() + "…"


def header_text(text: str, limit: int = 200) -> str:
    """The text as it may stand in a header: encoded words decoded first, control characters stripped after (fact 1).

    What still looks like the start of an encoded word is broken, since a reader of headers would decode it.
    """
    for _ in range(_DECODINGS):
        decoded = _decoded(text)
        if decoded == text:
            break
        text = decoded
    return shortened(one_line(text), limit).replace("=?", "= ?")


def _decoded(text: str) -> str:
    """The text with RFC 2047 words decoded; as it is where they cannot be."""
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, LookupError, ValueError):
        return text


def encoded_text(text: str) -> str:
    """An unstructured header value (RFC 5322 2.2.1): folded ASCII, or base64 words of RFC 2047."""
    clean = header_text(text)
    if clean.isascii():
        return "\r\n ".join(textwrap.wrap(clean, _LINE, break_long_words=False, break_on_hyphens=False))
    return _encoded_words(clean)


def encoded_mailbox(name: str, address: str) -> str:
    """A mailbox (RFC 5322 3.4), its name quoted or encoded so that it cannot add another (E-03). MailRefused if not."""
    clean = header_text(name, 78)
    place = f"<{checked_address(address)}>"
    return f"{_phrase(clean)}\r\n {place}" if clean else place


def checked_address(address: str) -> str:
    """The address, if it is one that we can deliver to; MailRefused otherwise. The message shows its domain only."""
    try:
        return _ADDRESS.validate_python(address)
    except ValidationError:
        domain = shortened(one_line(address).rpartition("@")[2], 60)
        raise MailRefused(
            f"An address at {domain!r} is not name@domain in ASCII; mend it where it was entered"
        ) from None


def _phrase(name: str) -> str:
    """A display name as atoms, as a quoted string, or as encoded words."""
    if not name.isascii():
        return _encoded_words(name)
    if _ATOMS.fullmatch(name):
        return name
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def _encoded_words(text: str) -> str:
    """RFC 2047 base64 words in UTF-8, no character split, one word a line."""
    words = (base64.b64encode(piece).decode("ascii") for piece in _pieces(text))
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _pieces(text: str) -> Iterator[bytes]:
    """UTF-8 pieces of at most 45 bytes, cut between characters."""
    piece = b""
    for character in text:
        encoded = character.encode("utf-8")
        if len(piece) + len(encoded) > _ENCODED_WORD_BYTES:
            yield piece
            piece = b""
        piece += encoded
    yield piece
