"""Engagements: chains, outcomes, half-year reports."""

SENTENCES = {
    "engagements.title": ("Engagements", "Oppdrag"),
    "engagements.heading": ("What came of it", "Hva det ble til"),
    "engagements.lead": (
        "From item to result since each engagement began; an item counts once a step. Those that end first stand "
        "on top.",
        "Fra funn til resultat siden hvert oppdrag begynte; et funn teller én gang per steg. De som slutter først "
        "står øverst.",
    ),
    "engagements.month": ("Month", "Måned"),
    "engagements.month_of": ("{no} of {planned}", "{no} av {planned}"),
    "engagements.phase": ("Phase", "Fase"),
    "engagements.told": ("Told", "Fortalt"),
    "engagements.won": ("Won, €", "Vunnet, €"),
    "engagements.network": ("Half-year of all companies", "Halvåret for alle bedriftene"),
    "engagement.title": ("The engagement of {company}", "Oppdraget hos {company}"),
    "engagement.line": ("Time line", "Tidslinje"),
    "engagement.line_told": (
        "{n} outcomes between {start} and {end}; the table below holds the same.",
        "{n} hendelser mellom {start} og {end}; tabellen under viser det samme.",
    ),
    "engagement.today": ("today", "i dag"),
    "engagement.steps": ("What became of items", "Hva det ble av funnene"),
    "engagement.none": (
        "Nothing is noted yet. When a conversation came of an item, note it here; ideas, applications and results "
        "follow.",
        "Ingenting er notert ennå. Når et funn førte til en samtale, noter det her; ideer, søknader og resultater "
        "følger.",
    ),
    "engagement.no_items": (
        "Nothing is accepted for this company yet. Accept something in the queue first.",
        "Ingenting er godtatt for denne bedriften ennå. Godta noe i køen først.",
    ),
    "engagement.note": ("Note what happened", "Noter hva som skjedde"),
    "engagement.item": ("Item", "Funn"),
    "engagement.choose": ("choose an item", "velg et funn"),
    "engagement.step": ("Step", "Steg"),
    "engagement.on": ("On", "Dato"),
    "engagement.ending": ("Ending, of a result", "Utfall, av et resultat"),
    "engagement.eur": ("Euro applied for or granted", "Euro søkt om eller innvilget"),
    "engagement.remark": ("Note for colleagues", "Notat for kolleger"),
    "engagement.save": ("Note it", "Noter"),
    "engagement.undo": ("Take back", "Ta tilbake"),
    "engagement.undo_of": ("Take the last step back: {title}", "Ta tilbake det siste steget: {title}"),
    "engagement.no_sum": ("A sum is digits only.", "En sum er bare sifre."),
    "engagement.done.noted": ("Noted.", "Notert."),
    "engagement.done.undone": ("Taken back; both stay on record.", "Tatt tilbake; begge deler står i loggen."),
    "engagement.report": ("Half-year report", "Halvårsrapport"),
    "engagement.half": ("Half-year", "Halvår"),
    "engagement.pdf.en": ("PDF in English", "PDF på engelsk"),
    "engagement.pdf.nb": ("PDF in Norwegian", "PDF på norsk"),
    "engagement.as_table": ("As a table", "Som tabell"),
    "engagement.network_lead": (
        "A figure that fewer than three companies stand behind is hidden, so that none can be found by subtraction.",
        "Et tall som færre enn tre bedrifter står bak er skjult, så ingen kan finnes ved å trekke fra.",
    ),
    "engagement.back": ("All engagements", "Alle oppdrag"),
    "step.conversation": ("Conversation", "Samtale"),
    "step.project idea": ("Project idea", "Prosjektidé"),
    "step.application": ("Application", "Søknad"),
    "step.result": ("Result", "Resultat"),
    "ending.won": ("won", "vunnet"),
    "ending.lost": ("lost", "tapt"),
    "ending.withdrawn": ("withdrawn", "trukket"),
}  # fmt: skip
