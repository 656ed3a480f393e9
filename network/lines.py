"""An accepted opportunity as one line of a digest."""

import base64
import hashlib
from datetime import datetime

from terms.digest import Accepted, Line
from terms.item import next_deadline
from terms.organisation import PartnerEvidence

BECAUSE, REF_LENGTH = 4, 6
_RFC_4648 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # crockford.com/base32.html: no I, L, O, U to misread
_TO_CROCKFORD = str.maketrans(_RFC_4648, _CROCKFORD)


def ref_of(company_key: str, cluster_key: str) -> str:
    """Six characters that name a cluster in one company's mails, the same in every week; 30 bits of SHA-256."""
    digest = hashlib.sha256(f"{company_key}\n{cluster_key}".encode("utf-8", "replace")).digest()
    return base64.b32encode(digest).decode("ascii").translate(_TO_CROCKFORD)[:REF_LENGTH]


def line_of(accepted: Accepted, now: datetime) -> Line:
    """The line of one accepted opportunity; deadline_at is the first deadline after `now`, if one is known."""
    item = accepted.item
    passages = accepted.reasons.passages
    is_open = accepted.need_title is not None  # what was matched would give a closed need away (P04)
    return Line(
        ref=ref_of(accepted.company_key, accepted.cluster_key),
        cluster_key=accepted.cluster_key,
        item_key=item.item_key,
        need_key=accepted.need_key,
        kind=item.kind,
        title=item.title,
        url=item.url,
        source_title=accepted.source_title,
        published_on=item.published_on,
        deadline_at=next_deadline(item.call, now),
        budget_eur=item.call.budget_eur if item.call else None,
        programme=item.call.programme if item.call else None,
        people=tuple(dict.fromkeys(person.name for person in item.people)),
        organisations=tuple(dict.fromkeys(organisation.name for organisation in item.organisations)),
        because=_because(accepted) if is_open else (),
        passage=passages[0].text if passages and is_open else None,
    )


def _because(accepted: Accepted) -> tuple[str, ...]:
    """What counted most, words first; of the codes only the first, since IPC and CPC say the same class twice."""
    terms = accepted.reasons.terms
    words = [term for term in terms if ":" not in term]
    codes = [term for term in terms if ":" in term][:1]
    return tuple((*words, *codes)[:BECAUSE])


def line_of_evidence(company_key: str, need_key: str, told: PartnerEvidence) -> Line:
    """The line of what speaks for an outside partner; it was matched to nothing, so it gives no reason of its own."""
    return Line(
        ref=ref_of(company_key, told.key),
        cluster_key=told.key,
        item_key=told.key,
        need_key=need_key,
        kind=told.kind,
        title=told.title,
        url=told.url,
        source_title=told.source_title,
        published_on=told.dated_on,
    )
