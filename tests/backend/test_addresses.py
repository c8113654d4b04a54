"""Where the app may send a password, and where it may open a call."""

import pytest

from desktop.backend.addresses import check_media_url, check_scheme
from desktop.backend.transport import PlatformAddress
from desktop.core.errors import BaylinkError


@pytest.mark.parametrize("url", ["https://api.baylink.example", "https://api.baylink.example:8443/", "wss://m.example"])
def test_sr_30_safe_addresses_are_taken(url: str) -> None:
    assert check_scheme(url, plain_loopback=False) == url.rstrip("/")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8787", "ws://localhost:7880", "http://[::1]:1", "http://127.9.9.9"])
def test_sr_30_plain_http_is_for_this_machine_and_for_development_only(url: str) -> None:
    assert check_scheme(url, plain_loopback=True)
    with pytest.raises(BaylinkError, match="insecure_url"):
        check_scheme(url, plain_loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.baylink.example",
        "http://localhost.evil.example",
        "http://127.0.0.1@evil.example",
        "https://user:password@api.baylink.example",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "",
        "https://",
        "https://[broken",
        "api.baylink.example",
    ],
)
def test_sr_30_every_other_address_is_refused(url: str) -> None:
    with pytest.raises(BaylinkError, match="insecure_url"):
        check_scheme(url, plain_loopback=True)


def test_sr_31_only_known_media_hosts_are_taken() -> None:
    address = PlatformAddress(
        "https://api.baylink.example", livekit_url="wss://Live.baylink.example", allowed_media_hosts=("Media.example",)
    )
    for url in ("wss://api.baylink.example", "wss://live.baylink.example:443", "wss://MEDIA.example/"):
        assert check_media_url(url, address.media_hosts, plain_loopback=False) == url.rstrip("/")
    for url in ("wss://evil.example", "wss://media.example.evil.example", "ws://media.example", "", "wss://[x"):
        with pytest.raises(BaylinkError, match="bad_media_host"):
            check_media_url(url, address.media_hosts, plain_loopback=False)
