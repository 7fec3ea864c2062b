"""The product as it is started, and a browser in front of it."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.installed import Installed, installed
from tests.support.browser import Tabs, chromium

_RESULTS = Path(__file__).resolve().parents[2] / "test-results"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    tabs = getattr(item, "funcargs", {}).get("tabs")
    if report.when == "call" and report.failed and isinstance(tabs, Tabs):
        tabs.picture(_RESULTS, item.name)
    return report


@pytest.fixture(scope="package")
def browser() -> Generator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Generator[Installed]:
    """An installation with an owner, shared by all tests but those that set one up themselves."""
    with installed(tmp_path_factory.mktemp("home"), owner=True) as running:
        yield running


@pytest.fixture
def tabs(browser: Browser, home: Installed) -> Generator[Tabs]:
    """All closed at the end; a test fails if a page threw an error that nobody caught."""
    opened = Tabs(browser, home.url)
    yield opened
    opened.close()
    assert not opened.complaints


@pytest.fixture
def open_page(tabs: Tabs, home: Installed) -> Callable[[str], Page]:
    """A tab of the owner, signed in."""
    return lambda path: tabs.open(path, cookies=home.cookies())
