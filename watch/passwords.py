"""Passwords: argon2id with argon2-cffi's defaults (RFC 9106, low memory), made ones of 100 bits."""

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_hasher = PasswordHasher()
_at_once = threading.BoundedSemaphore(2)  # each takes 64 MB: a flood of log-ins must not take the machine


def make_password() -> str:
    """Four groups of five characters that nobody misreads, 99 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


def hash_password(password: str, login: str = "") -> str:
    """Raises ValueError for one that is too short, too long, or the log-in name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"a password needs {SHORTEST} to {LONGEST} characters")
    if login and password.casefold() == login.casefold():
        raise ValueError("a password must not be the log-in name")
    with _at_once:
        return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether it is this one. None (nobody has that name) takes as long, so that names cannot be found by time."""
    with _at_once:
        try:
            return _hasher.verify(password_hash or _nobody(), password[: LONGEST + 1]) and password_hash is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
