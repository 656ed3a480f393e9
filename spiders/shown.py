"""What may be shown of text from outside: one line, without keys, not endless."""

import re

_SECRET = re.compile(
    r"(?i)([?&][^=&#\s]*(?:key|token|secret|password|passwd|signature|auth)[^=&#\s]*=)[^&#\s\"'<>]*|(://)[^/@\s]+@"
)


def one_line(text: str, limit: int = 300) -> str:
    """Text from outside, fit for a log line."""
    return "".join(sign if sign.isprintable() else " " for sign in text[:limit])


def without_keys(text: str) -> str:
    """Text without the values of parameters that are keys, and without the user names, of addresses in it."""
    return _SECRET.sub(lambda found: f"{found[1] or found[2]}…" + ("@" if found[2] else ""), text)


def shown(url: str) -> str:
    """An address fit for incidents and logs: without keys, one line, not endless."""
    return one_line(without_keys(url))
