"""Contrast of every text in a mail, in light and in dark, as WCAG 2.2 defines it (P52)."""

import re
from collections.abc import Iterator, Mapping

import lxml.html

from digests.palette import LEAST_CONTRAST

_COLOUR = re.compile(r"(?:^|[;\s])(color|background|background-color)\s*:\s*(#[0-9a-fA-F]{6}|#[0-9a-fA-F]{3})\b")
_DARK = re.compile(r"@media\s*\(prefers-color-scheme:\s*dark\)\s*\{(.*?\})\s*\}", re.S)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
Colours = Mapping[str, str]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #rrggbb colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def low_contrasts(html: str) -> list[str]:
    """Texts of under 4.5:1 in the light or the dark colours of a mail with inlined styles, each pair once."""
    page = lxml.html.document_fromstring(html.encode("utf-8"), parser=lxml.html.HTMLParser(encoding="utf-8"))
    found = _DARK.search(html)
    rules = list(_rules(found[1])) if found else []
    faults = [f"light: {fault}" for fault in _faults(page, [])]
    return faults + [f"dark: {fault}" for fault in _faults(page, rules)] if rules else faults


def _faults(page: lxml.html.HtmlElement, rules: list[tuple[str, Colours]]) -> Iterator[str]:
    matched: dict[object, dict[str, str]] = {}
    for selector, colours in rules:
        for node in page.cssselect(selector):
            matched.setdefault(node, {}).update(colours)
    pairs = dict.fromkeys(_pairs(page, {"color": "#000000", "background": "#ffffff"}, matched))
    for ink, ground in pairs:
        ratio = contrast(ink, ground)
        if ratio < LEAST_CONTRAST:
            yield f"{ink} on {ground} is {ratio:.1f}:1"


def _pairs(node: lxml.html.HtmlElement, above: Colours, matched: Mapping[object, Colours]) -> Iterator[tuple[str, str]]:
    """(ink, ground) of each element that has words of its own and is shown."""
    if not isinstance(node.tag, str) or node.tag in ("head", "style", "title"):
        return
    style = node.get("style") or ""
    if re.search(r"display\s*:\s*none", style):
        return
    here = {**above, **_colours(style), **matched.get(node, {})}
    if (node.text or "").strip() or any((child.tail or "").strip() for child in node):
        yield here["color"], here["background"]
    for child in node:
        yield from _pairs(child, here, matched)


def _rules(css: str) -> Iterator[tuple[str, Colours]]:
    for selectors, declared in _RULE.findall(css):
        for selector in selectors.split(","):
            yield selector.strip(), _colours(declared)


def _colours(declared: str) -> dict[str, str]:
    """`color` and `background` of a declaration block, as #rrggbb."""
    return {name.split("-")[0]: _long(colour) for name, colour in _COLOUR.findall(declared)}


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
