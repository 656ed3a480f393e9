"""The console command: one verb a use case of `watch`; errors become one clear message and an exit code.

Exit codes: 0 done, 1 it failed or nothing useful was done, 2 the command was not understood, 75 try again later.
"""

import logging
import sys
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any

import typer
from rich.text import Text
from typer.main import get_command

from terms.errors import LedgerBusy, RunBusy, VardeError, WarehouseBusy
from varde import (
    auditing,
    classing,
    collecting,
    companies,
    desking,
    digesting,
    engaging,
    exporting,
    feeding,
    gating,
    hooking,
    mailing,
    networking,
    outcomes,
    pairing,
    partnering,
    projects,
    proposing,
    ranking,
    replaying,
    reviewing,
    running,
    screening,
    sourcing,
    twinning,
)
from varde.door import Choices
from varde.show import clean, err

_log = logging.getLogger(__name__)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Varde: technology watch for small companies. Start with `varde init`, then `varde week`.",
)
for room in (
    running,
    companies,
    collecting,
    feeding,
    reviewing,
    screening,
    digesting,
    exporting,
    sourcing,
    twinning,
    auditing,
    gating,
    hooking,
    mailing,
    networking,
    outcomes,
    engaging,
    pairing,
    partnering,
    projects,
    ranking,
    replaying,
    classing,
    proposing,
    desking,
):
    room.add_to(app)


@app.callback()
def choose(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="Folder of the stores [VARDE_HOME, else var].")] = None,
    maps: Annotated[Path | None, typer.Option(help="Folder of need maps [VARDE_MAPS, else companies].")] = None,
    feeds: Annotated[Path | None, typer.Option(help="List of feeds [VARDE_FEEDS, else feeds.yaml].")] = None,
    now: Annotated[str | None, typer.Option(help="A fixed clock, for replays: 2026-11-23T05:30:00Z.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell what happens on the way.")] = False,
) -> None:
    """Choices that hold for every verb; what is not chosen comes from the environment or .env."""
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    context.obj = Choices({"home": home, "maps": maps, "feeds": feeds, "now": now})


def main() -> None:
    """The door: run a verb, turn every error into one message."""
    sys.excepthook = _unforeseen
    sys.exit(_exit_code())


def _unforeseen(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """One line instead of a trace, which is only logged, with -v; Python exits with 1."""
    _log.info("A fault that nobody foresaw", exc_info=(kind, error, trace))
    first = (str(error).splitlines() or [""])[0]
    _tell(f"{kind.__name__}: {first[:500]} (-v tells where it broke); nothing stored is lost", 1)


def _exit_code() -> int:
    """Ours by their own words, the system's by what and where."""
    try:
        get_command(app)()  # not app(), which would put a hook of its own over ours
    except (RunBusy, LedgerBusy, WarehouseBusy) as error:
        return _tell(error, 75)
    except (VardeError, ValueError) as error:
        return _tell(error, 1)
    except OSError as error:
        where = error.filename or "the folder of the stores"
        return _tell(f"{error.strerror or type(error).__name__}: {where}; mend it and start again, nothing is lost", 1)
    return 0


def _tell(what: Any, code: int) -> int:
    err.print(Text(f"varde: {clean(str(what))}"), style="red", soft_wrap=True)
    return code
