"""A stored picture of every state of the check page, in both profiles and both themes."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget

from desktop.core.check import CheckState, Connection, EchoPhase, MediaReach, Preview, Verdict
from desktop.core.devices import DeviceKind
from desktop.core.frames import LatestFrame
from desktop.core.hearing import Hearing
from desktop.ui.check.check_page import CheckPage
from tests.ui.call.states import picture
from tests.ui.check.states import NO_CAMERA, NO_MICROPHONE, NO_SPEAKER, devices, fine
from tests.ui.conftest import Dress
from tests.ui.hands import find, tap
from tests.ui.samples import monotonic
from tests.ui.snapshots import SnapshotCheck

Shown = Callable[[QWidget, tuple[int, int]], QWidget]
_SPEECH_DB = -23.0


def check_page(shown: Shown, size: tuple[int, int], state: CheckState) -> CheckPage:
    """Return a shown check page, with a picture and a voice where the state has them."""
    page = CheckPage(monotonic=monotonic)
    own = LatestFrame()
    page.set_own_video(own)
    page.render_state(state)
    if state.preview is Preview.ON:
        own.put(picture(colour="#33506b"))
        page.own_frame_ready()
    page.show_level(_SPEECH_DB)
    shown(page, size)
    return page


STATES = {
    "check": fine(),
    "check-no-camera": fine(devices=devices(camera=NO_CAMERA), preview=Preview.MISSING),
    "check-no-microphone": fine(devices=devices(microphone=NO_MICROPHONE)),
    "check-no-sound": fine(devices=devices(microphone=NO_MICROPHONE, speaker=NO_SPEAKER)),
    "check-network-weak": fine(
        connection=Connection(Verdict.WEAK, 740, MediaReach.REACHED), hearing=Hearing.QUIET, is_muted=False
    ),
    "check-offline": fine(
        connection=Connection(Verdict.NONE), preview=Preview.OFF, is_muted=True, hearing=Hearing.LISTENING
    ),
    "check-in-call": fine(in_call=True, echo=EchoPhase.IDLE),
}


@pytest.mark.parametrize(
    ("name", "look"),
    [
        ("check", "desktop-bay"),
        ("check", "kiosk-bay"),
        ("check", "kiosk-door"),
        ("check-no-camera", "desktop-bay"),
        ("check-no-camera", "kiosk-bay"),
        ("check-no-microphone", "desktop-bay"),
        ("check-no-sound", "kiosk-bay"),
        ("check-network-weak", "desktop-bay"),
        ("check-network-weak", "kiosk-bay"),
        ("check-offline", "desktop-door"),
        ("check-in-call", "desktop-bay"),
        ("check-in-call", "kiosk-bay"),
    ],
)
def test_the_check_page(name: str, look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck) -> None:
    snapshot(check_page(shown, dress(look), STATES[name]), f"{name}-{look}")


@pytest.mark.parametrize("look", ["desktop-bay", "kiosk-bay"])
def test_the_list_of_microphones_opens_in_its_place(
    look: str, dress: Dress, shown: Shown, snapshot: SnapshotCheck
) -> None:
    page = check_page(shown, dress(look), fine())
    tap(find(page, QWidget, f"{DeviceKind.MICROPHONE.value}Change"))
    snapshot(page, f"check-choices-{look}")
