"""Icons and drawings: SVG with its colours put in, rendered sharp for the screen and kept by name, size and colour."""

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from desktop.ui.resources import resource_text
from desktop.ui.style_sheet import fill_roles
from desktop.ui.theme import theme
from desktop.ui.tokens import ThemeName, tokens

_FAINT = 0.35


def _body(name: str) -> str:
    svg = resource_text("icons", f"{name}.svg")
    start = svg.index(">", svg.index("<svg")) + 1
    return svg[start : svg.rindex("</svg>")]


@lru_cache(maxsize=128)
def _icon_svg(name: str) -> str:
    """Return the icon as SVG with `currentColor`; a weaker signal keeps the missing bars, faint."""
    behind = f'<g opacity="{_FAINT}">{_body("signal")}</g>' if name.startswith("signal-") else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{behind}{_body(name)}</svg>'
    )


def _render(svg: str, size: QSize, ratio: float) -> QPixmap:
    pixmap = QPixmap(round(size.width() * ratio), round(size.height() * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    QSvgRenderer(QByteArray(svg.encode())).render(painter)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


@lru_cache(maxsize=512)
def _icon(name: str, px: int, color: str, ratio: float) -> QPixmap:
    return _render(_icon_svg(name).replace("currentColor", color), QSize(px, px), ratio)


@lru_cache(maxsize=16)
def _art(name: str, width: int, height: int, palette: ThemeName, ratio: float) -> QPixmap:
    svg = fill_roles(resource_text("art", f"{name}.svg"), tokens().colors[palette])
    return _render(svg, QSize(width, height), ratio)


def icon_pixmap(name: str, px: int, color: QColor, ratio: float = 1.0) -> QPixmap:
    """Return a Lucide icon of `px` device-independent pixels in one colour, or raise FileNotFoundError."""
    return _icon(name, px, color.name(), ratio)


def paint_icon(painter: QPainter, rect: QRect | QRectF, name: str, color: QColor) -> None:
    """Paint an icon centred in `rect`, as large as its shorter side."""
    area = QRectF(rect)
    px = round(min(area.width(), area.height()))
    pixmap = icon_pixmap(name, px, color, painter.device().devicePixelRatioF())
    painter.drawPixmap(QPointF(area.center().x() - px / 2, area.center().y() - px / 2), pixmap)


def paint_art(painter: QPainter, rect: QRect, name: str) -> None:
    """Paint one of the project's own drawings (`resources/art`) in the theme's colours, filling `rect`."""
    pixmap = _art(name, rect.width(), rect.height(), theme().name, painter.device().devicePixelRatioF())
    painter.drawPixmap(rect.topLeft(), pixmap)


def window_icon() -> QIcon:
    """Return the program's icon in the sizes that desktops ask for."""
    icon = QIcon()
    for px in (16, 24, 32, 48, 64, 128, 256):
        icon.addPixmap(_art("logo", px, px, theme().name, 1.0))
    return icon
