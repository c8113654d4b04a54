"""The other side of the comparison: a Chromium window with a livekit-client page, on the same screen as the app."""

import asyncio
import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import aiohttp

from benchmarks.devtools import DevTools, DevToolsError, Json
from benchmarks.pointer import Pointer
from benchmarks.process_tree import ProcessTree
from benchmarks.screen import Screen
from benchmarks.side import SignIn
from desktop.practice.children import start_child
from desktop.practice.picture_code import Rect

_HERE = Path(__file__).resolve().parent / "browser"
_FLAGS = (
    "--no-sandbox",  # the bench may run as root
    "--disable-gpu",  # as the app: pixels are made by the processor
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--test-type",  # no bar that warns of the first flag above the page
    "--disable-quic",
    "--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebRTC",  # no question before the media server
    "--password-store=basic",
    "--autoplay-policy=no-user-gesture-required",
    "--force-device-scale-factor=1",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)
DEVICES_ALLOWED = "--use-fake-ui-for-media-stream"
"""A flag: pages get the camera and the microphone without a question."""
_BUTTON = (160, 80)  # the middle of the page's button
_START_TIMEOUT_S = 30.0
_END_WAIT_S = 5.0


class BrowserMissingError(Exception):
    """Chromium or npm is not installed; the text says what to install."""


def prepare(build: Path) -> Path:
    """Install the locked livekit-client under `build` if it is not there; return the file that a page loads.

    Raises BrowserMissingError without npm, and CalledProcessError if npm fails.
    """
    folder = build / "browser"
    lock = (_HERE / "package-lock.json").read_bytes()
    script = folder / "node_modules" / "livekit-client" / "dist" / "livekit-client.umd.js"
    installed = folder / "package-lock.json"
    if script.is_file() and installed.is_file() and installed.read_bytes() == lock:
        return script
    npm = shutil.which("npm")
    if npm is None:
        raise BrowserMissingError("npm is not installed; run: apt-get install nodejs npm")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_HERE / name, folder / name)
    subprocess.run([npm, "ci", "--ignore-scripts", "--silent"], cwd=folder, check=True)
    return script


def find_chromium() -> str:
    """Return the browser's path. Raises BrowserMissingError."""
    for name in ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"):
        if path := shutil.which(name):
            return path
    raise BrowserMissingError("no Chromium is installed; run: apt-get install chromium")


def camera_flags(film: Path) -> tuple[str, ...]:
    """Return the flags of a browser whose only camera shows a .y4m film again and again."""
    return (
        DEVICES_ALLOWED,
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )


@dataclass(frozen=True, slots=True)
class BrowserPeer:
    """A running browser whose page is signed in and one tap away from the session; `picture` is the page's place."""

    page: DevTools
    tree: ProcessTree
    picture: Rect

    @property
    def join_button(self) -> tuple[int, int]:
        """Where a tap on the screen joins."""
        return round(self.picture.x) + _BUTTON[0], round(self.picture.y) + _BUTTON[1]

    @property
    def picture_rects(self) -> tuple[Rect, ...]:
        """Where on the screen the customer's picture is going to be."""
        return (self.picture,)

    async def prepare(self, size: tuple[int, int]) -> None:
        """Raise RuntimeError if the page could not join; the picture has its size already."""
        if error := await self.page.evaluate("peer.error"):
            raise RuntimeError(f"the browser's page of {size[0]}x{size[1]}: {error}")


class BrowserOpener:
    """Starts browsers on one screen; each is a fresh profile."""

    def __init__(
        self,
        screen: Screen,
        pointer: Pointer,
        script: Path,
        logs: Path,
        *,
        flags: Iterable[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Remember where browsers run. `script` is livekit-client; output goes to `logs`.

        `flags` are further ones of the browser's, as `camera_flags`; `environment` may lead to a sound server.
        """
        self._screen, self._pointer, self._script, self._logs = screen, pointer, script, logs
        self._flags = (*_FLAGS, *flags)
        self._environment = screen.environment() | dict(environment or {})

    @contextlib.asynccontextmanager
    async def open(self, size: tuple[int, int], base_url: str, sign_in: SignIn) -> AsyncIterator[BrowserPeer]:
        """Start a browser with a page of that size, signed in at the join server; close it afterwards."""
        profile = Path(tempfile.mkdtemp(prefix="baylink-browser-"))
        command = [find_chromium(), *self._flags, f"--user-data-dir={profile}", "--window-position=0,0"]
        command += [f"--window-size={size[0]},{size[1]}", "--app=data:text/html,"]
        child = await start_child("browser", command, log=self._logs / "browser.log", environment=self._environment)
        try:
            async with DevTools(await _page_address(profile)) as page:
                await _load(page, self._script.read_bytes(), base_url)
                await _resize(page, size)
                await page.evaluate(f"signIn(...{json.dumps([sign_in.email, sign_in.password, sign_in.session_id])})")
                yield BrowserPeer(page, ProcessTree(child.process.pid), await _place(page, self._pointer, size))
                with contextlib.suppress(DevToolsError):
                    await page.evaluate("peer.room && peer.room.disconnect()")
        finally:
            await child.stop(wait_s=_END_WAIT_S)
            shutil.rmtree(profile, ignore_errors=True)


async def _page_address(profile: Path) -> str:
    """Return the websocket address of the browser's only page, once it is there."""
    end = asyncio.get_running_loop().time() + _START_TIMEOUT_S
    port_file = profile / "DevToolsActivePort"
    while asyncio.get_running_loop().time() < end:
        if port_file.is_file() and (lines := port_file.read_text(encoding="ascii").splitlines()):
            async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{lines[0]}/json") as answer:
                for target in await answer.json():
                    if target["type"] == "page":
                        return str(target["webSocketDebuggerUrl"])
        await asyncio.sleep(0.1)
    raise RuntimeError("the browser did not start")


async def _resize(page: DevTools, size: tuple[int, int]) -> None:
    """Make the window so large that the page in it has the wanted size."""
    window = (await page.send("Browser.getWindowForTarget"))["windowId"]
    end = asyncio.get_running_loop().time() + _START_TIMEOUT_S
    while asyncio.get_running_loop().time() < end:
        width, height, frame_x, frame_y = await _numbers(
            page, "[innerWidth, innerHeight, outerWidth - innerWidth, outerHeight - innerHeight]"
        )
        if (width, height) == size:
            return
        bounds = {"left": 0, "top": 0, "width": size[0] + frame_x, "height": size[1] + frame_y}
        await page.send("Browser.setWindowBounds", windowId=window, bounds=bounds)
        await asyncio.sleep(0.3)
    raise RuntimeError(f"the browser's page does not take the size {size[0]}x{size[1]}")


async def _place(page: DevTools, pointer: Pointer, size: tuple[int, int]) -> Rect:
    """Return where the page lies on the screen; found by moving the pointer over it."""
    await asyncio.to_thread(pointer.move, size[0] // 2, size[1] // 2)
    await asyncio.to_thread(pointer.move, size[0] // 2 + 8, size[1] // 2 + 8)
    left, top = await _numbers(page, "peer.origin")
    return Rect(left, top, *size)


async def _numbers(page: DevTools, expression: str) -> list[int]:
    value = await page.evaluate(expression)
    if not isinstance(value, list):
        raise DevToolsError(f"{expression} is {value!r}")
    return [round(number) for number in value]


async def _load(page: DevTools, script: bytes, base_url: str) -> None:
    """Open the page as if the join server served it, so that its requests go straight to it as the app's do."""
    site = base_url.rstrip("/")
    files = {
        "page.html": ("text/html", (_HERE / "page.html").read_bytes()),
        "peer.js": ("text/javascript", (_HERE / "peer.js").read_bytes()),
        "livekit-client.js": ("text/javascript", script),
    }
    answers: set[asyncio.Task[Json]] = set()

    def serve(event: Json) -> None:
        kind, content = files[str(cast("Json", event["request"])["url"]).rsplit("/", 1)[-1]]
        answer = page.send(
            "Fetch.fulfillRequest",
            requestId=event["requestId"],
            responseCode=200,
            responseHeaders=[{"name": "Content-Type", "value": f"{kind}; charset=utf-8"}],
            body=base64.b64encode(content).decode("ascii"),
        )
        answers.add(asyncio.create_task(answer))

    page.on("Fetch.requestPaused", serve)
    await page.send("Fetch.enable", patterns=[{"urlPattern": f"{site}/{name}"} for name in files])
    await page.send("Page.navigate", url=f"{site}/page.html")
    end = asyncio.get_running_loop().time() + _START_TIMEOUT_S
    while not await page.evaluate("document.readyState === 'complete' && 'LivekitClient' in window"):
        if asyncio.get_running_loop().time() > end:
            raise RuntimeError("the browser's page does not load")
        await asyncio.sleep(0.05)
    await asyncio.gather(*answers)
    await page.send("Fetch.disable")
