"""What the mail kills kill: one process imports everything once, and forks a worker for each round.

python -m tests.forks. Each line on standard input is a round, as JSON: `home`, `maps`, `now`, `environment`, and
`point` and `times` for a worker that dies by its own hand when it comes by a named point for that many times. It says
`pid N`, the stages as they begin, `ended`, and when the worker is gone `gone`.
"""

import json
import os
import signal
import smtplib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from digests import journal
from digests.render import render
from ledger import digests, events, outbox
from nlp.languages import pipeline
from spiders.catalogue import all_sources
from tests.make import NOW
from tests.recordings.digests.world import COMPANY, full_digest
from watch import deliver as delivery
from watch import digest as composing
from watch.house import open_house

When = Literal["before", "after"]
POINTS: dict[str, tuple[ModuleType | type, str, When]] = {
    "compose/composed": (composing, "compose", "after"),
    "compose/saving": (digests, "save_draft", "before"),
    "compose/saved": (digests, "save_draft", "after"),
    "approve/freezing": (composing, "freeze", "before"),
    "approve/frozen": (digests, "set_approved", "before"),
    "approve/approved": (digests, "set_approved", "after"),
    "approve/queueing": (outbox, "enqueue", "before"),
    "approve/queued": (outbox, "enqueue", "after"),
    "approve/committed": (composing, "approve", "after"),
    "settle/begun": (delivery, "_settle", "before"),
    "settle/judged": (delivery, "_judge", "after"),
    "settle/settled": (delivery, "_settle", "after"),
    "send/claiming": (outbox, "claim", "before"),
    "send/claimed": (outbox, "claim", "after"),
    "send/journalling": (journal, "append", "before"),
    "send/journalled": (journal, "append", "after"),
    "send/connecting": (delivery, "hand_over", "before"),
    "send/mail": (smtplib.SMTP, "mail", "after"),
    "send/rcpt": (smtplib.SMTP, "rcpt", "after"),
    "send/data": (smtplib.SMTP, "docmd", "after"),
    "send/body": (smtplib.SMTP, "send", "after"),
    "send/answered": (smtplib.SMTP, "getreply", "after"),
    "send/handed-over": (delivery, "hand_over", "after"),
    "send/marking": (outbox, "mark", "before"),
    "send/marked": (outbox, "mark", "after"),
    "send/closing": (digests, "set_sent", "before"),
    "send/closed": (digests, "set_sent", "after"),
    "send/calendar": (events, "save_event", "after"),
}


def say(word: str) -> None:
    """One line, whole even where another process of ours speaks."""
    os.write(1, f"{word}\n".encode())


def arm(point: str, times: int) -> None:
    """The worker kills itself when it comes by the point for the so-manieth time."""
    holder, name, when = POINTS[point]
    kept: Callable[..., Any] = getattr(holder, name)
    left = iter(range(times, 0, -1))

    def dying(*arguments: Any, **more: Any) -> Any:
        is_last = next(left, 0) == 1
        if is_last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        returned = kept(*arguments, **more)
        if is_last:
            os.kill(os.getpid(), signal.SIGKILL)
        return returned

    setattr(holder, name, dying)


def work(order: dict[str, Any]) -> None:
    """Draft, approve and deliver whatever there is, saying each stage."""
    os.environ.update(order["environment"])
    if order["point"]:
        arm(order["point"], order["times"])
    say("open")
    house = open_house(None, home=Path(order["home"]), maps=Path(order["maps"]), now=order["now"])
    say("compose")
    drafts = composing.draft_all(house)
    say("approve")
    for drafted in drafts:
        if drafted.state == "draft":
            composing.approve(house, drafted.company_key, by="Bo")
    say("send")
    delivery.deliver(house)
    say("ended")


def main() -> None:
    """Fork a worker for each line until the input ends."""
    all_sources()
    pipeline("en")
    render(full_digest("en"), COMPANY, now=NOW)  # modules and templates are loaded once, before the forks
    for line in sys.stdin:
        worker = os.fork()
        if worker == 0:
            say(f"pid {os.getpid()}")
            work(json.loads(line))
            os._exit(0)
        os.waitpid(worker, 0)
        say("gone")


if __name__ == "__main__":
    main()
