"""Colours that can be read: contrast as WCAG 2.2 counts it, and what an accent becomes on the dark page."""

import re
from typing import Final

# The grounds that an accent stands on (see frontend/public/hosted/page.css).
LIGHT: Final = "#ffffff"
DARK: Final = "#211f1d"
READABLE: Final = 4.5

_HEX: Final = re.compile(r"#[0-9a-f]{6}")
_STEPS: Final = 40


def is_colour(text: str) -> bool:
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    bright, dim = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def on_dark(accent: str) -> str:
    """The accent, as much lighter as it takes to be read on the dark page."""
    return _towards(accent, "#ffffff", DARK)


def readable_on_light(accent: str) -> str:
    """The accent, as much darker as it takes to be read on the light page."""
    return _towards(accent, "#000000", LIGHT)


def _towards(accent: str, end: str, ground: str) -> str:
    steps = (_mixed(accent, end, step / _STEPS) for step in range(_STEPS + 1))
    return next(colour for colour in steps if contrast(colour, ground) >= READABLE)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
