"""Sign-in, refresh, sign-out and who one is (contract 4.1)."""

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from desktop.backend.wire import (
    AUTH_COOKIE,
    LoginAnswer,
    LoginMechanic,
    LoginRequest,
    MeAnswer,
    OkAnswer,
    RefreshRequest,
    SetSessionRequest,
    SuccessAnswer,
    TokenAnswer,
    TokenUser,
)
from desktop.joinserver import desk, logins, people
from desktop.joinserver.described import described
from desktop.joinserver.errors import ApiError, not_found
from desktop.joinserver.limits import Call
from desktop.joinserver.logins import ACCESS_LIFETIME, Caller, TokenPair
from desktop.joinserver.tables import AuthUser, MechanicRow
from desktop.joinserver.unit import Unit

router = APIRouter()
_EXPIRES_IN = int(ACCESS_LIFETIME.total_seconds())
_COOKIE_DAYS_S = 7 * 24 * 3_600


async def checked_user(request: Request, body: LoginRequest) -> AuthUser:
    """Return the login of a right e-mail and password. Raises ApiError; unknown and wrong look and last the same."""
    house = desk.house_of(request)
    email = body.email.strip().lower()
    address = desk.address_of(request)

    def count_and_find(unit: Unit) -> AuthUser | None:
        logins.count_try(unit, house.config.limits, email, address)
        return unit.session.scalar(select(AuthUser).where(AuthUser.email == email))

    user = await house.db.write(count_and_find)
    right = await house.passwords.matches(user.password_hash if user else None, body.password)
    if user is None or not right or user.email_confirmed_at is None:
        raise ApiError("bad_credentials")
    fresh = await house.passwords.rehashed(user.password_hash, body.password)

    def accept(unit: Unit) -> None:
        logins.forget_tries(unit, email, address)
        if fresh is not None:
            unit.session.get_one(AuthUser, user.id).password_hash = fresh

    await house.db.write(accept)
    return user


@router.post("/api/mechanic/login", **described(LoginAnswer, body=LoginRequest))
async def login(request: Request) -> Response:
    """Sign a mechanic in."""
    await desk.limit_public(request)
    body = (await desk.read_body(request)).parse(LoginRequest)
    user = await checked_user(request, body)

    def open_login(unit: Unit) -> LoginAnswer:
        worker = unit.session.scalar(select(MechanicRow).where(MechanicRow.user_id == user.id))
        if worker is None:
            raise ApiError("not_a_mechanic")
        logins.check_account(unit, unit.session.get_one(AuthUser, user.id), worker)
        pair = logins.open_login(unit, user.id)
        who = LoginMechanic(
            id=worker.id,
            name=people.name_of_mechanic(unit, worker.id),
            account_type=worker.account_type,
            workshop_name=people.workshop_name(unit, worker),
        )
        return LoginAnswer(access_token=pair.access, refresh_token=pair.refresh, expires_in=_EXPIRES_IN, mechanic=who)

    return desk.reply(request, await desk.house_of(request).db.write(open_login))


@router.post("/auth/v1/token", **described(TokenAnswer, body=RefreshRequest))
async def token(request: Request, grant_type: str = "") -> Response:
    """Hand out tokens for a refresh token, or for a password (customers of demo and tests)."""
    await desk.limit_public(request)
    body = await desk.read_body(request)
    if grant_type == "refresh_token":
        pair = await _refresh(request, body.parse(RefreshRequest))
    elif grant_type == "password":
        pair = await _password(request, body.parse(LoginRequest))
    else:
        raise ApiError("invalid_request", fields=["grant_type"])
    answer = TokenAnswer(
        access_token=pair.access,
        refresh_token=pair.refresh,
        expires_in=_EXPIRES_IN,
        user=TokenUser(id=pair.user_id),
    )
    return desk.reply(request, answer)


async def _refresh(request: Request, body: RefreshRequest) -> TokenPair:
    house = desk.house_of(request)
    count = house.config.limits.refresh_in_15_min
    login_id = await house.db.read(lambda unit: logins.login_of(unit, body.refresh_token))
    await house.limiter.take(Call("refresh", login_id or desk.address_of(request), count, per_s=15 * 60))
    outcome = await house.db.write(lambda unit: logins.refresh(unit, body.refresh_token))
    if isinstance(outcome, ApiError):
        raise outcome
    return outcome


async def _password(request: Request, body: LoginRequest) -> TokenPair:
    user = await checked_user(request, body)

    def open_login(unit: Unit) -> TokenPair:
        worker = unit.session.scalar(select(MechanicRow).where(MechanicRow.user_id == user.id))
        logins.check_account(unit, unit.session.get_one(AuthUser, user.id), worker)
        return logins.open_login(unit, user.id)

    return await desk.house_of(request).db.write(open_login)


@router.post("/api/auth/set-session", **described(OkAnswer, body=SetSessionRequest))
async def set_session(request: Request) -> Response:
    """Turn a token pair into the cookie."""
    await desk.limit_public(request)
    body = (await desk.read_body(request)).parse(SetSessionRequest)
    alive = await desk.house_of(request).db.read(
        lambda unit: logins.is_one_live_pair(unit, body.access_token, body.refresh_token)
    )
    if not alive:
        raise ApiError("not_signed_in")
    response = desk.reply(request, OkAnswer())
    response.set_cookie(
        AUTH_COOKIE, body.access_token, max_age=_COOKIE_DAYS_S, path="/", httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return response


@router.post("/api/mechanic/logout", **described(SuccessAnswer))
async def logout(request: Request) -> Response:
    """Close the sign-in of the token given; fine without one, too."""
    await desk.limit_public(request)
    token = desk.access_token(request)
    await desk.house_of(request).db.write(lambda unit: logins.log_out(unit, token))
    response = desk.reply(request, SuccessAnswer())
    for name in {AUTH_COOKIE, *(cookie for cookie in request.cookies if cookie.startswith("sb-"))}:
        response.delete_cookie(name, path="/", httponly=True, samesite="lax")
    return response


@router.get("/api/mechanics/me", **described(MeAnswer, tagged=True))
async def me(request: Request) -> Response:
    """Tell a mechanic who they are."""

    def work(unit: Unit, caller: Caller) -> MeAnswer:
        if caller.mechanic_id is None:
            raise not_found()
        worker = unit.session.get_one(MechanicRow, caller.mechanic_id)
        user = unit.session.get_one(AuthUser, caller.user_id)
        return MeAnswer(
            id=worker.id,
            user_id=user.id,
            name=people.name_of_mechanic(unit, worker.id),
            email=user.email,
            service_tier=worker.service_tier,
            account_type=worker.account_type,
            workshop_id=worker.workshop_id,
            partnership_type=worker.partnership_type,
            workshop_name=people.workshop_name(unit, worker),
            can_accept_sessions=worker.can_accept_sessions,
            currently_on_shift=worker.currently_on_shift,
        )

    return desk.reply_tagged(request, await desk.as_mechanic(request, work))
