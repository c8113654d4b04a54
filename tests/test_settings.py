"""What is set where: a site sets up its machines, a user what differs, the environment has the last word."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from desktop import settings
from desktop.__main__ import film_of
from desktop.settings import Settings


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    site, user = tmp_path / "site.toml", tmp_path / "user.toml"
    monkeypatch.setattr(settings, "site_file", lambda: site)
    monkeypatch.setattr(settings, "user_file", lambda: user)
    return site, user


def test_without_any_file_it_starts_with_safe_defaults(files: tuple[Path, Path]) -> None:
    told = Settings()
    assert told.api_base_url.startswith("https://")
    assert not told.development
    assert told.practice_password is None
    assert (told.profile, told.theme, told.sizes) == ("window", "bay", "desktop")


def test_the_user_overrides_the_site_and_the_environment_overrides_both(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, user = files
    site.write_text('shop_name = "Northgate"\nbay_name = "Bay 1"\ntheme = "door"\n')
    user.write_text('bay_name = "Bay 3"\ntheme = "bay"\n')
    monkeypatch.setenv("BAYLINK_THEME", "door")
    told = Settings()
    assert (told.shop_name, told.bay_name, told.theme) == ("Northgate", "Bay 3", "door")


def test_a_kiosk_has_sizes_for_gloves_unless_told_otherwise(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAYLINK_PROFILE", "kiosk")
    assert Settings().sizes == "kiosk"
    monkeypatch.setenv("BAYLINK_SIZE_PROFILE", "desktop")
    assert Settings().sizes == "desktop"


def test_a_password_comes_from_the_environment_only_and_is_never_shown(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    files[0].write_text('practice_password = "from-a-file"\n')
    assert Settings().practice_password is None
    monkeypatch.setenv("BAYLINK_PRACTICE_PASSWORD", "demo-torque-42")
    monkeypatch.setenv("BAYLINK_API_KEY", "anon-key")
    told = Settings()
    assert told.practice_password == SecretStr("demo-torque-42")
    assert "demo-torque-42" not in repr(told)
    assert "anon-key" not in repr(told)


def test_settings_do_not_change_while_the_program_runs(files: tuple[Path, Path]) -> None:
    told = Settings()
    with pytest.raises(ValidationError):
        told.theme = "door"  # type: ignore[misc] # frozen on purpose


def test_a_wrong_value_is_refused_without_repeating_it(
    files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAYLINK_THEME", "s3cret-in-the-wrong-place")
    with pytest.raises(ValidationError) as refused:
        Settings()
    assert "s3cret" not in str(refused.value)


def test_idle_mechanics_are_signed_out_after_ten_minutes_or_what_a_shop_sets(files: tuple[Path, Path]) -> None:
    assert Settings().idle_sign_out_minutes == 10
    files[0].write_text("idle_sign_out_minutes = 3\n")
    assert Settings().idle_sign_out_minutes == 3
    assert Settings(idle_sign_out_minutes=0).idle_sign_out_minutes == 0
    for minutes in (-1, 241):
        with pytest.raises(ValidationError):
            Settings(idle_sign_out_minutes=minutes)


def test_a_kiosk_always_signs_out_idle_mechanics(files: tuple[Path, Path]) -> None:
    with pytest.raises(ValidationError, match="kiosk"):
        Settings(profile="kiosk", idle_sign_out_minutes=0)


def test_media_hosts_can_be_listed(files: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    files[0].write_text('allowed_media_hosts = ["media.baylink.example"]\n')
    assert Settings().allowed_media_hosts == ("media.baylink.example",)


def test_a_film_replaces_the_cameras_in_development_only(files: tuple[Path, Path], tmp_path: Path) -> None:
    film = tmp_path / "film.y4m"
    film.write_bytes(b"YUV4MPEG2 W16 H8 F30:1\nFRAME\n" + bytes(16 * 8 * 3 // 2))
    with pytest.raises(ValidationError, match="development"):
        Settings(camera_file=film)
    camera = film_of(Settings(camera_file=film, development=True))
    assert camera is not None
    assert camera() is camera()
    assert film_of(Settings()) is None
    with pytest.raises(OSError, match="No such file"):
        film_of(Settings(camera_file=tmp_path / "none.y4m", development=True))
