"""A mail server for trying out: real SMTP on this machine, each mail kept as a file, a log as Postfix writes it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email import message_from_bytes
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Keeper:
    """Keeps each mail before it says 250."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "mail.log"
        self._count = len(list(folder.glob("*.eml")))
        self._note("postfix-script", "starting the demo's mail system")

    def _note(self, daemon: str, message: str) -> None:
        stamp = datetime.now().astimezone().isoformat()
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{stamp} demo postfix/{daemon}[1]: {message}\n")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        """One mail, kept and logged, then accepted."""
        self._count += 1
        queue_id = f"{self._count:010X}"
        octets = envelope.original_content or b""
        (self._folder / f"{queue_id}.eml").write_bytes(octets)
        message_id = message_from_bytes(octets)["Message-ID"]
        self._note("cleanup", f"{queue_id}: message-id={message_id}")
        self._note("qmgr", f"{queue_id}: from=<{envelope.mail_from}>, size={len(octets)}, nrcpt=1 (queue active)")
        return f"250 2.0.0 Ok: queued as {queue_id}"


@contextmanager
def mail_server(folder: Path, port: int | None = None) -> Iterator[int]:
    """A server on the loopback address, on a free port unless one is given; yields the port. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    port = port or _free_port()
    controller = Controller(_Keeper(folder), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def _free_port() -> int:
    # aiosmtpd's controller calls on the port it was given, so 0 will not do
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
