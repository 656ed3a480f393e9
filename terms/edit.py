"""What a broker or a mentor changed of a draft; a draft made anew takes it over (P35)."""

from terms.base import Term


class Edit(Term):
    """order: refs as the mail is to have them, of lines or of a suggestion's first line. sentence: above all lines."""

    order: tuple[str, ...] = ()
    sentence: str = ""


class Held(Term):
    """A line that is kept out of drafts. until_week: the first ISO week that may tell it again; None for never."""

    company_key: str
    cluster_key: str
    ref: str
    title: str
    until_week: str | None
    held_by: str
