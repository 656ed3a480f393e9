"""Espacenet, by hand: a result list that a person exported as CSV. Its pages are for human use only."""

from spiders.kinds.patent_file import PatentFile


class EspacenetFile(PatentFile):
    """Save a result list with Espacenet's download button, then `varde collect espacenet_file --replay FILE`."""

    title = "Espacenet (by hand)"
    publisher = "European Patent Office"
    home = "https://worldwide.espacenet.com/"
    licence = "EPO terms: use in own products with the source named"
    terms = "https://www.epo.org/en/service-support/ordering/fair-use"
    attribution = "Source: European Patent Office, Espacenet"
    every = 8_760  # a person imports it when it suits; after two years without it counts as silent
    expect = (1, 500)
    rate = 1.0
    unproven = "everything: no exported file was at hand; the columns are those that users and manuals describe"
