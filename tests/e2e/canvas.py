"""The editor, as somebody with a mouse and a keyboard knows it."""

import re
from typing import Self

from playwright.sync_api import FloatRect, Locator, Page, expect


class Canvas:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.inspector = page.get_by_role("complementary", name="Inspector")
        self.data = page.get_by_role("region", name="Data")
        self.palette = page.get_by_role("region", name="Nodes")
        self.draft = page.get_by_role("status", name="Draft")

    def ready(self) -> Self:
        expect(self.page.get_by_role("toolbar", name="Canvas")).to_be_visible()
        return self

    def node(self, title: str, says: str = "") -> Locator:
        """The card with this title; `says` is a part of what a screen reader says after it."""
        return self.page.get_by_role("article", name=re.compile(rf"^{re.escape(title)}, .*{re.escape(says)}"))

    def output(self, title: str, port: str = "out") -> Locator:
        return self._eyelet(f"output {port} of {title}")

    def input(self, title: str, port: str = "in") -> Locator:
        return self._eyelet(f"input {port} of {title}")

    def _eyelet(self, name: str) -> Locator:
        return self.page.get_by_role("img", name=re.compile(rf"^{re.escape(name)}(, connected)?$"))

    def drag(self, start: Locator, end: Locator) -> None:
        """Pressed on the one, moved to the other, not yet let go."""
        a, b = _middle(start), _middle(end)
        self.page.mouse.move(*a)
        self.page.mouse.down()
        self.page.mouse.move((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, steps=4)
        self.page.mouse.move(*b, steps=4)

    def wire(self, start: Locator, end: Locator) -> None:
        self.drag(start, end)
        self.page.mouse.up()
        expect(start).to_have_accessible_name(re.compile("connected$"))
        expect(end).to_have_accessible_name(re.compile("connected$"))

    def open_palette(self) -> None:
        self.page.get_by_role("button", name="Add node").click()

    def search(self, words: str, option: str) -> Locator:
        self.palette.get_by_role("combobox", name="Search nodes").fill(words)
        return self.palette.get_by_role("option", name=option, exact=True)

    def drop(self, words: str, option: str, x: float, y: float) -> None:
        """From the palette to a point of the canvas, counted from its upper left corner."""
        self.open_palette()
        self.search(words, option).drag_to(self.ground, target_position={"x": x, "y": y})
        if self.palette.is_visible():
            self.palette.get_by_role("button", name="Close").click()

    @property
    def ground(self) -> Locator:
        # The canvas has a name but React Flow gives it the role of an application, below which all else lies.
        return self.page.locator(".react-flow__pane")

    @property
    def counts(self) -> Locator:
        """How many items went along each edge that any went along."""
        return self.page.locator(".react-flow__edge").filter(has_text=re.compile(r"\d"))

    def select(self, title: str) -> None:
        self.node(title).get_by_role("heading").click()
        expect(self.inspector.get_by_label("Name of the node")).to_have_value(title)

    def choose(self, label: str, option: str) -> None:
        """In a select of the inspector."""
        self.inspector.get_by_role("combobox", name=label).click()
        self.page.get_by_role("option", name=option).click()

    def saved(self) -> None:
        expect(self.draft).to_have_text("Saved")

    def publish(self) -> str:
        """Answers the title of the dialog that says what is live now."""
        self.page.get_by_role("button", name="Publish").click()
        dialog = self.page.get_by_role("dialog")
        title = dialog.get_by_role("heading").inner_text()
        dialog.get_by_role("button", name="Done").click()
        return title


def _middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box is not None, f"{locator} isn't on the screen"
    return _center(box)


def _center(box: FloatRect) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
