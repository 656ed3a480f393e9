"""Outside partners."""

SENTENCES = {
    "partners.title": ("Partners", "Partnere"),
    "partners.heading": ("Who from outside could help", "Hvem utenfra som kan hjelpe"),
    "partners.lead": (
        "Organisations ranked from projects, papers and patents on a need, newest evidence first. Their own web page "
        "only; people's addresses are not stored.",
        "Organisasjoner rangert etter prosjekter, artikler og patenter om et behov, nyeste grunnlag først. Bare "
        "organisasjonens egen nettside; adresser til personer lagres ikke.",
    ),
    "partners.choose": ("Choose a need to see who works on it.", "Velg et behov for å se hvem som arbeider med det."),
    "partners.for": ("For {company}: {need}", "For {company}: {need}"),
    "partners.none": (
        "Nobody found. The register holds too little, or the need says too little: varde collect cordis ror",
        "Fant ingen. Registeret er for tynt, eller behovet sier for lite: varde collect cordis ror",
    ),
    "partners.no_needs": ("None of your companies has an active need yet.",
                          "Ingen av bedriftene dine har et aktivt behov ennå."),
}  # fmt: skip
