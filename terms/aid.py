"""De minimis aid that a company has received (Regulation (EU) 2023/2831)."""

from datetime import date
from typing import NamedTuple


class Aid(NamedTuple):
    """One grant of de minimis aid. amount_eur: whole euro, negative where it takes an earlier row back."""

    company_key: str
    granted_on: date
    amount_eur: int
    giver: str
