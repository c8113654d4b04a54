"""The browser side is locked, and its lock names no registry."""

import json
from pathlib import Path

import pytest

from benchmarks import browser_peer

_FOLDER = Path(browser_peer.__file__).parent / "browser"


def test_the_lock_pins_the_client_and_names_no_host() -> None:
    packages = json.loads((_FOLDER / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {path: package for path, package in packages.items() if path}

    assert not [path for path, package in installed.items() if "resolved" in package]
    assert all(package["integrity"].startswith("sha512-") for package in installed.values())


def test_a_missing_browser_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(browser_peer.BrowserMissingError, match="apt-get install chromium"):
        browser_peer.find_chromium()
    with pytest.raises(browser_peer.BrowserMissingError, match="apt-get install nodejs npm"):
        browser_peer.prepare(tmp_path)
