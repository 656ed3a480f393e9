"""Who works at the desk, and which companies they serve (P34)."""

from typing import Literal

from terms.base import Term
from terms.errors import NotFound

Role = Literal["broker", "mentor", "operator"]
EVERY_COMPANY = "*"


class Person(Term):
    """Somebody who logs in. login: a name or address, lower case. shortcuts: whether single keys act."""

    person_key: str
    login: str
    name: str
    role: Role
    language: str = "en"
    shortcuts: bool = True
    is_active: bool = True


class Scope(Term):
    """The companies that one person serves; every read and write of the desk asks it first (P34)."""

    person: Person
    companies: frozenset[str]

    def require(self, company_key: str) -> str:
        """The key again. Raises NotFound for a company that is served by others: its existence is not told."""
        if company_key not in self.companies:
            raise NotFound("there is nothing here that you have access to")
        return company_key
