"""What the gate's verdicts and a call's rules on partners say, in English and Norwegian (P23, P58).

A verdict is a code with facts (terms.gate); the words are here and nowhere else.
"""

from collections.abc import Mapping

_SAID = {
    "countries of call": ("the call is for {countries}", "utlysningen gjelder {countries}"),
    "country refused": ("{country} is named as not eligible", "{country} er nevnt som utelukket"),
    "country named": ("{country} is among the countries named", "{country} er blant landene som er nevnt"),
    "associated unknown": (
        "which countries are associated is not known for this programme",
        "hvilke land som er assosiert, er ikke kjent for dette programmet",
    ),
    "country not named": ("{country} is not among {countries}", "{country} er ikke blant {countries}"),
    "no country": (
        "the call does not say which countries may apply", "utlysningen sier ikke hvilke land som kan søke",
    ),
    "country on list": ("{country} is on the programme's list", "{country} står på programmets liste"),
    "country not on list": ("{country} is not on the programme's list", "{country} står ikke på programmets liste"),
    "kinds may apply": ("{kinds} may apply", "{kinds} kan søke"),
    "kinds lead": ("led by {kinds_or}", "ledes av {kinds_or}"),
    "only kinds": ("only {kinds} may apply", "bare {kinds} kan søke"),
    "programme funds": ("the programme funds {kinds}", "programmet støtter {kinds}"),
    "no beneficiary": ("the call does not say who may apply", "utlysningen sier ikke hvem som kan søke"),
    "sizes": ("for {sizes} companies", "for {sizes} bedrifter"),
    "staff below": ("fewer than {limit} employees", "færre enn {limit} ansatte"),
    "staff within class": (
        "fewer than {limit} employees; a {size} company has {least} to {most}",
        "færre enn {limit} ansatte; en {size} bedrift har {least} til {most}",
    ),
    "no size": ("the call states no size", "utlysningen sier ikke noe om størrelse"),
    "no sector": ("the call states no sector", "utlysningen sier ikke noe om bransje"),
    "no nace": ("the company has no NACE code on record", "bedriften har ingen NACE-kode hos oss"),
    "sections": (
        "for sections {sections} of NACE; the company has {nace}",
        "for næringshovedområde {sections} i NACE; bedriften har {nace}",
    ),
    "no trl": ("the call states no TRL", "utlysningen sier ikke noe om TRL"),
    "need without trl": (
        "the call asks for TRL {least} to {most}; the need states none",
        "utlysningen ber om TRL {least} til {most}; behovet oppgir ingen",
    ),
    "trl": (
        "TRL {least} to {most}; the need goes from {now} to {target}",
        "TRL {least} til {most}; behovet går fra {now} til {target}",
    ),
    "no deadline": ("the call states no deadline", "utlysningen oppgir ingen frist"),
    "next deadline": ("{status}; the next deadline is {moment}", "{status}; neste frist er {moment}"),
    "last deadline": ("{status}; the last deadline was {moment}", "{status}; siste frist var {moment}"),
    "no share": (
        "smallest grant or share of costs is not stated",
        "minste støttebeløp eller andel av kostnadene er ikke oppgitt",
    ),
    "own share": (
        "an own share of at least {own_eur}; a {size} company turns over up to {ceiling_eur}",
        "en egenandel på minst {own_eur}; en {size} bedrift omsetter for opptil {ceiling_eur}",
    ),
    "alone": ("one may apply alone", "en kan søke alene"),
    "asks kinds": ("asks for {kinds}", "ber om {kinds}"),
    "asks partners": ("asks for at least {partners} partners", "ber om minst {partners} partnere"),
    "asks countries": (
        "asks for at least {partners} partners from {countries} countries",
        "ber om minst {partners} partnere fra {countries} land",
    ),
    "no rule": ("the call states no rule on partners", "utlysningen har ingen regel om partnere"),
    "programme rule": ("the programme asks for: {says}", "programmet krever (kildens ord): {says}"),
    "no aid rule": ("the call names no state aid rule", "utlysningen nevner ingen regel om statsstøtte"),
    "aid not on record": (
        "de minimis aid of the last three years is not on record",
        "bagatellmessig støtte de siste tre årene er ikke registrert hos oss",
    ),
    "grant not stated": (
        "{aid_eur} in three years so far; the grant is not stated",
        "{aid_eur} på tre år til nå; støttebeløpet er ikke oppgitt",
    ),
    "aid sum": (
        "{aid_eur} in three years and a grant of {grant_eur}; the ceiling is {ceiling_eur}",
        "{aid_eur} på tre år og et støttebeløp på {grant_eur}; taket er {ceiling_eur}",
    ),
}  # fmt: skip
_KINDS = {
    "company": ("companies", "bedrifter"),
    "sme": ("small and medium-sized enterprises", "små og mellomstore bedrifter"),
    "large": ("large companies", "store bedrifter"),
    "university": ("universities", "universiteter og høyskoler"),
    "research": ("research organisations", "forskningsorganisasjoner"),
    "institute": ("research institutes", "forskningsinstitutter"),
    "public": ("public bodies", "offentlige virksomheter"),
    "ngo": ("non-governmental organisations", "frivillige organisasjoner"),
    "individual": ("individuals", "enkeltpersoner"),
    "anyone": ("any legal entity", "alle virksomheter"),
}
_KIND = {
    "company": ("company", "bedrift"),
    "sme": ("small or medium-sized enterprise", "liten eller mellomstor bedrift"),
    "university": ("university", "universitet eller høyskole"),
    "institute": ("research institute", "forskningsinstitutt"),
    "public": ("public body", "offentlig virksomhet"),
}
_WORDS = {
    "micro": ("micro", "svært liten"), "small": ("small", "liten"), "medium": ("medium-sized", "mellomstor"),
    "open": ("open", "åpen"), "closing soon": ("closing soon", "stenger snart"), "closed": ("closed", "stengt"),
    "forthcoming": ("forthcoming", "kommer"), "unknown": ("unknown", "ukjent"),
    "EU": ("the EU", "EU"), "EEA": ("the EEA", "EØS"), "ASSOCIATED": ("associated countries", "assosierte land"),
}  # fmt: skip
_RULES = {
    "partners": ("at least {partners} partners", "minst {partners} partnere"),
    "countries": (
        "at least {partners} partners from {countries} countries", "minst {partners} partnere fra {countries} land",
    ),
    "led": ("led by {kinds_or}", "ledes av {kinds_or}"),
    "more partners": ("{partners} more partners", "{partners} partnere til"),
    "one partner": ("1 more partner", "1 partner til"),
    "more countries": ("{countries} more countries", "{countries} land til"),
    "one country": ("1 more country", "1 land til"),
}  # fmt: skip


class GateTexts:
    """The catalogue of one language; a code that it lacks is a KeyError, and a test holds it against the gate."""

    def __init__(self, place: int) -> None:
        said: list[Mapping[str, tuple[str, str]]] = [_SAID, _KINDS, _KIND, _WORDS, _RULES]
        self.said, self.kinds, self.kind, self.words, self.rules = (
            {k: v[place] for k, v in one.items()} for one in said
        )


_EN, _NB = GateTexts(0), GateTexts(1)


def gate_texts(language: str) -> GateTexts:
    """Norwegian for nb, nn and no, else English."""
    return _NB if language in ("nb", "nn", "no") else _EN
