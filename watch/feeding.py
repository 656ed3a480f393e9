"""Feeds into the feed list: from a reader's OPML file, each to be completed by a person before it starts (P13, P16)."""

from pathlib import Path
from typing import NamedTuple

from spiders.catalogue import all_sources
from spiders.feeds import read_feeds
from spiders.kinds.address import canonical_address
from spiders.opml import entries, feeds_of
from terms.errors import NotFound, VardeError
from watch.house import House

_EMPTY_LIST = "[]"


class Imported(NamedTuple):
    """What an import did. added: names now in the list. left_out: what is not, with the reason, row by row."""

    path: Path
    added: tuple[str, ...]
    left_out: tuple[str, ...]


def import_feeds(house: House, opml: Path, to: Path | None = None) -> Imported:
    """Add the feeds of an OPML file to the feed list; those whose address it has are left out. Nothing is fetched.

    to: a list other than the house's. The list is written whole or not at all. Raises NotFound without the file,
    VardeError where it is no OPML or the list is written in a way that cannot be added to, SettingMissing for a list
    with faults.
    """
    path = to or house.settings.feeds
    if not opml.is_file():
        raise NotFound(f"{opml} is not there; name the OPML file that your reader exported")
    found = feeds_of(opml.read_bytes())
    listed = read_feeds(path) if path.exists() else ()
    known = {canonical_address(source.url) for source in listed}
    fresh = [feed for feed in found.feeds if canonical_address(feed.url) not in known]
    stand = tuple(f"{f.title}: its address is in the list" for f in found.feeds if canonical_address(f.url) in known)
    if not fresh:
        return Imported(path, (), (*found.left_out, *stand))
    _replace(path, _joined(path, entries(fresh, all_sources(listed))))
    before = {source.name for source in listed}
    added = tuple(source.name for source in read_feeds(path) if source.name not in before)
    return Imported(path, added, (*found.left_out, *stand))


def _joined(path: Path, text: str) -> str:
    """The list with the new entries behind it; the empty list that `varde init` writes gives way."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if line.strip() != _EMPTY_LIST]
    return "\n".join((*kept, *text.splitlines())) + "\n"


def _replace(path: Path, text: str) -> None:
    """Write the list beside the old one and read it before it takes its place. Raises VardeError."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, "utf-8")
    try:
        read_feeds(beside)
    except VardeError as fault:
        beside.unlink()
        raise VardeError(f"{path} cannot be added to as it is written; begin each entry with `- name:`") from fault
    beside.replace(path)
