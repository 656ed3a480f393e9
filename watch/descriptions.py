"""What is to be proposed for: a need by its key, or a plain description in a text file."""

import re
from pathlib import Path

from nlp.languages import guess
from terms.company import Need
from terms.errors import NotFound, VardeError
from watch.companies import find_company
from watch.house import House

_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}/[a-z0-9][a-z0-9-]{0,62}")
_LARGEST = 100_000  # bytes of a description
_LONGEST_TITLE, _LONGEST = 200, 20_000  # characters, as terms.company has them


def need_of(house: House, target: str, language: str | None = None) -> tuple[str, Need]:
    """Company key and need of `company/need`, or a need made of a text file: its first line and the rest.

    language: of the file; guessed if not given. Raises NotFound or VardeError naming what there is.
    """
    path = Path(target)
    if _KEY.fullmatch(target) and not path.is_file():
        company_key, _, need_id = target.partition("/")
        company = find_company(house, company_key)
        for need in company.needs:
            if need.id == need_id:
                return company_key, need
        raise NotFound(
            f"{company_key} has no need {need_id!r}; it has {', '.join(n.id for n in company.needs) or 'none'}"
        )
    return "description", described(_text_of(path), language, str(path))


def described(text: str, language: str | None, name: str) -> Need:
    """A need made of a plain text: its first line is the title, all of it the description. Raises VardeError."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise VardeError(f"{name}: holds no text; write what is to be solved in plain words")
    spoken = language or guess(text)
    whole = " ".join(lines[1:]) or lines[0]
    return Need(id="description", title=lines[0][:_LONGEST_TITLE], description=whole[:_LONGEST], language=spoken)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            octets = file.read(_LARGEST + 1)
    except OSError as error:
        why = error.strerror or error
        raise VardeError(f"{path}: {why}; give COMPANY/NEED or a text file with a plain description") from None
    if len(octets) > _LARGEST:
        raise VardeError(f"{path}: is larger than {_LARGEST:,} bytes; a description is not")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise VardeError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from None
