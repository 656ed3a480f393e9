"""The private feed of a company behind a secret, revocable address (deliver 8; P54: reading changes nothing)."""

from digests.feed import Entry, write_atom, write_json
from ledger import preferences
from terms.errors import NotFound
from watch.companies import find_company
from watch.evidence import read_told
from watch.house import House
from watch.links import feed_link, read_link

FORMS = {"atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json; charset=utf-8"}
_MOST = 100


def serve(house: House, token: str, form: str) -> bytes:
    """The feed of a secret address, at most a hundred lines, newest first. Raises NotFound where it does not hold."""
    scope = read_link(house, token, "feed")
    with house.ledger.read() as connection:
        generation = preferences.calendar_generation(connection, scope.company_key)
    if scope.generation != generation or form not in FORMS:
        raise NotFound("this feed's address was revoked")
    company = find_company(house, scope.company_key)
    once: dict[str, Entry] = {}
    for kept in read_told(house, company):
        for line in kept.digest.lines:
            once.setdefault(line.ref, Entry(line, kept.approved_at or kept.composed_at))
    write = write_atom if form == "atom" else write_json
    return write(company, list(once.values())[:_MOST], house.settings.list_domain)


def addresses_of(house: House, company_key: str) -> list[str]:
    """The Atom and the JSON address; none where no public address is set. Raises NotFound."""
    find_company(house, company_key)
    with house.ledger.read() as connection:
        generation = preferences.calendar_generation(connection, company_key)
    return [address for form in FORMS if (address := feed_link(house, company_key, generation, form))]
