"""What a publisher allows and what is to be expected of it (P15, P16)."""

from typing import Literal

from terms.base import Term

ItemKind = Literal["patent", "call", "publication"]
SourceKind = ItemKind | Literal["organisation", "project", "announcement"]
"""What a source brings: items, or what partners are found in (terms/organisation.py)."""


class SourceFacts(Term):
    """The facts of one source, as they stand in its file; shown by `varde sources`.

    every: hours between two collections. expect: fewest and most items in a healthy run.
    rate: seconds between two requests to the publisher's host.
    """

    name: str
    title: str
    publisher: str
    home: str
    licence: str
    terms: str
    attribution: str
    kind: SourceKind
    every: int
    expect: tuple[int, int]
    rate: float


class Focus(Term):
    """What the companies look for, so that a source can narrow what it fetches; codes only, never a need's text (P04).

    cpc: CPC/IPC prefixes such as `B25J`. arxiv: arXiv categories such as `cs.RO`.
    dois: papers whose organisations are to be looked up, public as they are.
    """

    cpc: tuple[str, ...] = ()
    arxiv: tuple[str, ...] = ()
    dois: tuple[str, ...] = ()
