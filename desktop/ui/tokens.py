"""The design tokens, parsed once from `resources/tokens.toml`: the only place colours, sizes and times come from."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from desktop.ui.resources import resource_text


class ThemeName(StrEnum):
    """The two colour themes: `bay` is dark, `door` light and of high contrast for an open bay door."""

    BAY = "bay"
    DOOR = "door"


class Profile(StrEnum):
    """The two size profiles: `kiosk` for gloves and standing, `desktop` for mouse and keyboard."""

    KIOSK = "kiosk"
    DESKTOP = "desktop"


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """One text style: pixels, line height in pixels, weight 100..900, letter spacing in percent."""

    px: int
    line_height: int
    weight: int
    tracking: float


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens as data. Sizes are device-independent pixels at 96 dpi, motion is milliseconds, touch millimetres."""

    colors: dict[ThemeName, dict[str, str]]
    video_label_alpha: dict[ThemeName, float]
    types: dict[Profile, dict[str, TypeStyle]]
    sizes: dict[Profile, dict[str, int]]
    pairs: dict[Profile, dict[str, tuple[int, int]]]
    space: dict[str, int]
    radius: dict[str, int]
    border: dict[str, int]
    touch_mm: dict[str, float]
    motion_ms: dict[str, int]
    family: str
    fallback: tuple[str, ...]
    text_contrasts: tuple[tuple[str, str], ...]
    shape_contrasts: tuple[tuple[str, str], ...]


def _types(raw: dict[str, list[int]], tracking: dict[str, float]) -> dict[str, TypeStyle]:
    return {
        name: TypeStyle(px, line_height, weight, tracking.get(name, 0.0))
        for name, (px, line_height, weight) in raw.items()
    }


def _parse(raw: dict[str, Any]) -> Tokens:
    themes = {name: raw["theme"][name.value] for name in ThemeName}
    return Tokens(
        colors={name: {k: v for k, v in table.items() if isinstance(v, str)} for name, table in themes.items()},
        video_label_alpha={name: float(table["video-label-alpha"]) for name, table in themes.items()},
        types={p: _types(raw["type"][p.value], raw["type"]["tracking"]) for p in Profile},
        sizes={p: {k: v for k, v in raw["size"][p.value].items() if isinstance(v, int)} for p in Profile},
        pairs={p: {k: (v[0], v[1]) for k, v in raw["size"][p.value].items() if isinstance(v, list)} for p in Profile},
        space=raw["space"],
        radius=raw["radius"],
        border=raw["border"],
        touch_mm=raw["touch"],
        motion_ms={k: v for k, v in raw["motion"].items() if isinstance(v, int)},
        family=raw["font"]["family"],
        fallback=tuple(raw["font"]["fallback"]),
        text_contrasts=tuple((text, ground) for text, ground in raw["contrast"]["pairs"]),
        shape_contrasts=tuple((shape, ground) for shape, ground in raw["contrast"]["shapes"]),
    )


@cache
def tokens() -> Tokens:
    """Return the tokens; parsed at the first call."""
    return _parse(tomllib.loads(resource_text("tokens.toml")))
