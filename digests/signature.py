"""DKIM over a built mail: From, To, Subject, Date, Message-ID and both list headers (RFC 6376, RFC 8058 4; P51)."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import dkim  # type: ignore[import-untyped]  # the package carries no types

from digests.settings import MailSettings
from terms.errors import SettingMissing

SIGNED = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post")
_ALSO = ("Reply-To", "List-Id", "MIME-Version", "Content-Type")


def signed(mail: bytes, settings: MailSettings) -> bytes:
    """The mail with a DKIM-Signature in front, relaxed/relaxed; as it is where no key is set.

    Raises SettingMissing where the key cannot be read or used; the key itself is in no message.
    """
    if settings.dkim_key_file is None:
        return mail
    key = _key(settings.dkim_key_file, settings.dkim_key_file.stat().st_mtime_ns if _is_there(settings) else 0)
    try:
        line = dkim.sign(
            mail,
            settings.dkim_selector.encode("ascii"),
            settings.signing_domain.encode("ascii"),
            key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=_present(mail),
        )
    except (dkim.DKIMException, ValueError) as trouble:
        raise SettingMissing(
            f"VARDE_SMTP_DKIM_KEY_FILE: {settings.dkim_key_file} is no RSA key in PEM ({type(trouble).__name__})"
        ) from None
    return bytes(line) + mail


def verified(mail: bytes, lookup: Callable[[str], bytes]) -> bool:
    """Whether the first DKIM signature holds. lookup: the TXT record of a name, empty where there is none."""

    def answer(name: bytes, timeout: int = 5) -> bytes:
        return lookup(name.decode("ascii", "replace"))

    try:
        return bool(dkim.verify(mail, dnsfunc=answer))
    except (dkim.DKIMException, ValueError):
        return False


def _present(mail: bytes) -> list[bytes]:
    """Lower-case names to sign; From twice, so that a second one breaks the signature (RFC 6376 8.15)."""
    head = mail.partition(b"\r\n\r\n")[0].lower()
    names = [name.lower().encode("ascii") for name in (*SIGNED, *_ALSO)]
    return [b"from", *(name for name in names if b"\r\n" + name + b":" in b"\r\n" + head)]


def _is_there(settings: MailSettings) -> bool:
    return settings.dkim_key_file is not None and settings.dkim_key_file.is_file()


@lru_cache(maxsize=4)
def _key(path: Path, changed: int) -> bytes:
    """The key's bytes, read once as long as the file does not change."""
    try:
        return path.read_bytes()
    except OSError as trouble:
        raise SettingMissing(f"VARDE_SMTP_DKIM_KEY_FILE names {path}, unreadable: {type(trouble).__name__}") from None
