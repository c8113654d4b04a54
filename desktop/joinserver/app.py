"""Puts the join server together: `create_app(config)` gives the ASGI app, its lifespan opens and closes the house."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from desktop.joinserver import demo_data, desk, uploads
from desktop.joinserver.config import ServerConfig, is_loopback
from desktop.joinserver.errors import ApiError
from desktop.joinserver.house import Parts, open_house
from desktop.joinserver.middleware import Frame, lean_missing_page
from desktop.joinserver.routes import (
    chat,
    dev,
    events,
    faults,
    files,
    lists,
    service,
    sessions,
    shift,
    sign_in,
    status_page,
    summary,
    webhook,
)

_CODE_OF_STATUS = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large", 415: "unsupported_media_type"}


class ConfigRefused(Exception):  # noqa: N818 - reads as what happened
    """The server must not run like this; the text says why and what to change."""


def create_app(config: ServerConfig, parts: Parts | None = None) -> FastAPI:
    """Return the app. Raises ConfigRefused. Its lifespan migrates, loads demo data where asked for, and sweeps."""
    refusal = config.refusal()
    if refusal is not None:
        raise ConfigRefused(refusal)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_house(config, parts or Parts()) as house:
            app.state.house = house
            if not is_loopback(config.host) and await house.db.read(demo_data.has_demo_people):
                raise ConfigRefused("the database holds practice people, whose passwords are known to everybody")
            if config.demo_data:
                await demo_data.load(house, config.demo_at)
            tidying = asyncio.create_task(uploads.tidy(house))
            yield
            tidying.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await tidying

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.add_middleware(Frame)
    for routes in (sign_in, lists, sessions, chat, service, webhook):
        app.include_router(routes.router)
    if not config.lean:
        for more in (sessions, chat, files, summary, shift, events):
            app.include_router(more.optional_router)
        app.include_router(status_page.router)
    if config.serves_dev_paths:
        app.include_router(dev.router)
    if config.serves_faults:
        app.include_router(faults.router)
    app.add_exception_handler(ApiError, _refuse)
    app.add_exception_handler(HTTPException, _refuse_path)
    return app


async def _refuse(request: Request, error: Exception) -> Response:
    if not isinstance(error, ApiError):
        raise error
    return desk.refuse(error, lean=desk.house_of(request).config.lean)


async def _refuse_path(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    lean = desk.house_of(request).config.lean
    if lean and error.status_code == 404:  # noqa: PLR2004 - the status itself
        return lean_missing_page()
    return desk.refuse(ApiError(_CODE_OF_STATUS.get(error.status_code, "invalid_request")), lean=lean)
