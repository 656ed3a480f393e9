"""Which addresses may become a link (RELIABILITY A-11, F-02)."""

import re
from urllib.parse import urlsplit

_FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f-\xa0\\<>\"'`{}|^]")
_HOST = re.compile(r"[^\W_](?:[\w.-]{0,251}[^\W_])?\.?|\[[0-9a-fA-F:.]+\]")
LONGEST = 2000


def safe_link(url: str) -> str | None:
    """The address if it is absolute http or https with a host and nothing that parsers disagree about, else None."""
    if len(url) > LONGEST or _FORBIDDEN.search(url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and url[: len(parts.scheme) + 3].lower() == f"{parts.scheme}://"
    return url if is_web and _HOST.fullmatch(host) else None
