"""Debian's chromium against a desk that really listens, for tests; nothing but loopback is reached."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from desk.app import build
from tests.desks import PASSWORD
from watch.house import House

CHROMIUM = Path("/usr/bin/chromium")
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip


@contextmanager
def served(house: House) -> Iterator[str]:
    """A desk on a free port of this machine; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    server = uvicorn.Server(uvicorn.Config(build(house, address), host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(10)


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Watched:
    """A page, and all that it complained of or asked of other hosts."""

    def __init__(self, browser: Browser, address: str, login: str, scheme: str = "light") -> None:
        self.address = address
        self.complaints: list[str] = []
        context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
        self.page: Page = context.new_page()
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda asked: self._note(asked.url))
        self.page.goto(f"{address}/login")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("button.do")
        self.page.wait_for_url("**/queue")

    def _note(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.complaints.append(f"asked {url}")

    def serious(self) -> list[str]:
        """What axe-core finds serious or critical on the page as it is."""
        found = Axe().run(self.page).response["violations"]
        return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")]
