"""The sentences of the public pages, English and Norwegian bokmål."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Every sentence of the public pages in one language. Dicts: value of a choice -> how it is called."""

    tag: str
    answer_title: str
    answer_lead: str
    answers: dict[str, str]
    note: str
    send: str
    answered: str
    answered_lead: str
    stop_title: str
    stop_lead: str
    stop_button: str
    stopped: str
    stopped_lead: str
    settings_title: str
    settings_lead: str
    is_on: str
    is_off: str
    how_often: str
    frequencies: dict[str, str]
    language: str
    as_before: str
    languages: dict[str, str]
    save: str
    saved: str
    saved_lead: str
    gone: str
    gone_lead: str
    who: str


_LANGUAGES = {"en": "English", "nb": "Norsk bokmål"}
_EN = Words(
    tag="en",
    answer_title="Your answer",
    answer_lead="What is this to {company}?",
    answers={"useful": "Useful", "known": "Known already", "not-ours": "Not for us", "more": "Tell me more"},
    note="A word to {broker}, if you like",
    send="Send the answer",
    answered="Thank you, noted",
    answered_lead="It teaches the watch what matters to {company}, and {broker} sees it. You may change it here.",
    stop_title="Stop these mails?",
    stop_lead="You will get no more digests for {company}. Nothing has changed yet.",
    stop_button="Yes, stop them",
    stopped="Stopped",
    stopped_lead="You get no more digests for {company}. The settings link of any earlier mail starts them again.",
    settings_title="Your settings",
    settings_lead="How you get the digest for {company}.",
    is_on="Send me the digest",
    is_off="Do not send it",
    how_often="How often",
    frequencies={
        "weekly": "Every week",
        "fortnightly": "Every two weeks",
        "monthly": "Once a month",
        "paused": "Pause until I change this",
    },
    language="Language",
    as_before="As agreed with the broker",
    languages=_LANGUAGES,
    save="Save",
    saved="Saved",
    saved_lead="It holds from the next mail on, also for one that waits.",
    gone="This link does not work",
    gone_lead="It is incomplete, too old, or was revoked. Just answer any of our mails: your broker reads that.",
    who="Varde, technology watch. This page needs no log-in; your link is your own.",
)
_NB = Words(
    tag="nb",
    answer_title="Ditt svar",
    answer_lead="Hva er dette for {company}?",
    answers={"useful": "Nyttig", "known": "Kjent fra før", "not-ours": "Ikke for oss", "more": "Fortell mer"},
    note="En beskjed til {broker}, om du vil",
    send="Send svaret",
    answered="Takk, det er notert",
    answered_lead="Vakten lærer hva som betyr noe for {company}, og {broker} ser det. Du kan endre svaret her.",
    stop_title="Stoppe disse e-postene?",
    stop_lead="Du får ingen flere e-poster for {company}. Ingenting er endret ennå.",
    stop_button="Ja, stopp dem",
    stopped="Stoppet",
    stopped_lead="Du får ingen flere e-poster for {company}. Innstillingslenken i en eldre e-post starter dem igjen.",
    settings_title="Dine innstillinger",
    settings_lead="Slik får du e-posten for {company}.",
    is_on="Send meg e-posten",
    is_off="Ikke send den",
    how_often="Hvor ofte",
    frequencies={
        "weekly": "Hver uke",
        "fortnightly": "Annenhver uke",
        "monthly": "Én gang i måneden",
        "paused": "Pause til jeg endrer dette",
    },
    language="Språk",
    as_before="Som avtalt med prosesslederen",
    languages=_LANGUAGES,
    save="Lagre",
    saved="Lagret",
    saved_lead="Det gjelder fra neste e-post, også for en som venter.",
    gone="Denne lenken virker ikke",
    gone_lead="Den er ufullstendig, for gammel eller tilbakekalt. Bare svar på en av e-postene våre.",
    who="Varde, teknologivakt. Siden krever ingen innlogging; lenken er din egen.",
)


def words_for(language: str) -> Words:
    """The sentences in a language; English where it has none."""
    return _NB if language in ("nb", "no", "nn") else _EN
