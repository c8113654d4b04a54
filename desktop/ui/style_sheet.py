"""The one style sheet and palette, filled from the colour roles; holds no fonts, which would beat `setFont`."""

import re

from PySide6.QtGui import QColor, QPalette

from desktop.ui.resources import resource_text

_ROLE = re.compile(r"@([a-z0-9-]+)")


def fill_roles(template: str, colors: dict[str, str]) -> str:
    """Return `template` with every `@role` replaced by its colour; an unknown role raises KeyError."""
    return _ROLE.sub(lambda match: colors[match.group(1)], template)


def build_sheet(colors: dict[str, str], *, hover: bool) -> str:
    """Return the style sheet for a theme's colours; kiosk leaves `:hover` out, because it sticks after a tap."""
    template = resource_text("style.qss")
    if not hover:
        template = re.sub(r"[^{}]*:hover[^{}]*\{[^}]*\}", "", template)
    return fill_roles(template, colors)


def build_palette(colors: dict[str, str]) -> QPalette:
    """Return the palette for a theme's colours."""
    palette = QPalette()
    group = QPalette.ColorRole
    for role, name in (
        (group.Window, "surface"),
        (group.WindowText, "text"),
        (group.Base, "field"),
        (group.AlternateBase, "surface-raised"),
        (group.Text, "text"),
        (group.PlaceholderText, "text-muted"),
        (group.Button, "control"),
        (group.ButtonText, "text"),
        (group.BrightText, "danger-fg"),
        (group.Highlight, "accent"),
        (group.HighlightedText, "accent-text"),
        (group.Accent, "accent"),
        (group.Link, "accent"),
        (group.LinkVisited, "accent"),
        (group.ToolTipBase, "surface-overlay"),
        (group.ToolTipText, "text"),
        (group.Light, "control-hover"),
        (group.Midlight, "control"),
        (group.Mid, "border"),
        (group.Dark, "surface-sunken"),
        (group.Shadow, "surface-sunken"),
    ):
        palette.setColor(role, QColor(colors[name]))
    for role in (group.WindowText, group.Text, group.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors["disabled-text"]))
    return palette
