"""The few pages for people: plain HTML without scripts, every value escaped, under a policy that lets nothing in."""

import base64
import hashlib
import html
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from desktop.joinserver import desk
from desktop.joinserver.errors import ApiError

_STYLE: Final = (
    "body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2126}"
    "table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "th,td{text-align:left;padding:.35rem .7rem;border-bottom:1px solid #d6dade;vertical-align:top}"
    "th{font-weight:600}label{display:block;margin:.5rem 0}input{font:inherit;padding:.3rem .5rem}"
    "button{font:inherit;padding:.4rem 1rem;margin:.5rem 0}.bad{color:#a01818}"
)
_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    # Forms of a page without any referrer would be sent with the origin "null", which nobody may write from.
    "Referrer-Policy": "same-origin",
}
_FORM_LIMIT: Final = 8 * 1024


def escaped(value: object) -> str:
    """Return a value as text of a page; None is a dash."""
    return html.escape("–" if value is None else str(value))


def page(title: str, parts: Iterable[str], *, status: int = 200, refresh_s: int | None = None) -> Response:
    """Return a page of ready-made parts."""
    again = f'<meta http-equiv="refresh" content="{refresh_s}">' if refresh_s else ""
    body = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escaped(title)}</title>{again}'
        f"<style>{_STYLE}</style></head><body><h1>{escaped(title)}</h1>{''.join(parts)}</body></html>"
    )
    return HTMLResponse(body, status_code=status, headers=_HEADERS)


def heading(text: str) -> str:
    """Return a heading."""
    return f"<h2>{escaped(text)}</h2>"


def paragraph(text: str, *, is_bad: bool = False) -> str:
    """Return a paragraph."""
    return f'<p class="bad">{escaped(text)}</p>' if is_bad else f"<p>{escaped(text)}</p>"


def table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table."""
    head = "".join(f"<th>{escaped(name)}</th>" for name in names)
    lines = "".join("<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def form(action: str, button: str, fields: Iterable[str] = ()) -> str:
    """Return a form that posts."""
    return (
        f'<form method="post" action="{escaped(action)}">{"".join(fields)}'
        f'<button type="submit">{escaped(button)}</button></form>'
    )


def field(label: str, name: str, value: object = "", *, kind: str = "text") -> str:
    """Return an input with its label."""
    given = f'name="{escaped(name)}" type="{escaped(kind)}" value="{escaped(value)}"'
    return f"<label>{escaped(label)} <input {given}></label>"


def tick(label: str, name: str, *, on: bool) -> str:
    """Return a tick box with its label."""
    checked = " checked" if on else ""
    return f'<label><input name="{escaped(name)}" type="checkbox" value="yes"{checked}> {escaped(label)}</label>'


async def sent_form(request: Request) -> dict[str, str]:
    """Return the fields of a form that a page sent. Raises ApiError."""
    raw = await desk.read_raw(request, _FORM_LIMIT)
    if raw is None:
        raise ApiError("body_too_large")
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        raise ApiError("unsupported_media_type")
    try:
        return dict(parse_qsl(raw.decode("ascii"), keep_blank_values=True, max_num_fields=20, errors="strict"))
    except ValueError as error:
        raise ApiError("invalid_request", fields=[]) from error
