"""The one loader of icons, fonts, drawings and tokens, from a checkout and from the installed wheel alike."""

from functools import cache
from pathlib import Path

_INSIDE_WHEEL = Path(__file__).resolve().parent.parent / "resources"
_IN_CHECKOUT = Path(__file__).resolve().parent.parent.parent / "resources"


@cache
def resource_root() -> Path:
    """Return the folder of the resources; a missing one is a broken installation and raises FileNotFoundError."""
    for folder in (_INSIDE_WHEEL, _IN_CHECKOUT):
        if (folder / "tokens.toml").is_file():
            return folder
    raise FileNotFoundError(f"no resources in {_INSIDE_WHEEL} or {_IN_CHECKOUT}")


def resource_path(*parts: str) -> Path:
    """Return the path of one resource, for example `resource_path("icons", "mic.svg")`."""
    return resource_root().joinpath(*parts)


def resource_text(*parts: str) -> str:
    """Return one resource as text (UTF-8)."""
    return resource_path(*parts).read_text(encoding="utf-8")
