"""docs/sources.md from the classes, and what a source still lacks before it can be trusted."""

import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from spiders.catalogue import source_in
from spiders.source import Source
from terms.errors import NotFound, SettingMissing

ROOT = Path(__file__).resolve().parents[1]
"""The checkout that we run from."""

_HEAD = """# Sources

Written by `varde source docs > docs/sources.md` from the classes in `spiders/sources/`; a test keeps it up to date.
None of them was ever asked live from here: what a source makes of its publisher's answers was tested on recordings that
we wrote in the publisher's format and, where the line *real payloads* names folders, on payloads that others recorded.
`varde source audit DIR` prints what becomes of those.

| source | kind | every | needs | what is proven on our own input only |
|---|---|---|---|---|
"""
_KINDS = {"call": "Calls for funding", "patent": "Patents", "publication": "Publications"}
_KINDS |= {"organisation": "Organisations", "project": "Projects", "announcement": "Partner announcements"}
_SECTION = re.compile(r"^### `([a-z0-9_]+)`.*?(?=^##|\Z)", re.M | re.S)
_PLACEHOLDER = re.compile(r"\b(?:TODO|FIXME|XXX|example\.org)\b", re.I)


def sources_page(sources: Mapping[str, Source]) -> str:
    """The whole page, in Markdown. sources: those with a file of their own, by name."""
    ordered = sorted(sources.values(), key=lambda source: source.name)
    rows = "".join(
        f"| [`{s.name}`](#{s.name}) | {s.kind} | {_cadence(s)} | {_needs(s)} | {_unproven(s)} |\n" for s in ordered
    )
    parts = [_HEAD + rows]
    for kind, heading in _KINDS.items():
        parts += [f"\n## {heading}\n", *(_section(source) for source in ordered if source.kind == kind)]
    return "".join(parts)


def _section(source: Source) -> str:
    said = " ".join((type(source).__doc__ or "").split())
    fewest, most = source.expect
    lines = (
        f"\n### `{source.name}`\n",
        f"**{source.title}**. {said}\n",
        f"- publisher: {source.publisher}, <{source.home}>",
        f"- licence: {source.licence}; terms: <{source.terms}>",
        f"- attribution in every digest: {source.attribution}",
        f"- collected {_cadence(source)}; {fewest} to {most} items in a healthy run; one request in {source.rate:g} s",
        f"- needs: {_needs(source)}",
        f"- real payloads: {', '.join(source.recorded_as) or 'none were at hand'}",
        f"- proven on our own input only: {_unproven(source)}",
    )
    return "\n".join(lines) + "\n"


def _cadence(source: Source) -> str:
    if source.by_hand:
        return "by hand"
    days, hours = divmod(source.every, 24)
    if hours:
        return f"every {source.every} h"
    return {1: "daily", 7: "weekly"}.get(days, f"every {days} days")


def _needs(source: Source) -> str:
    if source.by_hand:
        return "a file that a person saved: `--replay FILE`"
    return ", ".join(f"`VARDE_{key.upper()}`" for key in source.needs_keys) or "nothing"


def _unproven(source: Source) -> str:
    said = source.unproven or ("asking the publisher" if source.recorded_as else "everything")
    return said[0].upper() + said[1:].rstrip(".") + "."


def load_source(name: str, root: Path = ROOT) -> Source:
    """A source from its file, also where others beside it are unfinished.

    Raises NotFound without the file, SettingMissing where the class is refused, with what it lacks.
    """
    path = root / "spiders" / "sources" / f"{name}.py"
    made = importlib.util.spec_from_file_location(f"spiders.sources.{name}", path) if path.is_file() else None
    if made is None or made.loader is None:
        raise NotFound(f"there is no source {name!r} in {path.parent}; `varde source new {name} --kind …` begins one")
    module = importlib.util.module_from_spec(made)
    try:
        made.loader.exec_module(module)
    except TypeError as refused:
        raise SettingMissing(str(refused)) from refused
    except (ImportError, SyntaxError, NameError) as broken:
        raise SettingMissing(f"{path} cannot be imported: {broken}") from broken
    return source_in(module)


def lacks(name: str, root: Path = ROOT) -> list[str]:
    """What a source lacks, one line each: facts, wording, recordings, goldens, its place in docs. Raises NotFound."""
    try:
        source = load_source(name, root)
    except SettingMissing as refused:
        return [f"facts: {refused}", *_recordings_lack(name, root)]
    return [*_words_lack(source), *_recordings_lack(name, root), *_docs_lack(source, root)]


def _words_lack(source: Source) -> Iterator[str]:
    """Facts that are there but say nothing."""
    for fact in ("home", "terms"):
        if not str(getattr(source, fact)).startswith("https://"):
            yield f"{fact}: must be the https address where people can read it"
    for fact in ("title", "publisher", "home", "licence", "terms", "attribution"):
        if _PLACEHOLDER.search(str(getattr(source, fact))):
            yield f"{fact}: still holds a placeholder"
    if len(source.licence) < 3 or source.licence.lower() in {"unknown", "none", "open", "free"}:
        yield "licence: say which, in the publisher's words; if there is none say what its terms allow"
    if not (type(source).__doc__ or "").strip() or type(source).__doc__ == type(source).__mro__[1].__doc__:
        yield "docstring: say in one sentence what is collected and what is special about it"


def _recordings_lack(name: str, root: Path) -> Iterator[str]:
    """Recordings and what was read off them."""
    place = root / "tests" / "recordings" / "spiders" / name
    recordings = [f for f in sorted(place.glob("*")) if not f.name.endswith((".golden.json", ".url"))]
    if not recordings:
        yield f"recording: write one in the publisher's format in {place.relative_to(root)}/"
        return
    goldens = [f.with_name(f.name + ".golden.json") for f in recordings]
    missing = [golden.name for golden in goldens if not golden.exists()]
    if missing:
        yield f"golden: {', '.join(missing)}; run tests/test_spiders_sources.py, read what it wrote, run it again"
        return
    outcomes = [json.loads(golden.read_bytes()) for golden in goldens]
    if not any(outcome.get("items") for outcome in outcomes):
        yield "golden: none of the recordings gives an item"
    if not any("refused" in outcome for outcome in outcomes):
        yield "recording: none is refused; record a log-in page or another answer that must not be stored"


def _docs_lack(source: Source, root: Path) -> Iterator[str]:
    page = root / "docs" / "sources.md"
    written = page.read_text("utf-8") if page.is_file() else ""
    sections = {found[1]: found[0].strip() for found in _SECTION.finditer(written)}
    if sections.get(source.name) != _section(source).strip():
        yield "docs: run `varde source docs > docs/sources.md`"
