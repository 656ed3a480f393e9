"""A need map to start from, written by `varde init`."""

_EXAMPLE = """\
# The need map of one company: one file per company, UTF-8, spaces (no tabs) for indentation.
# Check it with `varde company import`; an error names the file, the line and the field.

id: nordvik-pumps             # ours, never changes: a-z, 0-9 and hyphens
name: Nordvik Pumps AS
country: "NO"                 # ISO 3166 code; the quotes keep other YAML readers from taking NO for "no"
region: Vestland              # optional
timezone: Europe/Oslo         # the digest comes on Monday 07:00 in this zone
size: small                   # micro | small | medium
nace:                         # sectors, in quotes; optional
  - "28.13"
competences:                  # what you can do for others; named to nobody before you and they consent; optional
  - balancing of small impellers
languages:                    # languages the company reads
  - nb
  - en
quiet_week: nothing           # nothing | paragraph: what to send in a week without hits

contacts:                     # who gets the digest
  - name: Kari Nordvik
    address: kari@nordvik.example
    language: nb

engagement:
  broker: Ola Broker          # the process manager; answers go here
  broker_address: ola@broker.example
  mentors:
    - Dr. Ingrid Mentor
  start: 2026-09-01
  # planned_end: 2028-03-01   # start + 18 months when left out
  phase: mapping              # mapping | defining | carrying out | networking | ended

needs:
  - id: bearing-wear          # unique within this file
    title: Early detection of bearing wear in circulation pumps
    description: >-           # what is to be solved, where, how well; 20 to 150 words work best
      We want to find wear of rolling bearings in small circulation pumps weeks before they fail, from vibration
      or motor current, with sensors that cost less than 20 euro a pump and run for five years on a battery.
    include:                  # an item with one of these is always put before the broker
      - bearing fault diagnosis
    exclude:                  # an item with one of these never is; exclude wins
      - wind turbine
    cpc:                      # CPC or IPC classes; optional
      - G01M 13/045
      - F04D
    arxiv:                    # arXiv categories; optional
      - eess.SP
    language: en              # the language of this need's text
    trl_now: 3
    trl_target: 7
    priority: 4               # 1 (low) to 5 (high)
    owner: Kari Nordvik
    confidentiality: open     # closed: matched, but its text never leaves this machine
    status: active            # active | paused | met | dropped
    review_on: 2027-03-01

  - id: stoysvake-lopehjul
    title: Støysvake løpehjul for varmepumper
    description: >-
      Vi trenger løpehjul i plast med lavere strømningsstøy ved delast, og en metode for å beregne støyen før
      formverktøyet bestilles. Virkningsgraden må ikke falle.
    cpc:
      - F04D 29/66
    language: nb
    priority: 3
"""


def example_map() -> str:
    """A commented, realistic need map in YAML; reads without errors."""
    return _EXAMPLE
