"""Pictures of the demo's digest for the README, drawn by Debian's chromium: light, dark, and on a phone.

    python -m benchmarks.demo_pictures [DEMO] [DOCS]     default var/demo and docs

Reads the HTML of one mail that the demo has sent; nothing is fetched. Writes digest-light.png, digest-dark.png,
digest-phone.png. Needs the development environment (playwright) and chromium.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from terms.errors import VardeError

COMPANY = "klo-robotics"
CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
_VIEWS = (
    ("digest-light.png", "light", 720, 1440),
    ("digest-dark.png", "dark", 720, 1440),
    ("digest-phone.png", "light", 360, 1440),
)  # name, scheme, width and height in CSS pixels


def draw(demo: Path, docs: Path) -> list[Path]:
    """The three pictures of one demo mail. Raises VardeError where there is no mail or no chromium."""
    found = sorted((demo / "outbox").glob(f"*-{COMPANY}.html"))
    if not found:
        raise VardeError(f"{demo}/outbox holds no mail to {COMPANY}; play the demo first (make demo)")
    if not CHROMIUM.exists():
        raise VardeError(f"{CHROMIUM} is not here; apt-get install chromium")
    docs.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=str(CHROMIUM), args=list(_FLAGS))
        drawn = [_picture(browser, found[-1], docs / name, scheme, width, height)
                 for name, scheme, width, height in _VIEWS]  # fmt: skip
        browser.close()
    return drawn


def _picture(browser: Browser, mail: Path, to: Path, scheme: str, width: int, height: int) -> Path:
    """The top of the mail, as a reader sees it first."""
    dark = scheme == "dark"
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", java_script_enabled=False
    )
    page.goto(mail.resolve().as_uri())
    page.screenshot(path=str(to))
    page.close()
    return to


if __name__ == "__main__":
    for path in draw(Path(*sys.argv[1:2] or ["var/demo"]), Path(*sys.argv[2:3] or ["docs"])):
        print(path, path.stat().st_size)
