"""The parts that live on the loop thread: the platform's client, the sign-in's place, rooms, and the flows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.backend.client import BackendClient
from desktop.backend.transport import PlatformAddress
from desktop.core.account import AccountState
from desktop.core.board import BoardState
from desktop.core.devices import DeviceChange, DevicesState
from desktop.core.record import RecordState
from desktop.core.restart import RestartState
from desktop.credentials import CredentialStore
from desktop.flows.account import LOGIN_ENDS_SOON, AccountFlow, SignInPlace
from desktop.flows.board import BoardFlow
from desktop.flows.call import CallFlow
from desktop.flows.call_journal import CallJournal
from desktop.flows.call_ports import CallListener
from desktop.flows.check import CheckFlow, CheckListeners
from desktop.flows.choices import Choices
from desktop.flows.devices import DevicesFlow, DevicesListeners, PcDevices
from desktop.flows.record import RecordFlow
from desktop.flows.restart import RestartFlow
from desktop.rtc.camera_source import CameraSource
from desktop.rtc.mailboxes import Mailboxes
from desktop.rtc.preview import CameraPreview
from desktop.rtc.room import Rooms
from desktop.settings import Settings
from desktop.store.drafts import DraftStore
from desktop.store.open_call import OpenCallStore
from desktop.store.outbox import OutboxStore
from desktop.store.preferences import PreferenceStore
from desktop.store.session_folder import SessionFolder


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who hears of new states; every one is called on the loop and may not block."""

    account: Callable[[AccountState], None]
    board: Callable[[BoardState], None]
    call: CallListener
    record: Callable[[RecordState], None]
    devices: Callable[[DevicesState], None]
    restart: Callable[[RestartState], None]
    check: CheckListeners


@dataclass(frozen=True, slots=True)
class Hardware:
    """How rooms learn of this machine's devices; asked on the loop, as often as something changes."""

    pc: PcDevices
    camera: Callable[[], CameraSource | None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What was built, for the gateways to serve; `close` ends it in the reverse order."""

    client: BackendClient
    account: AccountFlow
    board: BoardFlow
    call: CallFlow
    record: RecordFlow
    devices: DevicesFlow
    choices: Choices
    journal: CallJournal
    restart: RestartFlow
    check: CheckFlow

    async def close(self, *, draft: str | None = None) -> None:
        """Leave the call, stop the flows, close the connections; returns when nothing is under way.

        With a `draft` of a line, which may be empty, the next start of the program leads back into the call.
        """
        await self.check.close()
        await self.restart.aclose()
        await self.call.stop(draft=draft)
        await self.journal.aclose()
        await self.record.aclose()
        await self.board.aclose()
        await self.account.aclose()
        await self.client.aclose()


def make_parts(
    settings: Settings,
    listeners: Listeners,
    hardware: Hardware,
    mailboxes: Mailboxes,
    *,
    version: str,
    fingerprint: str,
    state_folder: Path,
) -> Parts:
    """Build everything; on the running loop. Raises BaylinkError `insecure_url` for an address that is not safe."""
    client = BackendClient(platform_address(settings), client_version=version)
    place = SignInPlace(settings.shop_name, settings.bay_name, settings.prefill_email)

    def publish_account(state: AccountState) -> None:
        board.account_changed(state)
        record.account_changed(state)
        journal.account_changed(state)
        # Told before the window is: the page of a way back comes instead of the list, not after it.
        restart.account_changed(state)
        listeners.account(state)

    def login_ends_soon() -> None:
        board.show_band(LOGIN_ENDS_SOON)
        call.show_band(LOGIN_ENDS_SOON)

    account = AccountFlow(
        client, CredentialStore(settings.api_base_url), publish_account, place=place, ends_soon=login_ends_soon
    )
    board = BoardFlow(client, listeners.board, me_changed=account.refresh_me)
    choices = Choices(PreferenceStore(state_folder / "preferences.json"))

    def used_devices_changed(changes: tuple[DeviceChange, ...]) -> None:
        call.devices_changed(changes)

    devices = DevicesFlow(hardware.pc, choices, DevicesListeners(listeners.devices, used_devices_changed))
    rooms = Rooms(mailboxes, sound=devices.sound, camera=hardware.camera)
    record = RecordFlow(
        client.records,
        DraftStore(state_folder / "drafts.sqlite3"),
        SessionFolder(state_folder / "session-files"),
        listeners.record,
        summary_taken=board.refresh_now,
    )
    outbox, open_calls = OutboxStore(state_folder / "outbox.sqlite3"), OpenCallStore(state_folder / "open-call.sqlite3")
    journal = CallJournal(outbox, open_calls)
    call = CallFlow(client, rooms, listeners.call, device_fingerprint=fingerprint, record=record, journal=journal)
    restart = RestartFlow(open_calls, outbox, client, call, listeners.restart, listeners.call.refuse_join)
    check = CheckFlow(client.reach.test, call.own_level, listeners.check)
    check.use_preview(CameraPreview(hardware.camera, mailboxes.put, check.preview_changed))
    client.listener = account
    return Parts(client, account, board, call, record, devices, choices, journal, restart, check)


def platform_address(settings: Settings) -> PlatformAddress:
    """Return where the platform is, as the settings say."""
    return PlatformAddress(
        api_base_url=settings.api_base_url,
        auth_base_url=settings.auth_base_url,
        api_key=settings.api_key.get_secret_value() if settings.api_key is not None else None,
        livekit_url=settings.livekit_url,
        allowed_media_hosts=settings.allowed_media_hosts,
        plain_loopback=settings.development,
    )
