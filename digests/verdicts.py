"""What a refusal means for an address: gone for good, in trouble for now, or no matter of the address (RFC 3463)."""

import re
from typing import Literal

Verdict = Literal["hard", "soft", "other"]

# Words of receivers that say the mailbox or its domain does not exist, whatever code stands beside them.
_GONE = re.compile(
    r"user ?(?:is )?(?:unknown|not found|doesn'?t exist|does not exist)|unknown (?:user|recipient|address|mailbox)"
    r"|no such (?:user|recipient|mailbox|address|person|domain|account|local user)"
    r"|no (?:mailbox|user|account) (?:here|by that name)"
    r"|recipient (?:address )?(?:rejected: )?(?:user )?(?:unknown|not found|does not exist|invalid)"
    r"|(?:address|account|mailbox|recipient|user|domain)[^.\n]{0,60}"
    r"(?:does not exist|doesn'?t exist|not found|is unknown|is invalid)"
    r"|invalid (?:recipient|mailbox|user|address)|bad destination (?:mailbox|email)"
    r"|not a (?:valid|known) (?:user|mailbox|recipient)"
    r"|(?:host|domain) (?:name )?(?:unknown|not found|does not exist)|unrouteable address|name or service not known"
    r"|has moved|no longer (?:exists|valid|available|at this|accepts)|unknown local[- ]part|mailbox unavailable"
    r"|not listed in|nullmx|does not accept (?:mail|email)",
    re.I,
)
_HARD_STATUS = re.compile(r"5\.1\.[01236]|5\.1\.10|5\.1\.4|5\.2\.1$")
_NOT_THE_ADDRESS = re.compile(r"[45]\.[67]\.\d+|5\.3\.[045]|[45]\.4\.\d+|5\.2\.[234]|5\.5\.\d+")


def verdict(status: str, code: str, words: str) -> Verdict:
    """From an enhanced status (`5.1.1`, RFC 3463), an SMTP code (`550`) and what was said; each may be empty.

    hard: this address takes no mail, ever. soft: not now, or not this mail. other: no refusal.
    """
    if _HARD_STATUS.match(status):
        return "hard"
    if status.startswith("4") or code.startswith("4"):
        return "soft"
    if _GONE.search(words) and not _NOT_THE_ADDRESS.match(status):
        return "hard"
    return "soft" if status or code or words else "other"
