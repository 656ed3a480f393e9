"""The same ledger with its connections kept open, for a process that stays: opening one costs more than most reads."""

from sqlalchemy import QueuePool, create_engine, event

from ledger.store import Ledger, _begin_sqlite, _prepare_sqlite

_KEPT, _MORE = 10, 30  # connections; the desk answers at most 40 requests at once


class SharedLedger(Ledger):
    """Use it in one process only, and not across a fork."""

    def __init__(self, ledger: Ledger) -> None:
        self.__dict__ |= ledger.__dict__
        self._engine = create_engine(
            ledger._engine.url,
            poolclass=QueuePool,
            pool_size=_KEPT,
            max_overflow=_MORE,
            pool_pre_ping=not self._is_sqlite,
        )
        if self._is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
