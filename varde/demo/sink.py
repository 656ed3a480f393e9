"""A mail server for the demo: real SMTP on this machine, each mail kept as a file, a log as Postfix writes it."""

from asyncio import AbstractServer, Server
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Keeper:
    """Keeps each mail before it says 250."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "mail.log"
        self._count = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """One mail, kept and logged, then accepted."""
        self._count += 1
        queue_id = f"{self._count:010X}"
        octets = envelope.original_content or b""
        (self._folder / f"{queue_id}.eml").write_bytes(octets)
        message_id = message_from_bytes(octets)["Message-ID"]
        stamp = datetime.now(UTC).strftime("%b %e %H:%M:%S")
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{stamp} demo postfix/cleanup[1]: {queue_id}: message-id={message_id}\n")
            log.write(
                f"{stamp} demo postfix/qmgr[1]: {queue_id}: from=<{envelope.mail_from}>, nrcpt=1 (queue active)\n"
            )
        return f"250 2.0.0 Ok: queued as {queue_id}"


@contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    """A server on a free port of the loopback address; yields the port."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mail.log").touch()
    controller = Controller(_Keeper(folder), hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield _port_of(controller.server)
    finally:
        controller.stop()


def _port_of(server: AbstractServer | None) -> int:
    if not isinstance(server, Server):
        raise RuntimeError("the demo's mail server did not start")
    return int(server.sockets[0].getsockname()[1])
