"""Settings: one frozen model of everything that can be set; built-in < site file < user file < BAYLINK_* variables."""

import os
import sys
from pathlib import Path
from typing import Annotated, Literal, Self

import platformdirs
from pydantic import Field, SecretStr, StringConstraints, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

_APP = "baylink"
_FILE = "baylink.toml"

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


def site_file() -> Path:
    """Return the file in which a site sets up all its machines."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Baylink" / _FILE
    return Path("/etc") / _APP / _FILE


def user_file() -> Path:
    """Return the file in which one user of this machine sets what differs."""
    return platformdirs.user_config_path(_APP, appauthor=False) / _FILE


class Settings(BaseSettings):
    """What the program was told before it started; only the composition root reads it.

    `api_base_url` is the platform or the join server; `auth_base_url` where tokens are refreshed if not there.
    `livekit_url` is used when the platform names no media server; `allowed_media_hosts` may be named by it besides
    its own host. `idle_sign_out_minutes` 0 signs nobody out; a kiosk, which is shared, refuses that.
    `development` allows http and ws to this machine, and a film (.y4m) instead of cameras as `camera_file`.
    A password is taken from the environment only (practice), never from a file or from the command line.
    """

    model_config = SettingsConfigDict(
        env_prefix="BAYLINK_", frozen=True, extra="ignore", validate_default=True, hide_input_in_errors=True
    )

    api_base_url: Text = "https://api.baylink.example"
    auth_base_url: Text | None = None
    api_key: SecretStr | None = None
    livekit_url: Text | None = None
    allowed_media_hosts: tuple[Text, ...] = ()
    development: bool = False
    camera_file: Path | None = None

    profile: Literal["window", "kiosk"] = "window"
    theme: Literal["bay", "door"] = "bay"
    size_profile: Literal["desktop", "kiosk"] | None = None
    idle_sign_out_minutes: Annotated[int, Field(ge=0, le=240)] = 10
    shop_name: Text = ""
    bay_name: Text = ""

    prefill_email: Text = ""
    practice_password: SecretStr | None = Field(default=None, exclude=True)

    @model_validator(mode="after")
    def _film_in_development_only(self) -> Self:
        if self.camera_file is not None and not self.development:
            raise ValueError("camera_file is for development only")
        return self

    @model_validator(mode="after")
    def _a_kiosk_is_shared(self) -> Self:
        if self.profile == "kiosk" and self.idle_sign_out_minutes == 0:
            raise ValueError("idle_sign_out_minutes must not be 0 in a kiosk")
        return self

    @property
    def sizes(self) -> Literal["desktop", "kiosk"]:
        """The size profile: as set, else the one that fits a window or a kiosk."""
        return self.size_profile or ("kiosk" if self.profile == "kiosk" else "desktop")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Name the sources, the strongest first."""
        del dotenv_settings, file_secret_settings
        return (
            init_settings,
            env_settings,
            _FileSource(settings_cls, user_file()),
            _FileSource(settings_cls, site_file()),
        )


class _FileSource(TomlConfigSettingsSource):
    """A settings file, without what must not stand in one."""

    def __init__(self, settings_cls: type[BaseSettings], path: Path) -> None:
        """Read the file, if there is one; raises ValueError for a file that is no TOML."""
        super().__init__(settings_cls, toml_file=path)

    def __call__(self) -> dict[str, object]:
        """Return what the file sets."""
        values: dict[str, object] = super().__call__()
        return {name: value for name, value in values.items() if name != "practice_password"}
