"""One crawl in a process of its own, forked by the nursery; a CrawlJob as one line of JSON comes on standard input."""

import logging
import os
import resource
import sys
import threading

from scrapy.settings import default_settings
from scrapy.utils.misc import load_object

from spiders.catalogue import all_sources
from spiders.crawl import BUSY, TROUBLE, crawl
from spiders.feeds import source_of
from spiders.guard import trusted
from spiders.nursery import NURSERY
from spiders.settings import CrawlJob
from terms.errors import NotFound, RunBusy, VardeError

_DOOR = 3


def main() -> int:
    """Crawl and exit; the last line on standard error says why there is no haul."""
    NURSERY.adopt(_DOOR)
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


def load() -> None:
    """In the nursery: what Scrapy loads by name when a crawl starts."""
    for setting in vars(default_settings).values():
        for name in setting if isinstance(setting, dict) else (setting,):
            if isinstance(name, str) and name.startswith("scrapy."):
                load_object(name)
    trusted()


def _crawl(job: CrawlJob) -> None:
    """Find the source by its name and crawl it. Raises VardeError."""
    sources = {job.feed.name: source_of(job.feed)} if job.feed else all_sources()
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
