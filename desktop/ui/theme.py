"""The theme in use: colours by role, sizes in millimetres turned to pixels, fonts; and how a change reaches widgets."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.resources import resource_path
from desktop.ui.style_sheet import build_palette, build_sheet
from desktop.ui.tokens import Profile, ThemeName, TypeStyle, tokens

_MM_PER_INCH = 25.4
_FONT_FILES = ("Inter-Regular.ttf", "Inter-Medium.ttf", "Inter-SemiBold.ttf", "Inter-Bold.ttf")
_TOUCH_OF = {
    "primary": "primary-mm",
    "field": "primary-mm",
    "control": "other-mm",
    "pan-key": "other-mm",
    "overlay-button": "other-mm",
    "gap": "gap-mm",
}
_GROWS_WITH = {"header": "control", "list-row": "control", "settings-row": "control", "band": "control"}


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme in one profile on a screen of `dpi` physical dots an inch. Values are device-independent pixels."""

    name: ThemeName = ThemeName.BAY
    profile: Profile = Profile.KIOSK
    dpi: float = 96.0
    reduced_motion: bool = False

    @property
    def is_kiosk(self) -> bool:
        """Whether it is made for gloves: words on every control, no hover, no tooltips."""
        return self.profile is Profile.KIOSK

    def color(self, role: str) -> QColor:
        """Return the colour of a role of tokens.toml, for example `accent-soft-text`; unknown roles raise KeyError."""
        return QColor(tokens().colors[self.name][role])

    @property
    def plate_color(self) -> QColor:
        """The translucent ground of plates on the picture: text on it keeps its contrast over anything."""
        plate = self.color("video-label")
        plate.setAlphaF(tokens().video_label_alpha[self.name])
        return plate

    def _touch(self, name: str) -> int:
        """Return what gloves need at this screen; zero where no glove is expected (the desktop profile)."""
        if not self.is_kiosk or name not in _TOUCH_OF:
            return 0
        return math.ceil(tokens().touch_mm[_TOUCH_OF[name]] / _MM_PER_INCH * self.dpi - 1e-9)

    def size(self, name: str) -> int:
        """Return a size of `[size.<profile>]`: touch sizes never below their millimetres, bars grow with them."""
        sizes = tokens().sizes[self.profile]
        if name in _GROWS_WITH:
            inner = _GROWS_WITH[name]
            return sizes[name] + self.size(inner) - sizes[inner]
        if name == "control-bar":
            return sizes[name] + self.size("primary") - sizes["primary"]
        return max(sizes[name], self._touch(name))

    def touch_floor(self) -> int:
        """Return the smallest side that anything to be touched may have, in pixels."""
        return self._touch("control")

    def extent(self, name: str) -> tuple[int, int]:
        """Return a width and height of `[size.<profile>]`: `pip`, `keypad-key`."""
        return tokens().pairs[self.profile][name]

    def pick(self, *, kiosk: int, desktop: int) -> int:
        """Return the number of this profile, for measures that the tokens do not name."""
        return kiosk if self.is_kiosk else desktop

    def space(self, name: str) -> int:
        """Return a step of the spacing scale, `x1` to `x8`."""
        return tokens().space[name]

    def radius(self, name: str) -> int:
        """Return a corner radius by what it belongs to."""
        return tokens().radius[name]

    def border(self, name: str) -> int:
        """Return a line width: `hairline`, `field`, `focus`, `focus-gap`."""
        return tokens().border[name]

    def ms(self, name: str) -> int:
        """Return a duration of `[motion]` in milliseconds: 0 where the system asks for reduced motion."""
        if self.reduced_motion and name != "toast-hold":
            return 0
        return tokens().motion_ms[name]

    def type_style(self, style: str) -> TypeStyle:
        """Return the numbers of a text style: caption, label, body, strong, title, headline, display, clock."""
        return tokens().types[self.profile][style]

    def line_height(self, style: str) -> int:
        """Return the line height of a text style in pixels."""
        return self.type_style(style).line_height

    def font(self, style: str, *, tabular: bool = False, weight: int | None = None, px: int | None = None) -> QFont:
        """Return the font of a text style; `tabular` for timers, clocks, counters and VINs."""
        return QFont(_font(self.type_style(style), tabular, weight, px))


@cache
def _families() -> list[str]:
    # A family that is not installed makes Qt search all aliases, which takes a while and warns.
    known = set(QFontDatabase.families())
    return [tokens().family, *(name for name in tokens().fallback if name in known)]


@cache
def _font(style: TypeStyle, tabular: bool, weight: int | None, px: int | None) -> QFont:  # noqa: FBT001 - a cache key
    font = QFont(_families())
    font.setPixelSize(px if px is not None else style.px)
    font.setWeight(QFont.Weight(weight if weight is not None else style.weight))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if style.tracking:
        font.setLetterSpacing(QFont.SpacingType.PercentageSpacing, 100 + style.tracking)
    if tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


class Appearance(QObject):
    """Tells widgets that another theme is in use. Lives in the GUI thread, one for the program."""

    changed = Signal()

    def __init__(self) -> None:
        """Start with the default theme; nothing is applied before `apply_theme`."""
        super().__init__()
        self.theme = Theme()


@cache
def appearance() -> Appearance:
    """Return the program's one appearance."""
    return Appearance()


def theme() -> Theme:
    """Return the theme in use; ask again each time, it may have changed."""
    return appearance().theme


@cache
def load_fonts() -> None:
    """Register the bundled fonts with Qt; needs a QApplication. A missing file raises FileNotFoundError."""
    for name in _FONT_FILES:
        path = resource_path("fonts", name)
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise FileNotFoundError(path)


def apply_theme(app: QApplication, chosen: Theme) -> None:
    """Put a theme on the whole program: fonts, palette, style sheet, then word to the widgets. GUI thread only."""
    load_fonts()
    appearance().theme = chosen
    app.setFont(chosen.font("body"))
    app.setPalette(build_palette(tokens().colors[chosen.name]))
    app.setStyleSheet(build_sheet(tokens().colors[chosen.name], hover=not chosen.is_kiosk))
    appearance().changed.emit()
    for window in app.topLevelWidgets():
        _repaint(window.findChildren(QWidget))


def _repaint(widgets: Iterable[QWidget]) -> None:
    for widget in widgets:
        if widget.isVisible():
            widget.update()


def screen_dpi() -> float:
    """Return the physical dots an inch of the main screen, or 96 where the screen tells nonsense."""
    screen = QGuiApplication.primaryScreen()
    dpi = screen.physicalDotsPerInch()
    return dpi if 60 <= dpi <= 600 else 96.0  # noqa: PLR2004 - outside of it no real screen exists


def set_surface(widget: QWidget, surface: str, edge: str = "") -> None:
    """Give a plain widget a background (`surface`, `sunken`, `raised`, `overlay`) and perhaps one border line."""
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    widget.setProperty("surface", surface)
    widget.setProperty("edge", edge)
