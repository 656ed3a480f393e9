"""What DNS says of our mail: SPF, DKIM and DMARC records (RFC 7208, 6376, 7489); the resolver is passed in."""

import re
from collections.abc import Callable, Sequence

import dns.exception
import dns.resolver

Lookup = Callable[[str], Sequence[str]]
"""Name -> its TXT records, empty where there is none."""
_SECONDS = 5.0


def look_up(name: str) -> list[str]:
    """The TXT records of a name from the system's resolver. Raises OSError where no resolver answers."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=_SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as trouble:
        raise OSError(f"DNS does not answer for {name}: {type(trouble).__name__}") from None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def spf(domain: str, lookup: Lookup) -> tuple[bool, str]:
    """Whether the sender's domain names who may send for it, and does not let everybody."""
    found = [text for text in lookup(domain) if text.lower().split(" ")[0] == "v=spf1"]
    if len(found) != 1:
        return False, f"{len(found)} SPF records at {domain}; publish one, such as v=spf1 ip4:192.0.2.1 -all"
    if re.search(r"(^|\s)\+?all(\s|$)", found[0], re.I):
        return False, f"{domain} lets everybody send (+all); end its record with -all"
    return True, found[0]


def dkim(domain: str, selector: str, lookup: Lookup) -> tuple[bool, str]:
    """Whether the public half of the key is published."""
    name = f"{selector}._domainkey.{domain}"
    found = [_tags(text) for text in lookup(name)]
    keys = [tags for tags in found if "p" in tags and tags.get("v", "DKIM1") == "DKIM1"]
    if len(keys) != 1:
        return False, f"{len(keys)} DKIM records at {name}; publish one: v=DKIM1; k=rsa; p=…"
    if not keys[0]["p"]:
        return False, f"the key at {name} is revoked (p= is empty)"
    return True, f"{name} has a key"


def dmarc(domain: str, lookup: Lookup) -> tuple[bool, str]:
    """Whether receivers are told what to do with what fails. A parent domain's record counts (RFC 7489 6.6.3)."""
    labels = domain.split(".")
    for parent in [".".join(labels[start:]) for start in range(max(len(labels) - 1, 1))]:
        found = [tags for tags in map(_tags, lookup(f"_dmarc.{parent}")) if tags.get("v") == "DMARC1"]
        if len(found) > 1:
            return False, f"{len(found)} DMARC records at _dmarc.{parent}; receivers then obey none"
        if found:
            policy = found[0].get("p", "")
            is_known = policy in ("none", "quarantine", "reject")
            return is_known, f"_dmarc.{parent} says p={policy or 'nothing'}"
    return False, f"no DMARC record at _dmarc.{domain}; publish v=DMARC1; p=none; rua=mailto:…"


def _tags(record: str) -> dict[str, str]:
    """`v=DKIM1; k=rsa; p=…` as a dictionary."""
    pairs = (part.partition("=") for part in record.split(";") if "=" in part)
    return {name.strip().lower(): "".join(text.split()) for name, _, text in pairs}
