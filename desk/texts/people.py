"""People, for operators."""

SENTENCES = {
    "people.title": ("People", "Folk"),
    "people.lead": (
        "Who may log in, and which companies they serve. They see nothing of any other.",
        "Hvem som kan logge inn, og hvilke bedrifter de følger opp. De ser ingenting av de andre.",
    ),
    "people.name": ("Name", "Navn"),
    "people.role": ("Role", "Rolle"),
    "people.serves": ("Serves", "Følger opp"),
    "people.sessions": ("Logged in", "Innlogget"),
    "people.state": ("State", "Tilstand"),
    "people.on": ("may log in", "kan logge inn"),
    "people.off": ("switched off", "slått av"),
    "people.everywhere": ("every company, also new ones", "alle bedrifter, også nye"),
    "people.nobody": ("no company", "ingen bedrift"),
    "people.you": ("you", "deg"),
    "people.add": ("Add somebody", "Legg til noen"),
    "people.login": ("Log-in name, best a mail address", "Brukernavn, helst en e-postadresse"),
    "people.full_name": ("Name, as colleagues and decisions show it", "Navn, slik kolleger og avgjørelser viser det"),
    "people.companies": ("Companies they serve", "Bedrifter de følger opp"),
    "people.no_companies": (
        "There is no company yet that you serve. Import need maps first: varde company import",
        "Du følger ikke opp noen bedrift ennå. Importer behovskart først: varde company import",
    ),
    "people.make": ("Add, and show the password once", "Legg til, og vis passordet én gang"),
    "people.password": ("Password", "Passord"),
    "people.password_once": (
        "The password of {name}. It is shown here once: pass it on, but not by mail, and ask them to change it.",
        "Passordet til {name}. Det vises her én gang; gi det videre på annen måte enn e-post, og be om at det endres.",
    ),
    "people.reset": ("Make a new password", "Lag et nytt passord"),
    "people.reset_hint": (
        "The old one stops working at once, and every session of theirs ends.",
        "Det gamle slutter å virke med en gang, og alle øktene deres avsluttes.",
    ),
    "people.reset_own": ("You change your own on your account's page.", "Ditt eget endrer du på kontosiden din."),
    "people.beyond": (
        "They serve companies that you do not: role, password and log-in are changed by an operator who serves all "
        "of them, or at the machine with varde people.",
        "De følger opp bedrifter du ikke følger opp: rolle, passord og innlogging endres av en driftsansvarlig som "
        "følger opp alle, eller på maskinen med varde people.",
    ),
    "people.save_role": ("Save the role", "Lagre rollen"),
    "people.save_serves": ("Save the companies", "Lagre bedriftene"),
    "people.end_sessions": ("Log them out everywhere", "Logg dem ut overalt"),
    "people.open_sessions": ("Open sessions: {n}", "Åpne økter: {n}"),
    "people.switch_off": ("Switch off", "Slå av"),
    "people.switch_on": ("Switch on again", "Slå på igjen"),
    "people.switch_hint": (
        "They can log in no more. What they decided and wrote keeps their name.",
        "De kan ikke logge inn mer. Det de har avgjort og skrevet beholder navnet deres.",
    ),
    "people.not_oneself": (
        "Your own role, and whether you may log in, is another operator's to change.",
        "Din egen rolle, og om du kan logge inn, må en annen driftsansvarlig endre.",
    ),
    "people.done.role": ("The role is changed.", "Rollen er endret."),
    "people.done.serves": ("The companies are saved.", "Bedriftene er lagret."),
    "people.done.sessions": ("{n} sessions ended.", "{n} økter avsluttet."),
    "people.done.on": ("They may log in again.", "De kan logge inn igjen."),
    "people.done.off": ("Switched off; every session ended.", "Slått av; alle økter er avsluttet."),
    "people.hint.broker": ("decides, approves, sees what companies could do together",
                           "avgjør, godkjenner, ser hva bedrifter kan gjøre sammen"),
    "people.hint.mentor": ("reads, and writes the sentence above a digest", "leser, og skriver setningen over et brev"),
    "people.hint.operator": ("as a broker, and keeps people and sources; not what concerns several companies at once",
                             "som megler, og steller med folk og kilder; ikke det som gjelder flere bedrifter"),
}  # fmt: skip
