"""A small Norwegian-English word list of technology, so that needs and items meet across the two (P27, in part).

Written by hand from general vocabulary, not from any labelled set: one line of `norwegian=english|english …`. Compounds
are taken apart at their ends (`regnmåling` = regn + måling). German, French and Spanish have no list yet.
"""

from functools import lru_cache

from nlp.languages import stem

_PAIRS = """
avfall=waste avløp=sewage|wastewater avlesning=reading bærekraft=sustainability batteri=battery bearbeiding=machining
belegg=coating beregning=calculation|computation beskyttelse=protection betong=concrete bilde=image billig=low-cost
bølge=wave bolig=housing bransje=industry brann=fire brensel=fuel bruk=use bunn=bottom|seabed
bygg=building|construction damp=steam|vapour data=data deteksjon=detection drift=operation drivstoff=fuel
drone=drone|uav dyr=animal effekt=power eldre=elderly energi=energy etterspørsel=demand fange=capture|catch
fangst=capture|catch farge=colour fartøy=vessel|ship feil=fault|failure fiber=fibre|fiber film=film filter=filter
fisk=fish fjernvarme=district-heating flyt=flow|flotation flytende=floating|liquid foredling=processing fôr=feed
forbruk=consumption forbrenning=combustion forurensning=pollution forutsi=predict forvaltning=management
fornybar=renewable forsterket=reinforced friksjon=friction fukt=moisture|humidity gass=gas gjenbruk=reuse
gjenvinning=recycling|recovery gjødsel=fertilizer|fertiliser glass=glass hastighet=speed|velocity
hav=ocean|sea|marine|offshore havbruk=aquaculture helse=health hjul=wheel hode=head hus=house|housing
hydrogen=hydrogen industri=industry innendørs=indoor is=ice jern=iron jord=soil|earth kabel=cable kamera=camera
karbon=carbon kartlegging=mapping katalysator=catalyst kjøling=cooling|refrigeration kjøretøy=vehicle
kjemi=chemistry|chemical klima=climate komposit=composite kompositt=composite kontroll=control|inspection
korrosjon=corrosion kraft=power|force kreft=cancer kunstig=artificial kvalitet=quality kyst=coast|coastal
lager=bearing|storage lagring=storage laks=salmon laser=laser landbruk=agriculture last=load|cargo ledning=wire|pipe
legering=alloy legemiddel=drug lekkasje=leak|leakage lettvekt=lightweight levetid=lifetime|durability
løpehjul=impeller løsemiddel=solvent luft=air lus=lice|louse lyd=sound|acoustic lys=light
måling=measurement|measuring|monitoring marin=marine maskin=machine maskinlæring=machine-learning
maskinsyn=machine-vision mat=food materiale=material medisin=medicine melk=milk membran=membrane metall=metal
metan=methane miljø=environment|environmental mikroplast=microplastics modell=model montering=assembly
motor=motor|engine natur=nature nedbør=precipitation|rainfall nett=grid|network not=net olje=oil
oppdrett=aquaculture|farming oppdage=detect oppvarming=heating overflate=surface overvåking=monitoring|surveillance
overvåkning=monitoring|surveillance pasient=patient pipe=pipe plan=planning plast=plastic|polymer plate=plate|sheet
presisjon=precision press=press produksjon=production|manufacturing prosess=process prøve=sample|test pumpe=pump
pulver=powder regn=rain|rainfall regulering=control|regulation reise=travel rengjøring=cleaning
rensing=purification|treatment|cleaning robot=robot rom=space|room rør=pipe|tube rotor=rotor rust=rust
samhandling=collaboration sanntid=real-time sement=cement sensor=sensor sikkerhet=safety|security sjø=sea|marine
skade=damage skanning=scanning skip=ship|vessel skjerm=screen|display skog=forest skrog=hull slam=sludge slange=hose
slitasje=wear smitte=infection sol=solar|sun solcelle=photovoltaic spill=loss|game sporing=tracking|traceability
stål=steel stein=stone|rock støping=casting|moulding støv=dust støy=noise strøm=current|electricity|flow
strømning=flow styring=control svak=weak|low sveising=welding sveis=weld sykdom=disease system=system
tang=seaweed|kelp tare=kelp|seaweed teknologi=technology tekstil=textile temperatur=temperature test=testing
tetning=seal|sealing tilstand=condition|state tørking=drying|dehydration tre=wood|timber transport=transport
trykk=pressure|printing turbin=turbine tynn=thin undervann=underwater|subsea utslipp=emission|discharge
utstyr=equipment vaksine=vaccine vann=water varme=heat|heating|thermal varmepumpe=heat-pump varsling=warning|alert
vedlikehold=maintenance veg=road vei=road vekst=growth vekt=weight|scale verktøy=tool ventil=valve vern=protection
vibrasjon=vibration vind=wind virkningsgrad=efficiency virvel=vortex visning=display ytelse=performance
"""
_SHORTEST, _ALONE = 3, 5  # letters of a compound's part beside another known part, and of one that stands alone


@lru_cache(maxsize=2)
def _to_english() -> dict[str, tuple[str, ...]]:
    pairs = (pair.split("=") for pair in _PAIRS.split())
    return {stem(norwegian, "nb"): tuple(english.split("|")) for norwegian, english in pairs}


@lru_cache(maxsize=2)
def _to_norwegian() -> dict[str, tuple[str, ...]]:
    back = dict[str, tuple[str, ...]]()
    for norwegian, words in _to_english().items():
        for word in words:
            back[stem(word, "en")] = (*back.get(stem(word, "en"), ()), norwegian)
    return back


@lru_cache(maxsize=20_000)
def translated(form: str, source: str, target: str) -> tuple[str, ...]:
    """Stems in `target` for a word in `source`; () where the list knows none, or knows not these languages."""
    if (source, target) == ("en", "nb"):
        return _to_norwegian().get(stem(form, "en"), ())
    if (source, target) != ("nb", "en"):
        return ()
    # A part that the list does not know may be the same word in English: `radarsensor`, `titanplate`.
    english = [word for part in _parts(form) for word in _to_english().get(part, (part,))]
    return tuple(dict.fromkeys(stem(piece, "en") for word in english for piece in word.split("-")))


def _parts(form: str) -> list[str]:
    """The word's stem if the list has it, else the longest known end of the compound and what stands before it."""
    known = _to_english()
    if stem(form, "nb") in known:
        return [stem(form, "nb")]
    places = range(_SHORTEST, len(form) - _SHORTEST + 1)
    cut = next((p for p in places if stem(form[p:], "nb") in known), len(form))
    end = [stem(form[cut:], "nb")] if cut < len(form) else []
    least = _SHORTEST if end else _ALONE
    begin = next((b for p in range(cut, least - 1, -1) if (b := _beginning(form[:p])) in known), None)
    if begin is None and len(form) - cut < _ALONE:
        return []
    return [*end, begin or form[:cut]]


def _beginning(piece: str) -> str:
    """A compound's first part without its joining letter: `aluminiums-`, `sveise-`."""
    known = _to_english()
    candidates = (stem(p, "nb") for p in (piece, piece.removesuffix("s"), piece.removesuffix("e"), f"{piece}ing"))
    return next((c for c in candidates if c in known), "")
