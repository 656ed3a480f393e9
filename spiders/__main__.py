"""`python -m spiders`: one crawl in a process of its own; a CrawlJob as one line of JSON comes on standard input."""

import logging
import os
import resource
import sys
import threading

from spiders.catalogue import all_sources
from spiders.crawl import BUSY, TROUBLE, crawl
from spiders.feeds import read_feeds
from spiders.settings import CrawlJob
from terms.errors import NotFound, RunBusy, VardeError


def main() -> int:
    """Crawl and exit; the last line on standard error says why there is no haul."""
    job = CrawlJob.model_validate_json(sys.stdin.readline())
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    if job.leash:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    memory = job.settings.crawl_memory_mb * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        _crawl(job)
    except VardeError as trouble:
        sys.stderr.write("\n" + " ".join(str(trouble).split()) + "\n")
        return BUSY if isinstance(trouble, RunBusy) else TROUBLE
    return 0


def _crawl(job: CrawlJob) -> None:
    """Find the source by its name and crawl it. Raises VardeError."""
    sources = all_sources(read_feeds(job.feeds) if job.feeds else ())
    if job.source not in sources:
        raise NotFound(f"There is no source {job.source!r}; there are {', '.join(sorted(sources)) or 'none'}")
    crawl(
        sources[job.source],
        job.plan,
        into=job.into,
        captures=job.captures,
        run_key=job.run_key,
        settings=job.settings,
        replay=job.replay,
        mirror=job.mirror,
        record=job.record,
    )


def _end_with_parent() -> None:
    """Wait for the end of standard input, which comes with the end of the process that started us."""
    while os.read(0, 1024):
        pass
    os._exit(TROUBLE)


if __name__ == "__main__":
    sys.exit(main())
