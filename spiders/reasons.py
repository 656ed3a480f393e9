"""Why a page was not fetched or not read, in sentences of our own."""

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)

from spiders.shown import one_line
from terms.errors import VardeError

# sentences of our own: what libraries say may contain addresses with keys in them
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (DownloadTimeoutError, "no whole answer in time"),
    (DownloadConnectionRefusedError, "the connection was refused, or its certificate is not trusted"),
    (CannotResolveHostError, "the host's name is not known"),
    (ResponseDataLossError, "the answer was cut short"),
    (DownloadCancelledError, "too_large: more than VARDE_MAX_BODY_BYTES"),
    (DownloadFailedError, "the connection broke"),
)


def told(trouble: BaseException) -> str:
    """An exception in one line: our own by its words, one that nobody foresaw with its type."""
    if isinstance(trouble, VardeError):
        return one_line(str(trouble))
    return one_line(f"{type(trouble).__name__}: {trouble}")


def missed(trouble: BaseException | None) -> str:
    """Why there is no answer, without the words of libraries."""
    if isinstance(trouble, VardeError):
        return one_line(str(trouble))
    if isinstance(trouble, IgnoreRequest):
        bomb = isinstance(trouble.__cause__, ValueError)
        return "too_large: more than VARDE_MAX_BODY_BYTES once unpacked" if bomb else "more than five redirects"
    return next((text for kind, text in _REASONS if isinstance(trouble, kind)), type(trouble).__name__)
