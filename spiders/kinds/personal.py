"""What may not be kept of a person who only stands as a contact (SOURCES, collector rule 7)."""

import re

_MAIL = re.compile(r"(?:mailto:)?[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_SPACE = re.compile(r"\s{2,}")


def without_mail(text: str) -> str:
    """Text of any length without e-mail addresses."""
    return _SPACE.sub(" ", _MAIL.sub("", text)).strip() if "@" in text else text
