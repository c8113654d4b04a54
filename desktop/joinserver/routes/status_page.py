"""The status page of the shop's administrator: read-only, behind a sign-in of its own."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from desktop.backend.wire import LoginRequest
from desktop.joinserver import desk, logins, overview, pages
from desktop.joinserver.described import described
from desktop.joinserver.errors import ApiError
from desktop.joinserver.house import House
from desktop.joinserver.logins import ACCESS_LIFETIME, TokenPair
from desktop.joinserver.overview import Overview
from desktop.joinserver.rooms import RoomServiceAway
from desktop.joinserver.routes.sign_in import checked_user
from desktop.joinserver.unit import Unit

router = APIRouter()
COOKIE = "sb-baylink-status-token"
_TITLE = "Baylink join server"
_REFRESH_S = 15


@router.get("/status", **described(None, media_type="text/html"))
async def status(request: Request) -> Response:
    """Show how things stand, or the sign-in."""
    await desk.limit_public(request)
    house = desk.house_of(request)
    token = request.cookies.get(COOKIE)

    def work(unit: Unit) -> Overview:
        overview.check_admin(unit, logins.identify(unit, token, mechanic=False).user_id)
        return overview.look(unit)

    try:
        seen = await house.db.read(work)
    except ApiError as refused:
        return _sign_in_page("" if refused.code == "not_signed_in" else "Please sign in again.", 401)
    return await _status_page(house, seen)


@router.post("/status/sign-in", include_in_schema=False)
async def sign_in(request: Request) -> Response:
    """Sign an administrator in."""
    await desk.limit_public(request)
    house = desk.house_of(request)
    try:
        asked = desk.parsed(LoginRequest, dict(await pages.sent_form(request)))
        user = await checked_user(request, asked)

        def open_login(unit: Unit) -> TokenPair:
            overview.check_admin(unit, user.id)
            return logins.open_login(unit, user.id)

        pair = await house.db.write(open_login)
    except ApiError as refused:
        return _sign_in_page(refused.text, refused.status)
    response = RedirectResponse("/status", status_code=303)
    response.set_cookie(
        COOKIE, pair.access, max_age=int(ACCESS_LIFETIME.total_seconds()), path="/status", httponly=True,
        samesite="strict", secure=request.url.scheme == "https",
    )  # fmt: skip
    return response


@router.post("/status/sign-out", include_in_schema=False)
async def sign_out(request: Request) -> Response:
    """Close the sign-in."""
    await desk.limit_public(request)
    token = request.cookies.get(COOKIE)
    await desk.house_of(request).db.write(lambda unit: logins.log_out(unit, token))
    response = RedirectResponse("/status", status_code=303)
    response.delete_cookie(COOKIE, path="/status", httponly=True, samesite="strict")
    return response


def _sign_in_page(trouble: str, status_code: int) -> Response:
    fields = (
        pages.field("E-mail", "email", kind="email"),
        pages.field("Password", "password", kind="password"),
    )
    parts = [pages.paragraph(trouble, is_bad=True)] if trouble else []
    parts.append(pages.form("/status/sign-in", "Sign in", fields))
    return pages.page(_TITLE, parts, status=status_code)


async def _status_page(house: House, seen: Overview) -> Response:
    inside = await _people_in_rooms(house, seen.active_rooms)
    sessions = [
        (
            line.status, line.kind, line.plan, line.mechanic, line.customer, line.since, line.ends_at,
            ", ".join(line.present) or "nobody",
        )
        for line in seen.open_sessions
    ]  # fmt: skip
    rooms = [(room, "LiveKit does not answer" if count is None else count) for room, count in inside.items()]
    parts = (
        pages.paragraph(f"{seen.at}; {seen.ended_today} sessions ended in the last 24 hours."),
        pages.heading("Open sessions"),
        pages.table(("Status", "Type", "Plan", "Mechanic", "Customer", "Since", "Ends at", "Present"), sessions),
        pages.heading("Rooms"),
        pages.table(("Room", "People in it"), rooms),
        pages.heading("Rooms still to be closed"),
        pages.table(("Room",), [(room,) for room in seen.rooms_to_close]),
        pages.heading("Mechanics on shift"),
        pages.table(("Name",), [(name,) for name in seen.on_shift]),
        pages.form("/status/sign-out", "Sign out"),
    )
    return pages.page(_TITLE, parts, refresh_s=_REFRESH_S)


async def _people_in_rooms(house: House, rooms: tuple[str, ...]) -> dict[str, int | None]:
    """Return how many people LiveKit knows in each room; None for all once it does not answer."""
    counts: dict[str, int | None] = {}
    is_away = False
    for room in rooms:
        try:
            counts[room] = None if is_away else len(await house.rooms.present(room))
        except RoomServiceAway:
            counts[room], is_away = None, True
    return counts
