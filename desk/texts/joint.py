"""Joint opportunities."""

SENTENCES = {
    "joint.title": ("Together", "Sammen"),
    "joint.heading": ("What companies could apply for together", "Det bedrifter kan søke om sammen"),
    "joint.lead": (
        "Open calls that fit two or more of your companies and that none of them is shut out from. For you alone: no "
        "company is told of another here.",
        "Åpne utlysninger som passer to eller flere av bedriftene dine, og som ingen av dem er utestengt fra. Bare "
        "for deg: ingen bedrift får vite om en annen her.",
    ),
    "joint.single": ("Also calls that only one company fits", "Også utlysninger som bare passer én bedrift"),
    "joint.several": ("Only calls that two or more fit", "Bare utlysninger som passer to eller flere"),
    "joint.empty": (
        "No open call fits two of your companies. New ones come with the next run of varde week; what fits one company "
        "only is a click away.",
        "Ingen åpen utlysning passer to av bedriftene dine. Nye kommer med neste kjøring av varde week; det som bare "
        "passer én bedrift er ett klikk unna.",
    ),
    "joint.empty_single": (
        "No open call fits any of your companies. Look at their needs, or wait for the next run of varde week.",
        "Ingen åpen utlysning passer noen av bedriftene dine. Se på behovene deres, eller vent på neste varde week.",
    ),
    "joint.companies": ("Companies that fit", "Bedrifter som passer"),
    "joint.rules": ("What the call says of partners", "Det utlysningen sier om partnere"),
    "joint.rule": ("Rule", "Regel"),
    "joint.quote": ("Where it says so", "Hvor det står"),
    "joint.table": ("from the table {table}", "fra tabellen {table}"),
    "joint.met": ("met", "oppfylt"),
    "joint.lacking": ("lacking: {lacks}", "mangler: {lacks}"),
    "joint.not stated": ("not stated", "ikke oppgitt"),
    "joint.outside": ("Who from outside could fill the gap?", "Hvem utenfra kan fylle hullet?"),
    "joint.reading": ("Reading projects, papers and patents …", "Leser prosjekter, artikler og patenter …"),
    "joint.nobody": (
        "Nobody found. Either every need here is closed, or the register holds too little: varde collect cordis ror",
        "Fant ingen. Enten er alle behov her lukket, eller registeret er for tynt: varde collect cordis ror",
    ),
    "joint.evidence": ("Evidence, newest first", "Grunnlag, nyeste først"),
    "joint.project": ("as a project", "som prosjekt"),
    "joint.back": ("Back to all", "Tilbake til alle"),
    "organisation.sme": ("small company", "liten bedrift"),
    "organisation.company": ("company", "bedrift"),
    "organisation.university": ("university", "universitet"),
    "organisation.institute": ("institute", "institutt"),
    "organisation.public": ("public body", "offentlig"),
    "organisation.other": ("other", "annet"),
    "organisation.unknown": ("kind unknown", "ukjent slag"),
    "deed.project": ("project", "prosjekt"),
    "deed.publication": ("paper", "artikkel"),
    "deed.patent": ("patent", "patent"),
    "deed.announcement": ("announcement", "kunngjøring"),
    "role.of.coordinator": ("coordinator", "koordinator"),
    "role.of.participant": ("participant", "deltaker"),
    "role.of.associated": ("associated", "tilknyttet"),
    "role.of.subcontractor": ("subcontractor", "underleverandør"),
}  # fmt: skip
