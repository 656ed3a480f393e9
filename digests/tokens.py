"""Signed tokens in the links of a mail: what one link may do, for whom, since when (P54, RELIABILITY E-23).

Format: itsdangerous' URL-safe JSON with HMAC-SHA256, a key of its own for each purpose. No clock is read here, so the
same scope and key give the same token.
"""

import hashlib
import hmac
from datetime import date

from itsdangerous import BadData, URLSafeSerializer
from pydantic import ValidationError

from terms.answer import Purpose, Scope
from terms.errors import NotFound

_EPOCH = date(2020, 1, 1).toordinal()
_LONGEST = 600
_LIVES = {"answer": 200, "stop": 3660, "settings": 800, "calendar": 36600, "feed": 36600}  # days
_GONE = "this link is wrong, too old, or was revoked"


def sign(scope: Scope, key: bytes) -> str:
    """The token of a scope: ASCII letters, digits, `-`, `_` and `.` only."""
    day = scope.issued_on.toordinal() - _EPOCH
    digest = scope.digest_key.removeprefix(f"{scope.company_key}/")
    claims = [scope.company_key, scope.reader_key, digest, scope.ref, scope.generation, day]
    return str(_signer(scope.purpose, key).dumps(claims))


def read(token: str, purpose: Purpose, key: bytes, *, today: date) -> Scope:
    """What a token says, if we signed it for this purpose and it is not too old. Raises NotFound otherwise.

    Whether it was revoked is in the ledger: the caller compares `generation`.
    """
    if len(token) > _LONGEST:
        raise NotFound(_GONE)
    try:
        company, reader, digest, ref, generation, day = _signer(purpose, key).loads(token)
        scope = Scope(
            purpose=purpose,
            company_key=company,
            reader_key=reader,
            digest_key=digest and f"{company}/{digest}",
            ref=ref,
            generation=generation,
            issued_on=date.fromordinal(day + _EPOCH),
        )
    except (BadData, ValidationError, ValueError, TypeError, OverflowError):
        raise NotFound(_GONE) from None
    if not -1 <= (today - scope.issued_on).days <= _LIVES[purpose]:
        raise NotFound(_GONE)
    return scope


def mark(text: str, key: bytes) -> str:
    """Sixteen hexadecimal digits that only the holder of the key can make, for what must be short."""
    return hmac.new(key, b"varde.mark\0" + text.encode("utf-8"), hashlib.sha256).hexdigest()[:16]


def is_marked(text: str, given: str, key: bytes) -> bool:
    """Whether `given` is the mark of `text`, compared in constant time."""
    return hmac.compare_digest(mark(text, key).encode(), given.encode("utf-8", "replace"))


def _signer(purpose: Purpose, key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(
        key, salt=f"varde.{purpose}", signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )
