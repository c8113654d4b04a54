"""Sign-ins: 256-bit tokens kept as SHA-256 only, rotation of refresh tokens, and who a token belongs to."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, delete, func, select, update

from desktop.core.people import MechanicId, UserId
from desktop.joinserver.config import Limits
from desktop.joinserver.effects import EndStreams
from desktop.joinserver.errors import ApiError
from desktop.joinserver.tables import AuthSession, AuthToken, AuthUser, LoginFailure, MechanicRow, Profile
from desktop.joinserver.unit import Unit, new_id

ACCESS_LIFETIME = timedelta(minutes=60)
REFRESH_LIFETIME = timedelta(hours=12)
REPLAY_GRACE = timedelta(seconds=10)
FAILURE_WINDOW = timedelta(minutes=15)
# Asked by every request of somebody signed in: one question, built once, for no more than it needs.
_WHO: Final = (
    select(
        AuthSession.id, AuthSession.user_id, AuthSession.revoked_at, AuthToken.expires_at, AuthUser.disabled_at,
        Profile.account_status, MechanicRow.id, MechanicRow.account_status, MechanicRow.suspended_until,
        MechanicRow.application_status,
    )
    .select_from(AuthToken)
    .join(AuthSession, AuthSession.id == AuthToken.auth_session_id)
    .join(AuthUser, AuthUser.id == AuthSession.user_id)
    .outerjoin(Profile, Profile.id == AuthUser.id)
    .outerjoin(MechanicRow, MechanicRow.user_id == AuthUser.id)
    .where(AuthToken.token_hash == bindparam("token"), AuthToken.kind == "access")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a sign-in or a refresh hands out, once."""

    access: str
    refresh: str
    user_id: UserId

    def __repr__(self) -> str:
        """Keep the tokens out of logs."""
        return "TokenPair(...)"


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose token a request carried. `mechanic_id` is None for customers."""

    login_id: str
    user_id: UserId
    mechanic_id: MechanicId | None
    expires_at: datetime


def token_hash(token: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def identify(unit: Unit, token: str | None, *, mechanic: bool) -> Caller:
    """Return the caller of a live access token; with `mechanic`, one who may act as a mechanic. Raises ApiError."""
    if not token:
        raise ApiError("not_signed_in")
    found = unit.ask(_WHO, token=token_hash(token)).one_or_none()
    if found is None:
        raise ApiError("not_signed_in")
    login_id, user_id, revoked_at, expires_at, disabled_at, status, mechanic_id, *worker = tuple(found)
    if revoked_at is not None:
        raise ApiError("not_signed_in")
    if expires_at <= unit.now:
        raise ApiError("token_expired")
    if mechanic and mechanic_id is None:
        raise ApiError("not_a_mechanic")
    _check_person(disabled_at, status)
    if mechanic_id is not None:
        _check_worker(unit, *worker)
    return Caller(login_id, user_id, mechanic_id, expires_at)


def check_account(unit: Unit, user: AuthUser, worker: MechanicRow | None) -> None:
    """Refuse disabled, suspended and unapproved accounts. Raises ApiError."""
    profile = unit.find(Profile, user.id)
    _check_person(user.disabled_at, profile.account_status if profile is not None else None)
    if worker is not None:
        _check_worker(unit, worker.account_status, worker.suspended_until, worker.application_status)


def _check_person(disabled_at: datetime | None, status: str | None) -> None:
    if disabled_at is not None or status == "suspended":
        raise ApiError("account_suspended")


def _check_worker(unit: Unit, status: str, suspended_until: datetime | None, application: str) -> None:
    if status == "suspended" and (suspended_until is None or suspended_until > unit.now):
        raise ApiError("account_suspended")
    if application != "approved":
        raise ApiError("account_not_approved")


def open_login(unit: Unit, user_id: UserId) -> TokenPair:
    """Start a sign-in and return its first tokens."""
    login = AuthSession(id=new_id(), user_id=user_id, created_at=unit.now, last_seen_at=unit.now)
    unit.session.add(login)
    unit.session.flush()
    return _issue(unit, login, parent=None)


def _issue(unit: Unit, login: AuthSession, parent: str | None) -> TokenPair:
    pair = TokenPair(f"bl_at_{secrets.token_urlsafe(32)}", f"bl_rt_{secrets.token_urlsafe(32)}", login.user_id)
    for token, kind, lifetime in (
        (pair.access, "access", ACCESS_LIFETIME),
        (pair.refresh, "refresh", REFRESH_LIFETIME),
    ):
        unit.session.add(
            AuthToken(
                token_hash=token_hash(token), auth_session_id=login.id, kind=kind, parent_hash=parent,
                issued_at=unit.now, expires_at=unit.now + lifetime,
            )
        )  # fmt: skip
    login.last_seen_at = unit.now
    unit.session.flush()
    return pair


def refresh(unit: Unit, token: str) -> TokenPair | ApiError:
    """Return the next tokens for a refresh token; a reused one closes the whole sign-in.

    The refusal is returned, not raised, because closing the sign-in has to be committed.
    """
    stored = unit.session.get(AuthToken, token_hash(token))
    if stored is None or stored.kind != "refresh":
        return ApiError("refresh_invalid")
    login = _lock_login(unit, stored.auth_session_id)
    unit.session.refresh(stored)  # whoever was faster is known now
    if login.revoked_at is not None:
        return ApiError("refresh_reused" if login.revoke_reason == "refresh_reused" else "refresh_invalid")
    user = unit.session.get_one(AuthUser, login.user_id)
    worker = unit.session.scalar(select(MechanicRow).where(MechanicRow.user_id == user.id))
    if stored.used_at is None:
        if stored.expires_at <= unit.now:
            return ApiError("refresh_invalid")
    elif not _is_lost_answer(unit, stored):
        revoke(unit, login, "refresh_reused")
        return ApiError("refresh_reused")
    check_account(unit, user, worker)
    stored.used_at = stored.used_at or unit.now
    return _issue(unit, login, parent=stored.token_hash)


def _lock_login(unit: Unit, login_id: str) -> AuthSession:
    """Return a sign-in, locked against other writers: its tokens are rotated one after the other."""
    query = select(AuthSession).where(AuthSession.id == login_id).with_for_update(key_share=True)
    return unit.session.scalars(query).one()


def _is_lost_answer(unit: Unit, stored: AuthToken) -> bool:
    """Whether a used token may be sent again: it is the direct parent, just used, and its child was not.

    The child whose answer got lost counts as used from now on, so that two holders can never go on side by side.
    """
    if stored.used_at is None or unit.now - stored.used_at > REPLAY_GRACE:
        return False
    children = unit.session.scalars(
        select(AuthToken).where(AuthToken.parent_hash == stored.token_hash, AuthToken.kind == "refresh")
    ).all()
    if any(_was_carried_on(unit, child) for child in children):
        return False
    for child in children:
        child.used_at = unit.now - REPLAY_GRACE - timedelta(seconds=1)
    return True


def _was_carried_on(unit: Unit, child: AuthToken) -> bool:
    grandchildren = select(func.count()).where(AuthToken.parent_hash == child.token_hash)
    return bool(unit.session.scalar(grandchildren))


def revoke(unit: Unit, login: AuthSession, reason: str) -> None:
    """Close a sign-in: its tokens and its event streams are dead at once."""
    login.revoked_at = unit.now
    login.revoke_reason = reason
    unit.effects.append(EndStreams(login_id=login.id))


def login_of(unit: Unit, token: str) -> str | None:
    """Return the id of the sign-in that a token was made for, dead or alive."""
    stored = unit.session.get(AuthToken, token_hash(token))
    return stored.auth_session_id if stored else None


def log_out(unit: Unit, token: str | None) -> None:
    """Close the sign-in of a token, if there is one."""
    stored = unit.session.get(AuthToken, token_hash(token)) if token else None
    if stored is None:
        return
    login = _lock_login(unit, stored.auth_session_id)
    if login.revoked_at is None:
        revoke(unit, login, "logout")


def is_one_live_pair(unit: Unit, access: str, refresh_token: str) -> bool:
    """Whether two tokens belong to one sign-in that lives, the access token included."""
    first = unit.session.get(AuthToken, token_hash(access))
    second = unit.session.get(AuthToken, token_hash(refresh_token))
    if first is None or second is None or (first.kind, second.kind) != ("access", "refresh"):
        return False
    login = unit.session.get_one(AuthSession, first.auth_session_id)
    same = first.auth_session_id == second.auth_session_id
    return same and login.revoked_at is None and first.expires_at > unit.now and second.expires_at > unit.now


def count_try(unit: Unit, limits: Limits, email: str, address: str) -> None:
    """Count a try before its password is checked, so that parallel tries count too. Raises ApiError `rate_limited`."""
    since = unit.now - FAILURE_WINDOW
    unit.take_turns(_failure_key("account", email), _failure_key("address", address))
    for key, allowed in (
        (_failure_key("account", email), limits.account_failures_in_15_min),
        (_failure_key("address", address), limits.address_failures_in_15_min),
    ):
        times = unit.session.scalars(
            select(LoginFailure.at)
            .where(LoginFailure.key_hash == key, LoginFailure.at > since)
            .order_by(LoginFailure.at)
        ).all()
        if len(times) >= allowed:
            wait = times[len(times) - allowed] + FAILURE_WINDOW - unit.now
            raise ApiError("rate_limited", retry_after_s=max(1, int(wait.total_seconds()) + 1))
        unit.session.add(LoginFailure(key_hash=key, at=unit.now))
    unit.session.flush()


def forget_tries(unit: Unit, email: str, address: str) -> None:
    """Take a right password: the account starts anew, and the address loses the try that was counted ahead."""
    unit.session.execute(delete(LoginFailure).where(LoginFailure.key_hash == _failure_key("account", email)))
    newest = select(func.max(LoginFailure.id)).where(LoginFailure.key_hash == _failure_key("address", address))
    unit.session.execute(delete(LoginFailure).where(LoginFailure.id == newest.scalar_subquery()))


def _failure_key(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value.strip().lower()}".encode()).hexdigest()


def revoke_all_of_mechanic(unit: Unit, mechanic_id: MechanicId) -> None:
    """Close every event stream of a mechanic who may not act any more; their calls are refused from now on."""
    unit.effects.append(EndStreams(mechanic_id=mechanic_id))


def sweep_logins(unit: Unit) -> None:
    """Forget tokens and counted failures that can matter to nobody any more."""
    unit.session.execute(delete(AuthToken).where(AuthToken.expires_at < unit.now - REFRESH_LIFETIME))
    unit.session.execute(delete(LoginFailure).where(LoginFailure.at < unit.now - FAILURE_WINDOW))
    unit.session.execute(
        update(AuthSession)
        .where(AuthSession.revoked_at.is_(None), AuthSession.last_seen_at < unit.now - REFRESH_LIFETIME)
        .values(revoked_at=unit.now, revoke_reason="expired")
    )
