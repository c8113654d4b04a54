"""CameraPreview: the own camera before a call, mirrored, for its owner alone; nothing is published."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from desktop.core.call import VideoKey
from desktop.core.check import Preview
from desktop.core.frames import Frame
from desktop.rtc.camera_pictures import own_view, to_video_frame
from desktop.rtc.camera_source import CameraSource
from desktop.rtc.mailboxes import OWN_PICTURE

_log = logging.getLogger(__name__)

_EVERY_S = 1 / 20
_AGAIN_AFTER_S = 2.0


class CameraPreview:
    """Films into the mailbox of the own picture while it is wanted; `tell` hears how it stands. On one loop.

    A camera that gives nothing, because another program holds it, is tried again; one that is plugged in is used.
    """

    def __init__(
        self,
        camera: Callable[[], CameraSource | None],
        put: Callable[[VideoKey, Frame], None],
        tell: Callable[[Preview], None],
    ) -> None:
        """Make it without opening the camera."""
        self._camera = camera
        self._put = put
        self._tell = tell
        self._filming: asyncio.Task[None] | None = None
        self._look_again = asyncio.Event()

    def start(self) -> None:
        """Film from now on."""
        if self._filming is None:
            self._filming = asyncio.create_task(self._film(), name="camera-preview")

    async def stop(self) -> None:
        """Stop, and return when the camera is let go of."""
        filming, self._filming = self._filming, None
        if filming is not None:
            filming.cancel()
            await asyncio.gather(filming, return_exceptions=True)

    def devices_changed(self) -> None:
        """Look at once whether there is a camera now."""
        self._look_again.set()

    async def _film(self) -> None:
        has_failed = False
        while True:
            self._look_again.clear()
            source = self._camera()
            if source is None:
                self._tell(Preview.MISSING)
                await self._look_again.wait()
                continue
            if not has_failed:
                self._tell(Preview.STARTING)
            try:
                await self._show(source)
            except Exception:  # noqa: BLE001 - whatever a camera does wrong, it is told and tried again
                _log.warning("the camera failed", exc_info=True)
            has_failed = self._camera() is not None
            self._tell(Preview.FAILED if has_failed else Preview.MISSING)
            with suppress(TimeoutError):
                async with asyncio.timeout(_AGAIN_AFTER_S):
                    await self._look_again.wait()

    async def _show(self, source: CameraSource) -> None:
        """Show the pictures of a camera until there are no more."""
        loop = asyncio.get_running_loop()
        frames = source.frames()
        is_on, shown_s = False, -_EVERY_S
        try:
            async for frame in frames:
                now = loop.time()
                if now - shown_s < _EVERY_S or (picture := to_video_frame(frame)) is None:
                    continue
                shown_s = now
                if not is_on:
                    is_on = True
                    self._tell(Preview.ON)
                self._put(OWN_PICTURE, own_view(frame, picture))
        finally:
            if isinstance(frames, AsyncGenerator):
                await frames.aclose()
