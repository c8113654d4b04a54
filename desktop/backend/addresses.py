"""Which addresses the app may speak to: safe schemes only, and only media hosts that the settings know."""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from desktop.core.errors import BaylinkError

_SAFE = frozenset({"https", "wss"})
_PLAIN = frozenset({"http", "ws"})


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_scheme(url: str, *, plain_loopback: bool) -> str:
    """Return `url` without a trailing slash, or raise `insecure_url` (SR-30).

    https and wss are taken; http and ws only to this machine and only with `plain_loopback` (development).
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError as error:
        raise BaylinkError("insecure_url") from error
    if parts.username is not None or parts.password is not None or not host:
        raise BaylinkError("insecure_url")
    if parts.scheme in _SAFE or (parts.scheme in _PLAIN and plain_loopback and is_loopback(host)):
        return url.rstrip("/")
    raise BaylinkError("insecure_url")


def host_of(url: str) -> str:
    """Return the host of a URL in lower case, empty when there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def check_media_url(url: str, allowed_hosts: Iterable[str], *, plain_loopback: bool) -> str:
    """Return the media server's `url`, or raise `bad_media_host` where its host or scheme is not allowed (SR-31)."""
    if host_of(url) not in {host.lower() for host in allowed_hosts}:
        raise BaylinkError("bad_media_host")
    try:
        return check_scheme(url, plain_loopback=plain_loopback)
    except BaylinkError as error:
        raise BaylinkError("bad_media_host") from error
