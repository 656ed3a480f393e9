"""What `varde init` writes: a first need map, a feed list, settings."""

from pathlib import Path

from needs.example import example_map

_FEEDS = """\
# RSS, Atom and RDF feeds to watch; no code needed. Every field is needed (P16): a feed whose licence and terms
# nobody has looked at does not start. kind: publication, call or patent. every: hours between two looks.
# expect: fewest and most items in a healthy look. rate: seconds between two requests to the host.
#
# - name: nordic-materials
#   title: Nordic Materials Letters
#   url: https://journal.example/feed.rss
#   publisher: Nordic Materials Society
#   home: https://journal.example
#   licence: CC BY 4.0 (metadata)
#   terms: https://journal.example/terms
#   attribution: Nordic Materials Letters
#   kind: publication
#   every: 24
#   expect: [1, 100]
#   rate: 2
[]
"""

_ENV = """\
# Settings of this house; `.env.example` of Varde explains all of them.
# Publishers want to know whom to write to; without it nothing is crawled.
VARDE_CONTACT=
# The mail server that takes the digests, and who they are from. To look at mails before any leaves, run `varde sink`
# beside, and set what it prints.
VARDE_SMTP_HOST=
VARDE_SMTP_SENDER_ADDRESS=
VARDE_LIST_DOMAIN=
"""


def starting_files(folder: Path) -> dict[Path, str]:
    """Path -> text of a house to start from."""
    return {
        folder / "companies" / "example.yaml": example_map(),
        folder / "feeds.yaml": _FEEDS,
        folder / ".env": _ENV,
    }
