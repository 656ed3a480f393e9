"""Who may use which route. A route without a row here stops the desk from starting and fails a test (P34).

Scope: `company` where the route reads or writes what belongs to companies, so that only those a person serves may be
reached; `own` where it concerns the person alone; `house` where it shows what belongs to no company.
"""

from typing import Literal, NamedTuple

from terms.person import Role

Reach = Literal["nobody's", "own", "company", "house"]


class Access(NamedTuple):
    """One row. roles: empty where no log-in is needed. has_token: whether an unsafe request needs our CSRF token."""

    roles: frozenset[Role]
    reach: Reach
    has_token: bool = True


_OPEN = frozenset[Role]()
_BROKER = frozenset[Role]({"broker", "operator"})
_OPERATOR = frozenset[Role]({"operator"})
_NETWORK = frozenset[Role]({"broker"})  # what concerns several companies at once (P42, P43)
_ALL = frozenset[Role]({"broker", "mentor", "operator"})

ROWS: dict[str, Access] = {
    "GET /": Access(_ALL, "own"),
    "GET /health": Access(_OPEN, "nobody's"),
    "GET /login": Access(_OPEN, "nobody's"),
    "POST /login": Access(_OPEN, "nobody's"),
    "POST /logout": Access(_ALL, "own"),
    "GET /account": Access(_ALL, "own"),
    "POST /account": Access(_ALL, "own"),
    "POST /account/password": Access(_ALL, "own"),
    "GET /r/answer/{token}": Access(_OPEN, "nobody's"),
    "POST /r/answer/{token}": Access(_OPEN, "nobody's", has_token=False),
    "GET /r/stop/{token}": Access(_OPEN, "nobody's"),
    "POST /r/stop/{token}": Access(_OPEN, "nobody's", has_token=False),
    "GET /r/settings/{token}": Access(_OPEN, "nobody's"),
    "POST /r/settings/{token}": Access(_OPEN, "nobody's", has_token=False),
    "GET /r/calendar/{name}": Access(_OPEN, "nobody's"),
    "GET /r/feed/{name}": Access(_OPEN, "nobody's"),
    "HEAD /r/answer/{token}": Access(_OPEN, "nobody's", has_token=False),
    "HEAD /r/stop/{token}": Access(_OPEN, "nobody's", has_token=False),
    "HEAD /r/settings/{token}": Access(_OPEN, "nobody's", has_token=False),
    "HEAD /r/calendar/{name}": Access(_OPEN, "nobody's", has_token=False),
    "HEAD /r/feed/{name}": Access(_OPEN, "nobody's", has_token=False),
    "GET /queue": Access(_ALL, "company"),
    "GET /queue.csv": Access(_ALL, "company"),
    "GET /queue/{company_key}/{ref}": Access(_ALL, "company"),
    "GET /queue/{company_key}/{ref}/gate": Access(_ALL, "company"),
    "POST /queue/{company_key}/{ref}/claim": Access(_BROKER, "company"),
    "POST /queue/{company_key}/{ref}/decide": Access(_BROKER, "company"),
    "POST /queue/{company_key}/{ref}/opinion": Access(_BROKER, "company"),
    "POST /queue/undo": Access(_BROKER, "company"),
    "GET /search": Access(_ALL, "house"),
    "GET /digests": Access(_ALL, "company"),
    "GET /digests/{company_key}": Access(_ALL, "company"),
    "GET /digests/{company_key}/preview": Access(_ALL, "company"),
    "POST /digests/{company_key}/draft": Access(_BROKER, "company"),
    "POST /digests/{company_key}/move": Access(_BROKER, "company"),
    "POST /digests/{company_key}/sentence": Access(_ALL, "company"),
    "POST /digests/{company_key}/hold": Access(_BROKER, "company"),
    "POST /digests/{company_key}/release": Access(_BROKER, "company"),
    "POST /digests/{company_key}/test": Access(_ALL, "company"),
    "POST /digests/{company_key}/approve": Access(_BROKER, "company"),
    "GET /outbox": Access(_ALL, "company"),
    "POST /outbox": Access(_BROKER, "company"),
    "GET /closing": Access(_ALL, "company"),
    "GET /closing/{company_key}": Access(_ALL, "company"),
    "GET /closing/{company_key}/preview": Access(_ALL, "company"),
    "POST /closing/{company_key}/draft": Access(_BROKER, "company"),
    "POST /closing/{company_key}/approve": Access(_BROKER, "company"),
    "GET /archive": Access(_ALL, "company"),
    "GET /archive/{company_key}/{week}": Access(_ALL, "company"),
    "GET /archive/{company_key}/{week}/{number}": Access(_BROKER, "company"),
    "GET /archive/{company_key}/{week}/{number}/page": Access(_BROKER, "company"),
    "GET /archive/{company_key}/{week}/{number}/bytes": Access(_BROKER, "company"),
    "GET /projects": Access(_ALL, "company"),
    "GET /project/{company_key}/{need_id}/{ref}": Access(_ALL, "company"),
    "GET /project/{company_key}/{need_id}/{ref}/{kind}": Access(_ALL, "company"),
    "GET /explain/{ref}": Access(_ALL, "company"),
    "GET /companies": Access(_ALL, "company"),
    "GET /companies/{company_key}": Access(_ALL, "company"),
    "GET /companies/{company_key}/map.yaml": Access(_ALL, "company"),
    "POST /companies/{company_key}/map": Access(_BROKER, "company"),
    "GET /companies/{company_key}/needs/{need_id}": Access(_ALL, "company"),
    "POST /companies/{company_key}/needs/{need_id}": Access(_BROKER, "company"),
    "GET /companies/{company_key}/add-need": Access(_BROKER, "company"),
    "POST /companies/{company_key}/add-need": Access(_BROKER, "company"),
    "GET /trials/{key}": Access(_ALL, "company"),
    "GET /proposals/{key}": Access(_ALL, "company"),
    "POST /proposals/{key}": Access(_BROKER, "company"),
    "GET /sources": Access(_ALL, "house"),
    "GET /sources/{name}": Access(_ALL, "house"),
    "GET /runs": Access(_ALL, "house"),
    "GET /incidents": Access(_ALL, "company"),
    "GET /incidents/{incident_key}": Access(_ALL, "company"),
    "POST /incidents/{incident_key}": Access(_BROKER, "company"),
    "GET /learning": Access(_ALL, "company"),
    "POST /opinions/{opinion_no}": Access(_ALL, "company"),
    "GET /engagements": Access(_ALL, "company"),
    "GET /companies/{company_key}/engagement": Access(_ALL, "company"),
    "GET /companies/{company_key}/engagement/{half}/pdf": Access(_ALL, "company"),
    "POST /companies/{company_key}/outcomes": Access(_BROKER, "company"),
    "GET /network-report": Access(_NETWORK, "company"),
    "GET /network-report/{half}/pdf": Access(_NETWORK, "company"),
    "GET /partners": Access(_ALL, "company"),
    "GET /joint": Access(_NETWORK, "company"),
    "GET /joint/{ref}/partners": Access(_NETWORK, "company"),
    "GET /pairs": Access(_NETWORK, "company"),
    "GET /pairs/{pair_key}": Access(_NETWORK, "company"),
    "POST /pairs/{pair_key}/profiles": Access(_NETWORK, "company"),
    "POST /pairs/{pair_key}/consent": Access(_NETWORK, "company"),
    "POST /pairs/{pair_key}/names": Access(_NETWORK, "company"),
    "GET /map": Access(_NETWORK, "company"),
    "GET /map/file": Access(_NETWORK, "company"),
    "GET /people": Access(_OPERATOR, "company"),
    "POST /people": Access(_OPERATOR, "company"),
    "GET /people/{person_key}": Access(_OPERATOR, "company"),
    "POST /people/{person_key}/role": Access(_OPERATOR, "company"),
    "POST /people/{person_key}/serves": Access(_OPERATOR, "company"),
    "POST /people/{person_key}/password": Access(_OPERATOR, "company"),
    "POST /people/{person_key}/sessions": Access(_OPERATOR, "company"),
    "POST /people/{person_key}/active": Access(_OPERATOR, "company"),
}
"""`METHOD /path as routed` -> its row. HEAD is routed only where a page says so."""


def row_of(method: str, path: str) -> Access | None:
    """The row of a route, or None where it has none and must not be used."""
    return ROWS.get(f"{method} {path}")
