"""A mail as sent, checked as mail readers and their servers would: one finding a check (P51, P52, E-20, E-25)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from itertools import pairwise
from urllib.parse import urlsplit

import lxml.html

from digests.contrast import low_contrasts
from digests.signature import verified

_LARGEST_HTML = 90_000
_LONGEST = 998
_ONCE = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "MIME-Version", "Auto-Submitted")
_REMOTE = ("img", "script", "iframe", "object", "embed", "video", "audio", "link", "form", "input", "svg")
_IMPORTS = re.compile(r"url\s*\(|@import|expression\s*\(", re.I)


@dataclass(frozen=True)
class Finding:
    """One check. found: fine, wrong, or unset where the mail has nothing of the kind."""

    check: str
    found: str
    says: str


@dataclass(frozen=True)
class _Mail:
    raw: bytes
    message: EmailMessage
    html: str
    text: str

    @property
    def page(self) -> lxml.html.HtmlElement:
        """The HTML part as a tree."""
        return lxml.html.document_fromstring(self.html.encode("utf-8"), parser=lxml.html.HTMLParser(encoding="utf-8"))


Verify = Callable[[bytes], bool] | None


def check_mail(raw: bytes, *, verify: Verify = None) -> list[Finding]:
    """Every check on a mail's bytes. verify: whether a DKIM signature holds; None: its header alone."""
    message = message_from_bytes(raw, _class=EmailMessage, policy=policy.default)
    parts = {kind: message.get_body((kind,)) for kind in ("html", "plain")}
    html, text = (_content(parts[kind]) for kind in ("html", "plain"))
    mail = _Mail(raw, message, html, text)
    if not html.strip():
        return [Finding("structure", "wrong", "there is no HTML part"), *_headers(mail)]
    return [*_structure(mail), *_headers(mail), *_words(mail), *_page(mail), _signature(mail, verify)]


def dkim_check(lookup: Callable[[str], bytes]) -> Callable[[bytes], bool]:
    """A check of signatures against a resolver. lookup: name -> TXT record, empty where there is none."""
    return lambda raw: verified(raw, lookup)


def _content(part: object) -> str:
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def _judged(check: str, faults: list[str], fine: str) -> Finding:
    return Finding(check, "wrong" if faults else "fine", "; ".join(faults[:5]) or fine)


def _structure(mail: _Mail) -> Iterator[Finding]:
    alternative = [part for part in mail.message.walk() if part.get_content_type() == "multipart/alternative"]
    kinds = [part.get_content_type() for part in alternative[0].iter_parts()] if alternative else []
    wrong = [] if kinds == ["text/plain", "text/html"] else [f"parts are {', '.join(kinds) or 'none'}"]
    wrong += [type(defect).__name__ for part in mail.message.walk() for defect in part.defects]
    yield _judged("structure", wrong, "multipart/alternative: plain text, then HTML")
    size = len(mail.html.encode("utf-8"))
    yield _judged("size", [f"{size} bytes of HTML"] if size >= _LARGEST_HTML else [], f"{size} bytes of HTML")
    lines = mail.raw.split(b"\r\n")
    longest, has_bare = max(map(len, lines)), any(b"\n" in line or b"\r" in line for line in lines)
    wrong = [f"a line of {longest} bytes"] if longest > _LONGEST else []
    wrong += ["line ends that are not CRLF"] if has_bare else []
    yield _judged("lines", wrong, f"longest {longest} bytes, all end with CRLF")


def _headers(mail: _Mail) -> Iterator[Finding]:
    counted = {name: len(mail.message.get_all(name, [])) for name in _ONCE}
    wrong = [f"{name} stands {count} times" for name, count in counted.items() if count != 1]
    wrong += [name for name in ("Bcc", "Cc") if mail.message[name]]
    yield _judged("headers", wrong, "each that is needed stands once")
    head = mail.raw.partition(b"\r\n\r\n")[0]
    yield _judged("encoded headers", [] if head.isascii() else ["bytes that are not ASCII"], "ASCII, RFC 2047 words")
    yield _judged("list headers", list(_list_faults(mail.message)), "List-Unsubscribe by https and mail, one click")


def _list_faults(message: EmailMessage) -> Iterator[str]:
    ways = [way.strip(" <>") for way in str(message["List-Unsubscribe"] or "").split(",") if way.strip()]
    schemes = {urlsplit(way).scheme for way in ways}
    if "mailto" not in schemes:
        yield "List-Unsubscribe has no mailto address"
    if "https" not in schemes:
        yield "List-Unsubscribe has no https address (set VARDE_PUBLIC_URL)"
    elif str(message["List-Unsubscribe-Post"] or "") != "List-Unsubscribe=One-Click":
        yield "List-Unsubscribe-Post does not offer one click (RFC 8058)"


def _words(mail: _Mail) -> Iterator[Finding]:
    shown = " ".join(mail.page.itertext())
    missing = sorted(ref for ref in set(_refs(mail.page)) if f"[{ref}]" not in mail.text)
    yield _judged("text part", [f"{ref} is missing" for ref in missing], "carries every item of the HTML part")
    hidden = [node for node in mail.page.iter("div") if "preheader" in (node.get("class") or "")]
    said = " ".join(" ".join(hidden[0].itertext()).split()) if hidden else ""
    yield _judged("preheader", [] if said and shown.split() else ["there is none"], said[:60])


def _refs(page: lxml.html.HtmlElement) -> Iterator[str]:
    for node in page.iter("span"):
        if "ref" in (node.get("class") or "").split():
            yield "".join(node.itertext()).strip()


def _page(mail: _Mail) -> Iterator[Finding]:
    page = mail.page
    yield _judged("language", [] if page.get("lang") else ["<html> has no lang"], str(page.get("lang")))
    levels = [int(str(node.tag)[1]) for node in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    jumps = [f"h{b} after h{a}" for a, b in pairwise(levels) if b > a + 1]
    jumps += [] if levels[:1] == [1] and levels.count(1) == 1 else [f"{levels.count(1)} h1, the first is h{levels[:1]}"]
    yield _judged("headings", jumps, "one h1, no level left out")
    yield _judged("links", list(_link_faults(page)), "each is absolute, https, http or mailto, and goes where it says")
    yield _judged("nothing remote", list(_remote(mail.html, page)), "no script, no image, no pixel, no form")
    faults = low_contrasts(mail.html)
    yield _judged("contrast", faults, "4.5:1 or more, light and dark")


def _link_faults(page: lxml.html.HtmlElement) -> Iterator[str]:
    for node in page.iter("a"):
        address = unescape(node.get("href") or "")
        parts = urlsplit(address)
        if parts.scheme not in ("https", "http", "mailto") or (parts.scheme != "mailto" and not parts.netloc):
            yield f"{address[:60]!r} is not absolute"
        words = "".join(node.itertext()).strip()
        if not words:
            yield f"{address[:60]!r} has no words"
        named = urlsplit(words).netloc if words.startswith(("http://", "https://")) else ""
        if named and named != parts.netloc:
            yield f"{words[:60]!r} goes to {parts.netloc}"


def _remote(html: str, page: lxml.html.HtmlElement) -> Iterator[str]:
    for tag in _REMOTE:
        if next(page.iter(tag), None) is not None:
            yield f"<{tag}>"
    for node in page.iter():
        if isinstance(node.tag, str):
            yield from (name for name in node.keys() if name.startswith("on") or name in ("src", "background"))  # noqa: SIM118
    if _IMPORTS.search(html):
        yield "a style loads something"


def _signature(mail: _Mail, verify: Verify) -> Finding:
    stated = str(mail.message["DKIM-Signature"] or "")
    if not stated:
        return Finding("DKIM", "unset", "not signed here; a relay may sign")
    found = re.search(r"\bh=([^;]+)", stated)
    covered = {name.strip().lower() for name in found[1].split(":")} if found else set()
    needed = {"from", "to", "subject", "date", "message-id"}
    needed |= {name for name in ("list-unsubscribe", "list-unsubscribe-post") if mail.message[name]}
    wrong = [f"{name} is not covered" for name in sorted(needed - covered)]
    if verify is not None and not verify(mail.raw):
        wrong.append("the signature does not hold")
    return _judged("DKIM", wrong, "covers both list headers" + ("" if verify is None else ", and holds"))
