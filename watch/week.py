"""The whole path in one command, without a Prefect server; started again after a kill it takes up where it was."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from terms.haul import Haul
from terms.urgent import Closing
from watch.absorb import Load, absorb
from watch.collect import collect, run_key
from watch.companies import Imported, import_maps
from watch.deliver import Delivered, deliver
from watch.digest import Drafted, draft_all
from watch.house import House
from watch.lock import only_one
from watch.match import Matched, match
from watch.reminders import tell_closing


class Week(NamedTuple):
    """What one `varde week` did, hop by hop."""

    imported: Imported
    hauls: tuple[Haul, ...]
    loads: tuple[Load, ...]
    matched: Matched
    drafts: tuple[Drafted, ...]
    delivered: Delivered
    closing: tuple[Closing, ...] = ()

    @property
    def is_useless(self) -> bool:
        """True where sources were crawled and not one of them brought anything back."""
        return bool(self.hauls) and all(haul.state == "failed" for haul in self.hauls)


class Watcher(NamedTuple):
    """How a door follows a long run: the step that begins, and each source that is done."""

    on_step: Callable[[str], None] = lambda step: None
    on_haul: Callable[[Haul], None] = lambda haul: None


QUIET = Watcher()


def week(house: House, names: Sequence[str] = (), watcher: Watcher = QUIET) -> Week:
    """Need maps, collect, absorb, match, draft, deliver what is approved. Raises RunBusy where one is running."""
    with only_one(house, "week"):
        watcher.on_step("reading need maps")
        imported = import_maps(house)
        watcher.on_step("collecting")
        hauls = collect(house, names, key=run_key(house), on_done=watcher.on_haul)
        watcher.on_step("absorbing")
        loads = absorb(house)
        watcher.on_step("matching")
        matched = match(house)
        watcher.on_step("drafting digests")
        drafts = draft_all(house)
        closing = tell_closing(house)
        watcher.on_step("delivering what is approved")
        delivered = deliver(house)
    return Week(imported, tuple(hauls), tuple(loads), matched, tuple(drafts), delivered, tuple(closing))
