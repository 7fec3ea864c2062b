"""Colours that can be read."""

import pytest

from nodeloom.features.hosted.colour import DARK, LIGHT, READABLE, contrast, is_colour, on_dark, readable_on_light


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("accent", ["#000000", "#3a46bd", "#b3262c", "#ffee00", "#ffffff", "#0d6661"])
def test_an_accent_can_be_read_on_both_pages(accent: str) -> None:
    assert contrast(on_dark(accent), DARK) >= READABLE
    assert contrast(readable_on_light(accent), LIGHT) >= READABLE
    assert is_colour(on_dark(accent))


def test_what_can_be_read_stays_as_it_is() -> None:
    assert readable_on_light("#3a46bd") == "#3a46bd"
    assert on_dark("#ffee00") == "#ffee00"
