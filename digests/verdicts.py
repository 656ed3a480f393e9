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
    r"|not listed in|nullmx|no mx record|no smtp service|wasn.{1,3}t found"
    r"|invalid domain|couldn't find (?:a mail exchanger|any host)|domain may not exist"
    r"|doesn't have an? \S+ account|does not accept (?:mail|email)|account (?:has been |is )?closed"
    r"|tried to reach is disabled|recipient address rejected: access denied",
    re.I,
)
# Words that speak of the mail, its sender or the host's state; they win over what else is said of the mailbox.
_NOT_THE_MAILBOX = re.compile(
    r"over ?quota|quota exceed|mailbox (?:is )?full|disk (?:quota|full|space)|insufficient (?:disk|storage|system)"
    r"|spam|virus"
    r"|black ?list|blocked|blocklist|dnsbl|reputation|policy|dmarc|\bspf\b|\bdkim\b|reverse dns|\bptr\b|rdns"
    r"|relay(?:ing)? (?:access )?denied"
    r"|sender (?:address|domain|verify|rejected)|domain of sender|after (?:end of data|mail from|data)|from: domain"
    r"|my name was rejected|message (?:size|too large|content)"
    r"|too (?:large|many|big)"
    r"|timed? ?out|try again later|temporar|rate limit|disabled|suspended|inactive|couldn't create|lock failure"
    r"|connection (?:lost|refused)"
    r"|unauthenticated|authentication|not compliant|headers? too|misdirected",
    re.I,
)
_FULL = re.compile(
    r"mailbox (?:is )?(?:full|over)|over ?quota|quota (?:is )?exceed|exceeded (?:its |the |storage )?quota", re.I
)
_HARD_STATUS = re.compile(r"5\.1\.(?:1|2|3|6|10)$|5\.2\.1$")


def verdict(status: str, code: str, words: str) -> Verdict:
    """From an enhanced status (`5.1.1`, RFC 3463), an SMTP code (`550`) and what was said; each may be empty.

    hard: this address takes no mail, ever. soft: not now, or not this mail. other: no refusal. Words go before codes,
    since many servers say `550 5.7.1 User unknown`, and 450 4.1.1 for a user who will never be.
    """
    if _FULL.search(words):
        return "soft"
    gone, otherwise = _GONE.search(words), _NOT_THE_MAILBOX.search(words)
    is_for_now = status.startswith("4") or code.startswith("4")
    if gone and (otherwise is None or gone.start() < otherwise.start()):
        return "soft" if is_for_now and not status.startswith("4.1.1") else "hard"
    if is_for_now:
        return "soft"
    if _HARD_STATUS.match(status) and otherwise is None:
        return "hard"
    return "soft" if status or code or words else "other"
