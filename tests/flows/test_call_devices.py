"""What a mechanic is told when devices come, go or are taken in the middle of a call."""

from desktop.core.bands import Band
from desktop.core.call import OwnDevice
from desktop.core.devices import DEVICES_ACTION, SOUND_STOPPED, DeviceChange, DeviceKind
from desktop.rtc.events import OwnDevices
from tests.flows.call_fakes import Stage, play

ON = OwnDevice.ON
ALL_ON = OwnDevices(ON, ON, ON)


async def _told(stage: Stage, key: str) -> Band:
    band = (await stage.screen.until_band(key, 30)).band
    assert band is not None
    return band


def test_an_unplugged_headset_and_its_return_are_said_by_name() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        lost = DeviceChange(DeviceKind.MICROPHONE, "Bay 3 microphone", lost="headset microphone")
        stage.flow.devices_changed((lost,))
        band = await _told(stage, "device_gone")
        assert (band.title, band.text) == ("The headset microphone was unplugged.", "Using the Bay 3 microphone.")
        back = DeviceChange(DeviceKind.MICROPHONE, "headset microphone", back="headset microphone")
        stage.flow.devices_changed((back,))
        band = await _told(stage, "device_back")
        assert band.title == "The headset microphone is back and in use."

    play(story)


def test_a_headset_that_is_microphone_and_speaker_is_named_once() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.flow.devices_changed(
            (
                DeviceChange(DeviceKind.MICROPHONE, "bay microphone", lost="headset"),
                DeviceChange(DeviceKind.SPEAKER, "bay speaker", lost="headset"),
            )
        )
        band = await _told(stage, "device_gone")
        assert band.title == "The headset was unplugged."
        assert band.text == "Using the bay microphone and the bay speaker."

    play(story)


def test_two_things_unplugged_at_once_are_both_named() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.flow.devices_changed(
            (
                DeviceChange(DeviceKind.MICROPHONE, "bay microphone", lost="headset"),
                DeviceChange(DeviceKind.CAMERA, "", lost="webcam"),
            )
        )
        assert (await _told(stage, "device_gone")).title == "The headset and the webcam were unplugged."

    play(story)


def test_the_last_microphone_gone_is_one_sentence_with_a_way_to_the_devices() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.devices = OwnDevices(OwnDevice.MISSING, ON, ON)
        stage.flow.devices_changed((DeviceChange(DeviceKind.MICROPHONE, "", lost="headset microphone"),))
        band = await _told(stage, "no_microphone")
        assert (band.title, band.action) == ("No microphone found.", DEVICES_ACTION)
        assert band.text == "Dana cannot hear you. Chat still works."
        assert "device_gone" not in stage.screen.bands()
        stage.room.devices = ALL_ON
        stage.flow.devices_changed(())
        await stage.screen.until(lambda: stage.screen.state.microphone is ON)
        assert stage.screen.state.band is None or stage.screen.state.band.key != "no_microphone"

    play(story)


def test_a_last_output_that_goes_takes_all_sound_and_says_so() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.devices = OwnDevices(OwnDevice.MISSING, ON, OwnDevice.MISSING)
        stage.flow.devices_changed((DeviceChange(DeviceKind.SPEAKER, "", lost="bay speaker"),))
        assert (await _told(stage, "no_sound")).title == "This PC has no sound."

    play(story)


def test_a_sound_server_that_was_restarted_asks_for_a_new_start_until_there_is_one() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(OwnDevices(OwnDevice.MISSING, ON, OwnDevice.MISSING))
        assert (await _told(stage, "no_sound")).title == "This PC has no sound."
        stage.room.tell(OwnDevices(OwnDevice.MISSING, ON, OwnDevice.MISSING, needs_new_start=True))
        band = await _told(stage, SOUND_STOPPED)
        assert band.title == "This PC's sound was restarted."
        assert band.text.endswith("once Baylink starts again. You come straight back here.")
        assert (band.action, band.passing) == ("Start again", False)

    play(story)


def test_a_camera_that_another_program_has_is_said_once_and_taken_back_when_it_is_free() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(OwnDevices(ON, OwnDevice.TAKEN, ON))
        band = await _told(stage, "camera_taken")
        assert band.title == "The camera is used by another program."
        stage.room.tell(ALL_ON)
        await stage.screen.until(lambda: stage.screen.state.band is None or stage.screen.state.band.key != band.key)

    play(story)


def test_a_pc_without_a_camera_says_so_quietly() -> None:
    async def story(stage: Stage) -> None:
        stage.rooms.devices = OwnDevices(ON, OwnDevice.MISSING, ON)
        await stage.join()
        band = await _told(stage, "no_camera")
        assert band.text == "Dana will hear you but not see you."

    play(story)


def test_a_right_to_send_taken_away_stays_on_screen_until_it_is_given_back() -> None:
    async def story(stage: Stage) -> None:
        await stage.live()
        stage.room.tell(OwnDevices(OwnDevice.REFUSED, OwnDevice.REFUSED, ON))
        band = await _told(stage, "may_not_send")
        assert band.title == "Your sound and picture are not sent at the moment."
        assert not band.passing
        stage.room.tell(OwnDevices(OwnDevice.STARTING, OwnDevice.REFUSED, ON))
        await stage.screen.until(
            lambda: (
                stage.screen.state.band and stage.screen.state.band.title == "Your picture is not sent at the moment."
            )
        )
        stage.room.tell(ALL_ON)
        await _told(stage, "may_send_again")

    play(story)
