"""One public page as a response: own templates, its style inside, the strictest policy, no scripts."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from fastapi.responses import HTMLResponse
from jinja2 import Environment

from desk.drawing import environment
from desk.public.words import words_for

_TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, language: str, *, status: int = 200, **shown: object) -> HTMLResponse:
    """The page in the reader's language; nothing of it is kept by browsers or proxies, nor told to other sites."""
    words = words_for(language)
    html = _environment().get_template(template).render(w=words, **shown)
    return HTMLResponse(html, status, headers=_headers())


def gone(language: str = "en") -> HTMLResponse:
    """A link that does not hold: said in both languages, since nobody knows whose it is."""
    return page("gone.html", language, status=404, other=words_for("nb"))


@cache
def _environment() -> Environment:
    return environment(_TEMPLATES)


@cache
def _style() -> str:
    """The style as it stands in every page; the policy names its hash and allows no other."""
    return _environment().get_template("public.css").render()


@cache
def _headers() -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(_style().encode("utf-8")).digest()).decode("ascii")
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cache-control": "no-store",
        "x-robots-tag": "noindex, nofollow",
    }
