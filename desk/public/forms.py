"""The small forms that readers and their mail programs post: bounded, urlencoded or multipart (RFC 8058 3.2)."""

from collections.abc import AsyncGenerator

from fastapi import HTTPException, Request
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

_LARGEST = 16_384  # bytes
_MOST_FIELDS = 20


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form; files are dropped. Raises HTTPException 413 or 400."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST:
            raise HTTPException(413, "This form is too large.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "multipart/form-data":
            parser = MultiPartParser(request.headers, _stream(body), max_files=0, max_fields=_MOST_FIELDS)
            posted = await parser.parse()
        elif kind == "application/x-www-form-urlencoded":
            posted = await FormParser(request.headers, _stream(body)).parse()
        else:
            return {}
    except (MultiPartException, UnicodeDecodeError, KeyError, ValueError):
        raise HTTPException(400, "This form cannot be read.") from None
    return {name: value for name, value in list(posted.multi_items())[:_MOST_FIELDS] if isinstance(value, str)}


async def _stream(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body
    yield b""
