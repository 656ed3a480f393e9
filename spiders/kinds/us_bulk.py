"""The weekly files of the USPTO: thousands of documents put end to end, alone or in a zip, read one by one."""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO

from lxml import etree

from spiders.kinds.xml import read_xml, without_element
from terms.errors import SourceChanged

ZIP = b"PK\x03\x04"
_XML, _APS = b"<?xml version", b"PATN"
_HEAD, _PIECE = 4096, 1 << 20
_LARGEST = 64 * 2**20
_LARGEST_FILE = 4 * 2**30
_DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]{0,1000}(?:\[.*?\]\s*)?>", re.S)
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9.]{1,30});")
_XML_OWN = frozenset({b"amp", b"lt", b"gt", b"quot", b"apos"})
# Greek letters as ISO 8879 (grk1) names them, which HTML does not; the rest of the old DTDs' names are HTML's.
_GREEK = dict(
    zip(
        [
            "agr",
            "bgr",
            "ggr",
            "dgr",
            "egr",
            "zgr",
            "eegr",
            "thgr",
            "igr",
            "kgr",
            "lgr",
            "mgr",
            "ngr",
            "xgr",
            "ogr",
            "pgr",
            "rgr",
            "sgr",
            "tgr",
            "ugr",
            "phgr",
            "khgr",
            "psgr",
            "ohgr",
        ],
        "αβγδεζηθικλμνξοπρστυφχψω",
        strict=True,
    )
)
_HEAVY = (b"description", b"subdoc-description", b"SDODE", b"us-references-cited", b"references-cited")


def documents_in(body: bytes) -> Iterator[bytes]:
    """Each document of a weekly file. Raises SourceChanged for a broken zip, and for a document or file too large."""
    if not body.startswith(ZIP):
        yield from _split(io.BytesIO(body))
        return
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as held:
            for name in held.namelist():
                if name.lower().endswith((".xml", ".txt", ".sgm", ".sgml")):
                    with held.open(name) as stream:
                        yield from _split(stream)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as trouble:
        raise SourceChanged(f"the weekly file is a broken zip ({type(trouble).__name__}); fetch it again") from trouble


def _split(stream: IO[bytes]) -> Iterator[bytes]:
    """Documents, each beginning with its XML declaration, or with the record PATN in the text files before 2001."""
    waiting, read, piece = bytearray(), 0, stream.read(_HEAD)
    marker = _XML if _XML in piece else b"\n" + _APS
    while piece:
        looked = max(len(marker), len(waiting) - len(marker))  # what came before holds no marker
        waiting += piece
        read += len(piece)
        while (at := waiting.find(marker, looked)) >= 0:
            yield bytes(waiting[:at])
            del waiting[:at]
            looked = len(marker)
        if len(waiting) > _LARGEST or read > _LARGEST_FILE:
            raise SourceChanged("the weekly file holds a document of more than 64 MB, or more than 4 GB; look at it")
        piece = stream.read(_PIECE)
    if waiting.strip():
        yield bytes(waiting)


def read_document(body: bytes) -> etree._Element | None:
    """The root of one document without its description; None where it is no XML.

    Its DTD is cut off unread: it declares figures as entities, and an attacker could declare worse. Names of
    characters that only the DTD knows become the characters.
    """
    for tag in _HEAVY:
        body = without_element(body, tag)
    root, _ = read_xml(_NAMED.sub(_character, _DOCTYPE.sub(b"", body, count=1)))
    return root


def _character(found: re.Match[bytes]) -> bytes:
    """The character of a name, as a number; nothing for a name that nobody knows."""
    if found[1] in _XML_OWN:
        return found[0]
    name = found[1].decode("ascii")
    known = _GREEK.get(name) or html.unescape(f"&{name};")
    return b"" if known.startswith("&") else "".join(f"&#{ord(sign)};" for sign in known).encode()
