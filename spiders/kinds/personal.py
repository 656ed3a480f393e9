"""What may not be kept of a person who only stands as a contact (SOURCES, collector rule 7)."""

import re

# only what is surely an address: `Fe3O4@SiO2` is a particle
_MAIL = re.compile(r"(?:mailto:)?[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}\b")


def without_mail(text: str) -> str:
    """Text of any length without e-mail addresses, which journals print at the end of abstracts too."""
    return " ".join(_MAIL.sub("", text).split()) if "@" in text else text
