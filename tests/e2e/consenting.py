"""A service's own page, in the window that opens for it."""

import re

from playwright.sync_api import Locator, Page, expect


def consent(page: Page, press: Locator, answer: str = "Allow", untick: str | None = None) -> None:
    """As the person who is asked."""
    with page.context.expect_page() as opened:
        press.click()
    asks = opened.value
    expect(asks.get_by_role("heading", name=re.compile("^Sign in to"))).to_be_visible()
    if untick is not None:
        asks.get_by_label(untick).uncheck()
    asks.get_by_role("button", name=answer).click()
