"""The network map."""

SENTENCES = {
    "map.network": ("Map", "Kart"),
    "map.heading": ("Map of the network", "Kart over nettverket"),
    "map.lead": (
        "Your companies with the partners and topics of what is flagged or accepted for their open needs. "
        "Closed needs leave no trace here.",
        "Bedriftene dine med partnere og emner i det som er funnet eller godtatt for de åpne behovene. "
        "Lukkede behov setter ingen spor her.",
    ),
    "map.show": ("Beside companies", "Ved siden av bedriftene"),
    "map.show.both": ("partners and topics", "partnere og emner"),
    "map.show.partner": ("partners", "partnere"),
    "map.show.topic": ("topics", "emner"),
    "map.shared": ("only what two or more share", "bare det to eller flere deler"),
    "map.told": (
        "{companies} companies, {partners} partners and {topics} topics; the table below holds the same.",
        "{companies} bedrifter, {partners} partnere og {topics} emner; tabellen under viser det samme.",
    ),
    "map.empty": (
        "Nothing to draw: nothing is flagged or accepted for an open need with this choice. Look at all companies, or "
        "work off the queue.",
        "Ingenting å tegne: ingenting er funnet eller godtatt for et åpent behov med dette valget. Se på alle "
        "bedriftene, eller arbeid deg gjennom køen.",
    ),
    "map.all": ("All companies", "Alle bedriftene"),
    "map.file": ("The picture as a file (SVG)", "Bildet som fil (SVG)"),
    "map.what": ("What", "Hva"),
    "map.name": ("Name", "Navn"),
    "map.tied": ("Companies tied to it", "Bedrifter knyttet til det"),
    "map.items": ("Items", "Funn"),
    "map.kind.company": ("company", "bedrift"),
    "map.kind.partner": ("partner", "partner"),
    "map.kind.topic": ("topic", "emne"),
}  # fmt: skip
