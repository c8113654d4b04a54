"""The parts that all pages are made of: each looks as designed, says what it is, and fits its words."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.core.people import Role
from desktop.ui.avatar import Avatar
from desktop.ui.button_face import KINDS
from desktop.ui.buttons import Button
from desktop.ui.call_button import CallButton
from desktop.ui.chip import LEVELS, Chip
from desktop.ui.loading_line import LoadingLine
from desktop.ui.plain_label import PlainLabel
from desktop.ui.theme import set_surface, theme
from tests.ui import walk
from tests.ui.conftest import Dress
from tests.ui.hands import tap
from tests.ui.snapshots import SnapshotCheck

Show = Callable[[QWidget, tuple[int, int]], QWidget]


def _call_button(text: str, icon: str, mark: str = "", *, badge: int = 0, enabled: bool = True) -> CallButton:
    made = CallButton(text, icon, name=f"call{icon}", label=text or "Zoom in")
    made.set_face(text, icon, mark=mark, label=text or "Zoom in")
    made.set_badge(badge)
    made.setEnabled(enabled)
    return made


def _chosen(text: str) -> Button:
    made = Button(text, name="chosen")
    made.setCheckable(True)
    made.setChecked(True)
    return made


def gallery() -> QWidget:
    page = QWidget()
    set_surface(page, "raised")
    off = Button("Not now", name="off")
    off.setEnabled(False)
    rows: list[list[QWidget]] = [
        [Button("Join session", "video", name=f"primary{kind}", kind=kind, primary=True) for kind in KINDS],
        [*(Button("Normal", name=f"small{kind}", kind=kind) for kind in KINDS), _chosen("Chosen"), off],
        [
            _call_button("Mute", "mic"),
            _call_button("Muted", "mic-off", "warn"),
            _call_button("Freeze", "snowflake", "on"),
            _call_button("Chat", "message-square", badge=3),
            _call_button("Snapshot", "camera", enabled=False),
            _call_button("", "plus"),
            CallButton("End session", "phone-off", name="end", kind="danger"),
        ],
        [Chip("In 43 min", "calendar-clock", level) for level in LEVELS],
        [Chip("Fair", "signal-medium"), Avatar("Dana Whitfield"), Avatar("Marco Reyes", Role.MECHANIC)],
    ]
    column = QVBoxLayout(page)
    for parts in rows:
        row = QHBoxLayout()
        row.setSpacing(theme().size("gap"))
        for part in parts:
            row.addWidget(part)
        row.addStretch(1)
        column.addLayout(row)
    for style in ("display", "headline", "title", "strong", "body", "label", "caption"):
        column.addWidget(PlainLabel(f"{style}: waiting for Dana Whitfield", style))
    column.addStretch(1)
    return page


@pytest.mark.parametrize("look", ["kiosk-bay", "kiosk-door", "desktop-bay", "desktop-door"])
def test_the_components_look_as_designed(look: str, dress: Dress, shown: Show, snapshot: SnapshotCheck) -> None:
    width, _height = dress(look)
    snapshot(shown(gallery(), (width, 900)), f"components-{look}")


@pytest.mark.parametrize("look", ["kiosk-bay", "desktop-bay"])
def test_every_component_is_named_and_plain(look: str, dress: Dress, shown: Show) -> None:
    size = dress(look)
    page = shown(gallery(), size)
    assert walk.unnamed_controls(page) == []
    assert walk.markup_risks(page) == []


@pytest.mark.parametrize("dpi", [96, 166, 220])
def test_gloves_hit_every_component(dpi: int, dress: Dress, shown: Show) -> None:
    size = dress("kiosk-bay", dpi)
    page = shown(gallery(), (2 * size[0], 2 * size[1]))
    assert walk.too_small(page, theme().touch_floor()) == []


def test_a_control_says_what_a_press_will_do_and_what_is_new(qtbot: QtBot, shown: Show) -> None:
    button = CallButton("Mute", "mic", name="muteButton", label="Mute microphone")
    shown(button, (200, 100))
    with qtbot.waitSignal(button.clicked):
        tap(button)
    button.set_face("Muted", "mic-off", mark="warn", label="Unmute microphone")
    assert (button.text(), button.mark, button.accessibleName()) == ("Muted", "warn", "Unmute microphone")
    button.set_badge(12)
    assert button.badge == 12


def test_words_on_buttons_are_never_cut(shown: Show) -> None:
    for kind in KINDS:
        button = Button("Nachricht an die Kundin senden", "send-horizontal", name="long", kind=kind)
        assert button.minimumSizeHint().width() >= button.face().content_width()


def test_the_loading_line_waits_a_blink_before_it_shows(qtbot: QtBot, shown: Show) -> None:
    page = QWidget()
    line = LoadingLine(page)
    line.lay(0, 400)
    shown(page, (400, 100))
    line.set_busy(True)
    assert not line.is_running
    qtbot.waitUntil(lambda: line.is_running)
    line.set_busy(False)
    assert not line.is_running


def test_a_theme_change_reaches_what_is_on_screen(dress: Dress, shown: Show) -> None:
    page = shown(gallery(), (1366, 900))
    before = page.grab().toImage()
    dress("desktop-door")
    after = page.grab().toImage()
    assert before.pixelColor(5, 5) != after.pixelColor(5, 5)
    assert after.pixelColor(5, 5) == theme().color("surface-raised")
    dress("kiosk-door")
    label = next(part for part in page.findChildren(QLabel) if part.text().startswith("body"))
    assert label.font().pixelSize() == theme().type_style("body").px
