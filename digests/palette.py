"""The mail's colours, light and dark, and the WCAG contrast between them (P52)."""

from dataclasses import dataclass

LEAST_CONTRAST = 4.5


@dataclass(frozen=True)
class Palette:
    """Colours as #rrggbb. ground: behind the sheet. urgent: the badge of a deadline that is near."""

    ground: str
    sheet: str
    quote: str
    rule: str
    ink: str
    muted: str
    accent: str
    badge: str
    badge_ink: str
    urgent: str
    urgent_ink: str

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """(text, background) for each pair that the templates use."""
        return (
            (self.ink, self.sheet),
            (self.muted, self.sheet),
            (self.accent, self.sheet),
            (self.ink, self.quote),
            (self.muted, self.ground),
            (self.accent, self.ground),
            (self.badge_ink, self.badge),
            (self.urgent_ink, self.urgent),
        )


LIGHT = Palette(
    ground="#eef2f1",
    sheet="#ffffff",
    quote="#f4f7f6",
    rule="#dde5e3",
    ink="#1b2a2d",
    muted="#526266",
    accent="#0b5f66",
    badge="#e0efee",
    badge_ink="#0b4a50",
    urgent="#fdeed3",
    urgent_ink="#754400",
)
DARK = Palette(
    ground="#10171a",
    sheet="#182226",
    quote="#1f2b30",
    rule="#314046",
    ink="#e8eeee",
    muted="#a9b8bb",
    accent="#83d3d0",
    badge="#1d3f42",
    badge_ink="#b8e6e3",
    urgent="#46310c",
    urgent_ink="#f8d48c",
)
