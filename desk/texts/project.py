"""Projects and the explain page."""

SENTENCES = {
    "projects.title": ("Projects", "Prosjekter"),
    "projects.lead": (
        "Open calls that nobody rejected, each with a need of the company; most worth first.",
        "Åpne utlysninger som ingen har avslått, hver med et av bedriftens behov; mest verdt først.",
    ),
    "projects.call": ("Call", "Utlysning"),
    "projects.worth": ("Worth", "Verdi"),
    "projects.empty": ("No open call is flagged for this company.", "Ingen åpen utlysning er funnet for bedriften."),
    "project.docx": ("To edit (DOCX)", "Til redigering (DOCX)"),
    "project.pdf": ("To print (PDF)", "Til utskrift (PDF)"),
    "project.queue": ("In the queue", "I køen"),
    "project.make": ("As a project, with partners and steps", "Som prosjekt, med partnere og steg"),
    "explain.title": ("Where {ref} comes from", "Hvor {ref} kommer fra"),
    "explain.lead": (
        "From the mail back to the bytes that were fetched, link by link.",
        "Fra brevet tilbake til bytene som ble hentet, ledd for ledd.",
    ),
    "explain.chain": ("Chain {n}", "Kjede {n}"),
    "hop.mail": ("Mail", "Brev"),
    "hop.digest": ("Digest", "Ukas brev"),
    "hop.decision": ("Decision", "Avgjørelse"),
    "hop.match": ("Match", "Treff"),
    "hop.item": ("Item", "Element"),
    "hop.capture": ("Capture", "Opptak"),
    "hop.source": ("Source", "Kilde"),
}
