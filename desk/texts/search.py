"""Search."""

SENTENCES = {
    "search.title": ("Search", "Søk"),
    "search.words": ("Words, in the titles and texts of all that is stored",
                     "Ord, i titler og tekster av alt som er lagret"),
    "search.go": ("Search", "Søk"),
    "search.found": ("{n} found, newest first", "{n} funnet, nyeste først"),
    "search.most": ("the 50 newest", "de 50 nyeste"),
    "search.none": ("Nothing stored holds all of these words. Try fewer, or the beginning of one.",
                    "Ingenting som er lagret har alle disse ordene. Prøv færre, eller begynnelsen på ett."),
    "search.start": ("Every word must occur; the last may be a beginning of three letters or more.",
                     "Alle ordene må finnes; det siste kan være en begynnelse på tre bokstaver eller mer."),
    "search.growing": ("The index is being made: {n} items so far. Search again in a moment.",
                       "Indeksen lages: {n} elementer hittil. Søk igjen om litt."),
    "search.queue": ("In the queue of {company}", "I køen til {company}"),
}  # fmt: skip
