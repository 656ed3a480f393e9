"""One company at a time: what breaks for one is quarantined, told, and holds none of the others (E-13)."""

import logging
from collections.abc import Callable
from typing import TypeVar

from ledger import incidents
from terms.company import Company
from terms.errors import LedgerBusy, WarehouseBusy
from terms.incident import Incident
from watch.house import House

_log = logging.getLogger(__name__)
Made = TypeVar("Made")


def apart(house: House, company: Company, work: Callable[[House, Company], Made]) -> Made | None:
    """What `work` makes for one company; None where it fails, and an incident says why. Busy stores are raised."""
    try:
        return work(house, company)
    except (LedgerBusy, WarehouseBusy, OSError):
        raise
    except Exception as trouble:  # noqa: BLE001 - the per-company boundary of tests/test_house.py
        _log.info("a digest is quarantined", exc_info=True)
        _note(house, company, f"{type(trouble).__name__}: {(str(trouble).splitlines() or [''])[0][:300]}")
        return None


def _note(house: House, company: Company, why: str) -> None:
    now = house.clock()
    incident = Incident(
        where=f"digest:{company.id}",
        level="error",
        message="a digest could not be made; the company gets none until this is mended",
        facts={"company": company.id, "broker": company.engagement.broker, "why": why},
    )
    with house.ledger.write() as connection:
        incidents.note_incidents(connection, [incident], at=now, run=f"draft {now:%Y-%m-%dT%H:%M:%SZ}")
