"""A digest for a company's own machines: JSON in the company's language, signed as Standard Webhooks 1.0 says.

https://www.standardwebhooks.com: headers webhook-id, webhook-timestamp and webhook-signature; the signature is `v1,`
and the base64 of HMAC-SHA256 over `id.timestamp.body`, one for each secret that holds, with a space in between.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from digests.headers import one_line, shortened
from digests.links import safe_link
from digests.texts import texts_for
from digests.view import LineView, SuggestionView, Viewer
from digests.wording import wording_for
from terms.company import Company
from terms.digest import Digest, Line

_PREFIX = "whsec_"
_NAME = 300


def secret_of(key: bytes, company_key: str, generation: int) -> str:
    """The secret of one webhook, `whsec_` and 32 bytes in base64; made from the house's key and stored nowhere."""
    made = hmac.new(key, f"varde.webhook\0{company_key}\0{generation}".encode(), hashlib.sha256).digest()
    return _PREFIX + base64.b64encode(made).decode("ascii")


def post_key_of(company_key: str, digest_key: str) -> str:
    """The webhook-id of a digest: always the same, so that a receiver knows what it has."""
    claim = "\0".join((company_key, digest_key))
    return f"varde_{hashlib.sha256(claim.encode('utf-8')).hexdigest()[:40]}"


def signed_headers(post_key: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of one try. at: aware, the moment of this try. secrets: those that hold, the newest first."""
    stamp = int(at.timestamp())
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Varde",
        "webhook-id": post_key,
        "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(_signature(secret, post_key, stamp, body) for secret in secrets),
    }


def digest_body(company: Company, digest: Digest, *, kind: str, subject: str, text: str, now: datetime) -> bytes:
    """What a receiver gets of one digest; the same arguments give the same bytes.

    kind: digest or urgent. subject, text: of the mail in the same language. now: aware, when it was approved.
    """
    wording = wording_for(texts_for(digest.language), company.timezone, now)
    view, raw = Viewer(company, wording, 0), {line.ref: line for line in digest.lines}
    told = {
        "company": {"key": company.id, "name": shortened(one_line(company.name), _NAME)},
        "week": digest.iso_week,
        "kind": kind,
        "language": wording.texts.tag,
        "subject": subject,
        "text": text,
        "sentence": one_line(digest.sentence),
        "projects": [_suggestion(s, raw) for s in view.projects(digest)],
        "partners": [_suggestion(s, raw) for s in view.partners(digest)],
        "evidence": [
            {"need": group.need, "lines": [_line(line, raw) for line in group.lines]} for group in view.evidence(digest)
        ],
        "changes": [{"ref": c.ref, "title": c.title, "url": c.href, "said": c.said} for c in view.changes(digest)],
        "held_back": digest.held_back,
    }
    return _body(f"digest.{kind}", told, now)


def trial_body(company: Company, now: datetime) -> bytes:
    """A post that tells nothing, to try a receiver out."""
    return _body("trial", {"company": {"key": company.id, "name": shortened(one_line(company.name), _NAME)}}, now)


def _body(kind: str, told: dict[str, Any], now: datetime) -> bytes:
    whole = {"type": kind, "timestamp": now.astimezone(UTC).isoformat(), "data": told}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _suggestion(view: SuggestionView, raw: dict[str, Line]) -> dict[str, Any]:
    return {
        "need": view.need,
        **({"call": _line(view.call, raw), "decide": view.decide, "joining": list(view.joining)} if view.call else {}),
        **({"partner": view.partner, "country": view.country} if view.partner else {}),
        "evidence": _lines(view.evidence, raw),
    }


def _lines(views: Iterable[LineView], raw: dict[str, Line]) -> list[dict[str, Any]]:
    return [_line(view, raw) for view in views]


def _line(view: LineView, raw: dict[str, Line]) -> dict[str, Any]:
    """Words for people, and beside them the deadline, the day and the sum as machines read them."""
    line = raw[view.ref]
    return {
        "ref": view.ref,
        "kind": line.kind,
        "title": view.title,
        "url": safe_link(line.url),
        "source": view.source,
        "who": view.who,
        "deadline": view.deadline,
        "deadline_at": line.deadline_at.astimezone(UTC).isoformat() if line.deadline_at else None,
        "budget": view.budget,
        "budget_eur": line.budget_eur,
        "published_on": line.published_on.isoformat() if line.published_on else None,
    }


def _signature(secret: str, post_key: str, stamp: int, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    made = hmac.new(key, f"{post_key}.{stamp}.".encode("ascii") + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode("ascii")
