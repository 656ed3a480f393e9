"""WIPO PATENTSCOPE, by hand: a result list that a person exported, or its RSS saved. Terms 2.1 forbid robots."""

from spiders.kinds.patent_file import PatentFile


class PatentscopeFile(PatentFile):
    """Save a result list as CSV, or the RSS of a query, then `varde collect patentscope_file --replay FILE`."""

    title = "WIPO PATENTSCOPE (by hand)"
    publisher = "World Intellectual Property Organization"
    home = "https://patentscope.wipo.int/"
    licence = "WIPO terms: reference and research with the source named, no automated queries"
    terms = "https://www.wipo.int/en/web/patentscope/data/terms-patentscope"
    attribution = "Source: WIPO PATENTSCOPE"
    every = 8_760  # a person imports it when it suits; after two years without it counts as silent
    expect = (1, 10_000)
    rate = 1.0
    unproven = "everything: no exported file was at hand; the columns are those that users describe"
