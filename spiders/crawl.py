"""Crawl one source and leave a haul; the only place that starts Scrapy.

One mechanism for production, replays and tests: Scrapy without a Twisted reactor, on an asyncio loop of its own that
ends with the crawl (`TWISTED_REACTOR_ENABLED=False`). A reactor can be started once in a process; this can be started
again and again, in any thread without a running loop, and the socket hook of aiohttp gives the address guard a place
right before connect(2). Production puts the same function into a process of its own (`crawl_in_child`), which can be
limited and killed.

Importing this loads neither Scrapy nor aiohttp: that takes more than a second, and most commands never crawl.
"""

import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

from spiders.feeds import read_entries
from spiders.findings import COUNTS, Findings
from spiders.haul import HaulFolder, ItemsFile, StoreLost
from spiders.nursery import NURSERY, Child, sent
from spiders.page import Plan
from spiders.resume import Progress
from spiders.settings import CrawlJob, CrawlSettings
from spiders.shown import shown
from spiders.source import Source
from terms.errors import RunBusy, SettingMissing, VardeError
from terms.haul import Haul
from terms.incident import Incident

_log = logging.getLogger(__name__)

TROUBLE, BUSY = 3, 75
"""What a child exits with for VardeError, and for RunBusy (EX_TEMPFAIL)."""


def crawl(
    source: Source,
    plan: Plan,
    *,
    into: Path,
    captures: Path,
    run_key: str,
    settings: CrawlSettings,
    replay: Path | None = None,
    mirror: str | None = None,
    record: Path | None = None,
) -> Haul:
    """Crawl one source into `into/<source>/<run_key>/` and return the haul; one that is there is returned as it is.

    replay: file or folder of recorded answers, nothing is dialled. mirror: base address that stands in for scheme and
    host. record: folder into which the answers are written too, as a replay. Trouble with the publisher is in the haul:
    `partial` or `failed`, and its incidents. Raises SettingMissing without a contact, RunBusy while another process
    crawls the source, VardeError (StoreLost) when the disk is lost, NotFound without the replay.
    """
    if replay is None and not settings.contact:
        raise SettingMissing(
            "VARDE_CONTACT is missing: publishers must be able to reach you; set a mail address or web page"
        )
    job = CrawlJob(
        source=source.name,
        plan=plan,
        into=into,
        captures=captures,
        run_key=run_key,
        settings=settings,
        replay=replay,
        mirror=mirror,
        record=record,
    )
    folder = HaulFolder(into, source.name, run_key)
    with folder.claimed():
        return folder.finished() or _crawl_anew(source, job, folder)


def _crawl_anew(source: Source, job: CrawlJob, folder: HaulFolder) -> Haul:
    """Crawl into an empty folder; whatever stops it leaves no haul."""
    from spiders.spider import run  # noqa: PLC0415  Scrapy takes a second to import

    try:
        folder.empty()
        progress = Progress(source, job)
        findings = Findings(source, progress.mark)
        with ItemsFile(folder.path) as items:
            visits = run(source, job, findings, items, progress)
            if findings.lost:
                raise findings.lost
            items.finish()
        haul = folder.finish(findings.conclude(job, items))
    except BaseException:
        folder.remove()
        raise
    if job.replay is None and job.mirror is None and job.record is None:
        with suppress(StoreLost):  # the haul is safe; validators that are lost only cost a fetch
            visits.save(haul.state == "complete")
            progress.save(None if haul.state == "complete" else findings.mark(progress, len(items)))
    _log.info("Crawled a source", extra={"source": haul.source, "state": haul.state, "counts": haul.counts})
    return haul


def crawl_in_child(
    source_name: str,
    plan: Plan,
    *,
    into: Path,
    captures: Path,
    run_key: str,
    settings: CrawlSettings,
    timeout_s: float,
    feeds: Path | None = None,
    replay: Path | None = None,
    mirror: str | None = None,
    record: Path | None = None,
) -> Haul:
    """`crawl` in a process of its own, found by name among the files and the feeds of a list.

    The child is forked by the nursery. It stops by itself after nine tenths of timeout_s and keeps what it has; at
    timeout_s it is killed with all it started, and it dies with us. A child that dies leaves a failed haul with an
    incident. Raises as `crawl` does, RunBusy and VardeError by message.
    """
    limit_s = min(settings.crawl_timeout_s, timeout_s * 0.9)
    job = CrawlJob(
        source=source_name,
        plan=plan,
        into=into.resolve(),
        captures=captures.resolve(),
        run_key=run_key,
        settings=settings.model_copy(update={"crawl_timeout_s": limit_s}),
        replay=replay and replay.resolve(),
        mirror=mirror,
        feed=next((entry for entry in read_entries(feeds) if entry.name == source_name), None) if feeds else None,
        leash=True,
        record=record and record.resolve(),
    )
    folder = HaulFolder(job.into, source_name, run_key)
    if (haul := folder.finished()) is not None:
        return haul
    with tempfile.TemporaryFile() as said:
        code = _run_child(job, said, timeout_s)
        last_words = _last_line(said)
    if code in {TROUBLE, BUSY}:
        raise (RunBusy if code == BUSY else VardeError)(last_words)
    return folder.finished() or _failed(folder, job, code, last_words)


def _run_child(job: CrawlJob, said: IO[bytes], timeout_s: float) -> int | None:
    """Run one child to its end; its exit code, negative for a signal, None where it had to be killed."""
    asked, leash = os.pipe()
    try:
        with NURSERY as nursery, Path(os.devnull).open("wb") as nowhere:
            try:
                child = nursery.child("crawl", asked, nowhere.fileno(), said.fileno())
            finally:
                os.close(asked)
            sent(leash, job.model_dump_json().encode() + b"\n")  # kept open: its end is the leash
            return _ended(child, timeout_s)
    finally:
        os.close(leash)


def _ended(child: Child, timeout_s: float) -> int | None:
    """The exit code of a child, None where it had to be killed; it is gone in either case."""
    try:
        return child.wait(timeout_s)
    except TimeoutError:
        return None
    finally:
        child.kill()
        child.wait()


def _last_line(said: IO[bytes]) -> str:
    """The last line of what a child wrote."""
    said.seek(max(0, said.seek(0, os.SEEK_END) - 4096))
    return shown((said.read().decode("utf-8", "replace").strip().splitlines() or [""])[-1])


def _failed(folder: HaulFolder, job: CrawlJob, code: int | None, last_words: str) -> Haul:
    """The haul of a child that left none."""
    ended = "killed at its time limit" if code is None else f"exit code {code}"
    facts = {"ended": ended, "last_words": last_words}
    haul = Haul(
        source=job.source,
        run_key=job.run_key,
        state="failed",
        started_at=job.plan.now,
        finished_at=job.plan.now,
        counts=dict.fromkeys(COUNTS, 0),
        incidents=(Incident(where=f"source:{job.source}", level="error", message="The crawl died", facts=facts),),
        cursor=job.plan.since,
    )
    with folder.claimed():
        folder.empty()
        with ItemsFile(folder.path) as nothing:
            nothing.finish()
        return folder.finish(haul)
