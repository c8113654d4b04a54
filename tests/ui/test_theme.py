"""Colours can be read in both themes, sizes suit gloves on every screen, and the bundled type is what is drawn."""

import math

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF

from desktop.ui.icons import icon_pixmap
from desktop.ui.resources import resource_path
from desktop.ui.theme import Theme, theme
from desktop.ui.tokens import Profile, ThemeName, tokens
from tests.ui.conftest import Dress


def _luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ThemeName)
def test_every_text_can_be_read_on_its_ground(name: ThemeName) -> None:
    colors = tokens().colors[name]
    weak = [pair for pair in tokens().text_contrasts if _contrast(colors[pair[0]], colors[pair[1]]) < 7.0]
    assert weak == []


@pytest.mark.parametrize("name", ThemeName)
def test_frames_rings_and_fills_stand_out(name: ThemeName) -> None:
    colors = tokens().colors[name]
    weak = [pair for pair in tokens().shape_contrasts if _contrast(colors[pair[0]], colors[pair[1]]) < 3.0]
    assert weak == []


@pytest.mark.parametrize("dpi", [96, 120, 141, 166, 220])
def test_gloves_hit_controls_on_every_screen(dpi: int) -> None:
    kiosk = Theme(profile=Profile.KIOSK, dpi=dpi)
    assert kiosk.size("primary") >= math.floor(20 / 25.4 * dpi)
    assert kiosk.size("control") >= math.floor(12 / 25.4 * dpi)
    assert kiosk.size("gap") >= math.floor(3 / 25.4 * dpi)
    assert kiosk.size("control-bar") >= kiosk.size("primary")
    assert kiosk.size("header") >= kiosk.size("control")
    assert kiosk.size("list-row") >= kiosk.size("control")


def test_at_96_dpi_the_sizes_are_those_of_the_design() -> None:
    kiosk = Theme(profile=Profile.KIOSK)
    assert [kiosk.size(n) for n in ("primary", "control", "gap", "header", "list-row")] == [76, 56, 12, 88, 112]
    desktop = Theme(profile=Profile.DESKTOP, dpi=220)
    assert [desktop.size(n) for n in ("primary", "control", "gap", "header")] == [44, 36, 8, 60]


def test_kiosk_has_no_text_below_18_pixels() -> None:
    assert min(style.px for style in tokens().types[Profile.KIOSK].values()) >= 18


@pytest.mark.parametrize(("style", "weight"), [("body", 400), ("label", 500), ("title", 600)])
def test_the_bundled_type_is_drawn_in_its_real_weights(style: str, weight: int, dress: Dress) -> None:
    dress("kiosk-bay")
    info = QFontInfo(theme().font(style))
    assert info.family() == "Inter"
    assert info.weight() == weight


def test_figures_of_timers_keep_their_width(dress: Dress) -> None:
    dress("kiosk-bay")
    metrics = QFontMetricsF(theme().font("title", tabular=True))
    assert metrics.horizontalAdvance("11:11") == pytest.approx(metrics.horizontalAdvance("08:48"))


def test_every_icon_can_be_drawn(dress: Dress) -> None:
    dress("desktop-door")
    names = sorted(path.stem for path in resource_path("icons").glob("*.svg"))
    assert len(names) >= 75
    for name in names:
        picture = icon_pixmap(name, 24, theme().color("text")).toImage()
        inked = sum(picture.pixelColor(x, y).alpha() > 128 for x in range(24) for y in range(24))
        assert inked > 4, name


def test_licences_are_shipped_beside_what_they_cover() -> None:
    assert "SIL OPEN FONT LICENSE" in resource_path("fonts", "LICENSE").read_text(encoding="utf-8")
    assert "ISC" in resource_path("icons", "LICENSE").read_text(encoding="utf-8")
