"""The process in which feedparser runs, forked by the nursery and fed by `spiders.kinds.entries`.

feedparser raises on 1.5 % of mutated feeds, hangs on small hostile ones and opens files where a body looks like a path
(RELIABILITY facts 2 to 5). So it runs here: little memory, little time, no new file or socket, plain strings out.

A frame is four bytes of length, big-endian, and that many bytes. Asked: content type, line feed, body.
Answered: JSON, either `{"error": …}` or `{"version", "title", "language", "malformed", "unknown", "entries"}`.
"""

import codecs
import contextlib
import encodings
import hashlib
import importlib
import importlib.machinery
import io
import json
import logging
import os
import pkgutil
import re
import resource
import signal
import struct
import sys
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, BinaryIO
from xml.sax import SAXParseException

import feedparser

from spiders import quickfeed
from spiders.kinds.address import ADDRESS_LIMIT
from spiders.text import line, plain, shortened

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 2.0

_ADDRESSES = {"id", "link"}
_LINES = {
    "title": "title",
    "published": "published",
    "updated": "updated",
    "created": "created",
    "language": "language",
    "dc_identifier": "identifier",
    "prism_doi": "doi",
    "arxiv_doi": "doi",
    "prism_publicationdate": "dated",
    "prism_publicationname": "venue",
    "prism_publicationtitle": "venue",
    "arxiv_journal_ref": "venue",
    "arxiv_journal_reference": "venue",
    "arxiv_announce_type": "announced",
}
_ELSEWHERE = {"summary", "content", "authors", "tags"}
_IGNORED = re.compile(
    r"(?:prism|media|geo|georss|foaf|flickr|woe|itunes|slash|thr|wfw|feedburner|sy|cc|atom|xhtml|dcterms|os|"
    r"opensearch|citation|trackback|gd|pingback|snm|podcast)_.*|.*_(?:detail|parsed)|guidislink|links|author|publisher|"
    r"contributors|rights|source|comments|enclosures|license|where|href|credit|expired|displaycategories|dc_date\.taken|"
    r"dc_(?:source|format|relation|coverage|type|rights|language|publisher|contributor)|"
    r"arxiv_(?:comment|primary_category|affiliation)|xml_base|base|value|newlocation|errorreportsto|vcard|cloud"
)
# Codecs that no publisher means by `encoding=`; some of them run away or raise outside feedparser's own guard.
_NOT_MEANT = re.compile(r"undefined|punycode|idna|utf[-_]?7|(?:raw[-_])?unicode[-_]escape|unicode[-_]internal")
_BAD_BYTES = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
# feedparser expands such entities as often as they stand there (quadratic blow-up)
_LONG_ENTITY = re.compile(rb"<!ENTITY\s+[^\"'>]{1,200}[\"'][^\"']{65}", re.I)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_MAIL_ADDRESS = re.compile(r"\(?<?[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+>?\)?")
_ALL_BRACKETED = re.compile(r"^\((.*)\)$")
_DECLARED = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']", re.I
)


def main() -> int:
    """Answer frames until the parent closes the pipe."""
    confine()
    asked, answered = sys.stdin.buffer, sys.stdout.buffer
    while frame := read_frame(asked):
        content_type, _, body = frame.partition(b"\n")
        arm(CPU_SECONDS)
        answer = json.dumps(read(body, content_type.decode("latin-1"))).encode()
        arm(0)
        answered.write(struct.pack(">I", len(answer)) + answer)
        answered.flush()
    return 0


def read_frame(pipe: BinaryIO) -> bytes:
    """The next frame, or b"" where the other side has gone."""
    head = pipe.read(4)
    return pipe.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""


def load() -> None:
    """In the nursery: what feedparser loads late."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError):  # some belong to other systems
            importlib.import_module(f"encodings.{module.name}")
    for reader in (read, thorough):
        reader(b'<rss version="2.0"><channel><item><title>x &amp;eacute;</title></item></channel></rss>', "text/xml")


def confine() -> None:
    """Take away memory, files, sockets and core dumps."""
    logging.disable(logging.CRITICAL)
    os.closerange(3, 64)
    allowed = resource.getrlimit(resource.RLIMIT_AS)[1]
    memory = MEMORY_BYTES if allowed == resource.RLIM_INFINITY else min(MEMORY_BYTES, allowed)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    # feedparser asks for drv_libxml2 at every parse; looking for it opens a folder that has changed, and may not
    sys.meta_path[:] = [importlib.machinery.BuiltinImporter, importlib.machinery.FrozenImporter]


def arm(seconds: float) -> None:
    """Kill this process after so much more processor time; 0 calls it off. RLIMIT_CPU stands behind, re-armed alike."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 3
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def read(body: bytes, content_type: str) -> dict[str, object]:
    """What the feed says, or one line on why it cannot be read."""
    if _LONG_ENTITY.search(body):
        return {"error": "xml_bomb: it declares long entities of its own"}
    try:
        return reduced(quickfeed.parse(body, content_type) or thorough(body, content_type))
    except Exception as trouble:  # noqa: BLE001 - the door of this process: whatever the library raises is one answer
        return {"error": f"feedparser raised {type(trouble).__name__}"}


def thorough(body: bytes, content_type: str) -> Mapping[str, Any]:
    """The feed as feedparser reads it, whatever its state."""
    headers = {"content-type": content_type} if is_charset(charset_in(content_type)) else {}
    parsed: Mapping[str, Any] = feedparser.parse(
        io.BytesIO(mended(body, content_type)),
        response_headers=headers,
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    return parsed


def charset_in(content_type: str) -> str:
    """The charset of a content type; '' where it names none."""
    return content_type.lower().partition("charset=")[2].strip("\"' ;")


def is_charset(name: str) -> bool:
    """Whether this is an encoding of text that can be read here."""
    try:
        return not _NOT_MEANT.fullmatch(name) and bool(codecs.lookup(name))
    except (LookupError, OSError, ValueError):
        return False


def mended(body: bytes, content_type: str) -> bytes:
    """UTF-8 with a few bad bytes gets them read as cp1252; feedparser would garble the whole document (B-06).

    UTF-16 with its mark becomes UTF-8.
    """
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and b"\x00\x00" not in body[:4]:
        # feedparser takes the mark alone for too little
        return _DECLARATION.sub("", body.decode("utf-16", "replace")).encode("utf-8", "replace")
    found = _DECLARED.match(body)
    declared = found[1].decode("ascii", "replace").lower() if found else "utf-8"
    if found and not is_charset(declared):
        body, declared = body[: found.start(1)] + b"utf-8" + body[found.end(1) :], "utf-8"
    by_http = charset_in(content_type)
    if {declared, by_http} - {"utf-8", "utf8", ""} or b"\x00" in body[:64]:
        return body
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return _as_utf8(body)
    return body


def _as_utf8(body: bytes) -> bytes:
    text = body.decode("utf-8", "surrogateescape")
    bad = sum(1 for char in text if "\udc80" <= char <= "\udcff")
    good = sum(1 for char in text if char > "\x7f") - bad
    return text.translate(_BAD_BYTES).encode("utf-8") if bad <= good + 3 else body


def reduced(parsed: Mapping[str, Any]) -> dict[str, object]:
    """The fields we use, cleaned; names of fields that are neither used nor ignored."""
    unknown: set[str] = set()
    return {
        "version": str(parsed.get("version", "")),
        "title": line(str(parsed["feed"].get("title") or "")),
        "language": line(str(parsed["feed"].get("language") or ""), 20),
        "malformed": isinstance(parsed.get("bozo_exception"), SAXParseException),
        "entries": [reduced_entry(entry, unknown) for entry in parsed["entries"]],
        "unknown": sorted(unknown)[:20],
    }


def reduced_entry(entry: Mapping[str, Any], unknown: set[str]) -> dict[str, object]:
    """One entry as plain strings: every text cleaned, addresses and ids left for the parent to judge."""
    kept: dict[str, object] = {"text": "", "authors": [], "tags": []}
    for name, value in (entry if type(entry) is dict else dict(entry)).items():
        if name in _ADDRESSES and isinstance(value, str):
            kept[name] = unbroken(value)
        elif name in _LINES and isinstance(value, str):
            kept[_LINES[name]] = line(value)
        elif name in _ELSEWHERE:
            continue
        elif not _is_ignored(name):
            unknown.add(line(name, 80))
    kept["text"] = next((text for markup in texts_of(entry) if (text := plain(markup))), "")
    kept["authors"] = names_of(authors_of(entry), "name")
    kept["tags"] = names_of(entry.get("tags"), "term")
    return kept


@lru_cache(4_096)
def _is_ignored(name: str) -> bool:
    return _IGNORED.fullmatch(name) is not None


def unbroken(value: str) -> str:
    """An id or address as it stands; a huge one as its hash, since half an id would name two things."""
    value = value.strip().encode("utf-8", "replace").decode("utf-8")
    return value if len(value) <= ADDRESS_LIMIT else "sha256:" + hashlib.sha256(value.encode()).hexdigest()


def texts_of(entry: Mapping[str, Any]) -> Iterator[str]:
    """content:encoded and atom:content, then dc:description, description, summary: the first that says something."""
    candidates = [*(part.get("value") for part in (entry.get("content") or [])[:5]), entry.get("summary")]
    return (text for text in candidates if isinstance(text, str))


def authors_of(entry: Mapping[str, Any]) -> object:
    """The authors; a single one as written, since feedparser cuts `@name.example` after four letters."""
    authors, written = entry.get("authors"), entry.get("author")
    is_one = isinstance(authors, list) and len(authors) == 1 and isinstance(written, str) and "@" in written
    return [{"name": written}] if is_one else authors


def names_of(parts: object, key: str) -> list[str]:
    """The names in a list of authors or tags, without e-mail addresses, each once."""
    values = [part.get(key) for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []
    names = (_name(value) for value in values[:500] if isinstance(value, str))
    return list(dict.fromkeys(name for name in names if name))


def _name(value: str) -> str:
    name = line(value, 2_000)
    if "@" in name:
        name = line(_MAIL_ADDRESS.sub("", name), 200)
    elif len(name) > 200:
        name = shortened(name, 200)
    return _ALL_BRACKETED.sub(r"\1", name) if name.startswith("(") else name
