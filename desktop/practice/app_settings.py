"""How the app is set for a practice day: the day's own servers, its mechanic filled in, nothing kept afterwards."""

from collections.abc import MutableMapping
from pathlib import Path

from pydantic import SecretStr

from desktop.practice.day import PracticeDay
from desktop.settings import Settings

SHOP, BAY = "Practice shop", "Bay 3"


def practice_settings(day: PracticeDay, *, prefilled: bool = True) -> Settings:
    """Return the app's settings for a running day; `prefilled` puts the mechanic's login into the sign-in page."""
    return Settings(
        api_base_url=day.join_server.url,
        auth_base_url=None,
        api_key=None,
        livekit_url=day.livekit.url,
        development=True,
        shop_name=SHOP,
        bay_name=BAY,
        prefill_email=day.login.email if prefilled else "",
        practice_password=SecretStr(day.login.password) if prefilled else None,
    )


def keep_to_this_day(environment: MutableMapping[str, str], folder: Path) -> None:
    """Keep the app's traces out of the person's own keyring and files: a practice login is nobody's login.

    Without a session bus the app finds no keyring and keeps the sign-in in memory; logs go to `folder`.
    """
    environment["DBUS_SESSION_BUS_ADDRESS"] = "disabled:"
    environment["XDG_STATE_HOME"] = str(folder)
