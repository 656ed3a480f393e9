"""Hostile text and HTML to plain text (RELIABILITY facts 1, 3, 4). Addresses and dates stand in `kinds/`.

Every function is total: any string goes in, a harmless string comes out.
"""

import base64
import binascii
import html
import quopri
import re
import unicodedata

import nh3

TITLE_LIMIT = 500
TEXT_LIMIT = 64_000
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "latin-1", "koi8-r", "gb2312", "gbk", "big5", "euc-jp"})
_CHARSET_FAMILIES = ("iso-8859-", "windows-125", "iso-2022-jp", "shift_jis")

_ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9_*-]{1,40})\?([bBqQ])\?([^?\s]{0,5000})\?=(?:\s+(?==\?))?")
_LOOKS_ENCODED = re.compile(r"=\?(?=[^?]*\?[bBqQ]\?)")
_MARKUP = re.compile(r"<([^<>]{0,4000})(>?)")
_TAG = re.compile(r"/?[A-Za-z][A-Za-z0-9:_.-]{0,60}")
_DROPPED_WITH_CONTENT = frozenset({"script", "style"})
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "table",
        "tr",
        "td",
        "th",
        "section",
        "title",
        "sec",
        "abstract",
        "blockquote",
        "claim",
        "claim-text",
    ]
)
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")
# Letters that stand for themselves: no markup, no controls, nothing that turns, joins or is composed
_ORDINARY = re.compile("[\t\n\r -%'-;=-~\u00a0-\u00ac\u00ae-\u017f\u0391-\u03c9\u2010-\u2027]*")
_SIMPLE_TAG = re.compile(
    r"</?([A-Za-z][A-Za-z0-9]{0,20})(?:\s+[A-Za-z][A-Za-z0-9:-]{0,40}=\"[^\"<>]{0,4000}\"){0,20}\s?/?>"
)
_LOOKS_LIKE_TAG = re.compile(r"<(?=[A-Za-z/!?])")


def _replacements() -> dict[int, str | None]:
    """C0 and C1 controls, line separators, byte order marks. C1 means cp1252, as browsers have it (WHATWG encoding)."""
    table: dict[int, str | None] = dict.fromkeys((*range(32), 127, 65279, 65534, 65535))
    table.update({code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)})
    table.update(dict.fromkeys((0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x2028, 0x2029), " "))
    table.update(dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))
    return table


_REPLACEMENTS = _replacements()


def without_controls(text: str) -> str:
    """Text without control characters and lone surrogates; line ends become spaces."""
    return text.translate(_REPLACEMENTS)


def _decoded_word(found: re.Match[str]) -> str:
    charset, how, payload = found[1].split("*")[0].lower(), found[2].lower(), found[3].encode("utf-8", "replace")
    if charset not in _CHARSETS and not charset.startswith(_CHARSET_FAMILIES):
        return payload.decode("utf-8", "replace")
    try:
        raw = base64.b64decode(payload) if how == "b" else quopri.decodestring(payload, header=True)
        return raw.decode(charset, "replace")
    except (binascii.Error, LookupError, ValueError):
        return payload.decode("utf-8", "replace")


def without_encoded_words(text: str) -> str:
    """Decode RFC 2047 words, then strip controls: the other order lets a title add a mail header (fact 1)."""
    text = without_controls(text)
    for _ in range(4):
        if "=?" not in text or not _ENCODED_WORD.search(text):
            break
        text = without_controls(_ENCODED_WORD.sub(_decoded_word, text))
    return _LOOKS_ENCODED.sub("= ?", text)


def _without_comments(markup: str) -> str:
    kept = []
    while (start := markup.find("<!--")) >= 0 and (end := markup.find("-->", start)) >= 0:
        kept.append(markup[:start])
        markup = markup[end + 3 :]
    return " ".join((*kept, markup))


def _tag_or_text(found: re.Match[str]) -> str:
    """Keep a tag for the sanitiser; what only looks like one (`n<m we show`, `p < 0.05`) is text.

    Tags are renamed, since the sanitiser drops the words inside `math`, `svg`, `text` and their like.
    """
    body, closed = found.groups()
    name = _TAG.match(body)
    rest = body[name.end() :].strip() if name else ""
    if closed and body.startswith(("!", "?")):
        return found[0]
    if name is None or not closed or not (rest in ("", "/") or "=" in rest):
        return "&lt;" + body + ("&gt;" if closed else "")
    slash, tag = ("/", name[0][1:]) if name[0].startswith("/") else ("", name[0])
    if tag.lower() in _DROPPED_WITH_CONTENT:
        return found[0]
    return f"{' ' if tag.lower() in _BLOCKS else ''}<{slash}span {body[name.end() :].lstrip('/')}>"


def _stripped(markup: str) -> str:
    marked = _MARKUP.sub(_tag_or_text, _without_comments(markup))
    return html.unescape(nh3.clean(marked, tags=set()))


def _simple_tag(found: re.Match[str]) -> str:
    name = found[1].lower()
    return found[0] if name in _DROPPED_WITH_CONTENT else " " if name in _BLOCKS else ""


def _is_plain(text: str) -> bool:
    """Whether these are printable ASCII letters alone, without a look at each of them in Python or by a pattern."""
    return text.isascii() and text.isprintable() and "<" not in text and "&" not in text


def _ordinary(markup: str, limit: int) -> str | None:
    """Plain text of ordinary letters in simple markup, much faster than `_plain`, with which it agrees; or None."""
    text = html.unescape(markup) if "&" in markup else markup
    if "<" in text:
        text = _SIMPLE_TAG.sub(_simple_tag, text)
    if len(markup) > TEXT_LIMIT or "=?" in text or not (_is_plain(text) or _ORDINARY.fullmatch(text)):
        return None
    text = " ".join(text.split())
    return shortened(text, limit) if len(text) > limit else text


def plain(markup: str, limit: int = TEXT_LIMIT) -> str:
    """Plain text of HTML or text, at most `limit` characters, spaces collapsed, NFC.

    Unescaped, stripped, unescaped again, since titles come escaped twice (SOURCES L5). Cut before nh3, which is
    quadratic in nested tags. A `<` that an HTML parser could still read as a tag gets a space behind it.
    """
    text = _ordinary(markup[: TEXT_LIMIT + 1], limit)
    return _plain(markup, limit) if text is None else text


def _plain(markup: str, limit: int) -> str:
    """`plain` of whatever comes."""
    text = without_controls(markup[:TEXT_LIMIT])
    if "<" in text or "&" in text:
        text = _stripped(html.unescape(text))
        text = _stripped(text) if _LOOKS_LIKE_TAG.search(text) else text
    text = unicodedata.normalize("NFC", without_encoded_words(text))
    text = _SPACE.sub(" ", _LOOKS_LIKE_TAG.sub("< ", text)).strip()
    return shortened(text, limit) if len(text) > limit or len(markup) > TEXT_LIMIT else text


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, the last of them an ellipsis: the mark that something was cut."""
    return text[: limit - 1].rstrip() + "…"


def line(markup: str, limit: int = TITLE_LIMIT) -> str:
    """A title or name: plain text without characters that turn the reading direction."""
    text = _ordinary(markup[: TEXT_LIMIT + 1], limit)
    if text is not None:
        return text
    # Once more, since a direction mark inside `=?` hides an encoded word.
    return without_encoded_words(_BIDI.sub("", _plain(markup, limit)))
