"""A real Chromium with nothing remembered, and its tabs: what they complain of, and how they look when a test fails."""

import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, expect, sync_playwright

WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Far more than any step takes; only a failure waits so long.
PATIENCE_MS = 20_000

_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
# The browser itself notes every answer of 400 and above; whether one was right is for the test to say.
_NOTED_ANSWER = "Failed to load resource"


@contextmanager
def chromium() -> Generator[Browser]:
    """The system's Chromium if there is one, else the one that Playwright brought."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_ARGS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tabs:
    """The tabs that a test opens on one installation."""

    browser: Browser
    url: str
    complaints: list[str] = field(default_factory=list[str])
    _contexts: list[BrowserContext] = field(default_factory=list[BrowserContext])

    def open(
        self,
        path: str = "/",
        *,
        cookies: dict[str, str] | None = None,
        size: ViewportSize = WIDE,
        theme: Literal["light", "dark"] = "light",
    ) -> Page:
        """A browser of its own, so to speak: nothing is shared with the other tabs but the cookies given."""
        context = self.browser.new_context(
            base_url=self.url, viewport=size, color_scheme=theme, reduced_motion="reduce", accept_downloads=False
        )
        context.set_default_timeout(PATIENCE_MS)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        context.add_cookies(
            [{"name": name, "value": value, "url": self.url} for name, value in (cookies or {}).items()]
        )
        self._contexts.append(context)
        return self.beside(context, path)

    def beside(self, context: BrowserContext, path: str) -> Page:
        """Another tab in the same browser."""
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", self._hear)
        page.goto(path)
        return page

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_NOTED_ANSWER):
            self.complaints.append(f"{message.location['url']}: {message.text}")

    def picture(self, folder: Path, name: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in self._contexts for page in context.pages]
        safe = re.sub(r"[^\w.-]+", "-", name)
        for number, page in enumerate(pages, start=1):
            page.screenshot(path=folder / f"{safe}-{number}.png")

    def close(self) -> None:
        for context in self._contexts:
            context.close()
