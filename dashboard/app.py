"""The web application: Streamlit's ASGI app with our start-up, routes, headers and error pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import streamlit as st
from sqlalchemy import text
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit.web import bootstrap

from dashboard import context, errors, startup, theme
from dashboard.downloads import Downloads
from dashboard.security import LOCAL_NAMES, KnownHosts, OwnPagesOnly, SecurityHeaders, SoundFrames
from dashboard.sessions import SignIn, SignInGate
from dashboard.settings import Settings, secret_for
from dashboard.workspace import Workspace
from db.errors import StoreError
from db.repositories import leases

SHELL = Path(__file__).with_name("shell.py")


def streamlit_options(settings: Settings) -> dict[str, Any]:
    """Return Streamlit's configuration: nothing leaves the machine, nothing internal is shown."""
    return {
        "browser.gatherUsageStats": False,
        "client.disableDataExport": True,  # its CSV is not safe to open in a spreadsheet; ours is
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "minimal",
        "global.developmentMode": False,
        "logger.enableRich": False,  # it prints what errors say, past our log
        "runner.magicEnabled": False,
        "runner.postScriptGC": False,
        "server.address": settings.host,
        "server.port": settings.port,
        "server.fileWatcherType": "none",
        "server.headless": True,
        "server.maxUploadSize": settings.max_upload_mb,
        "server.allowedHosts": ["*"],  # KnownHosts looks at every request, not at websockets only
        "server.enableAgentApi": False,
        "server.cookieSecret": secret_for(settings, "streamlit cookies"),
        **theme.options(),
    }


def create_app(settings: Settings, workspace: Workspace) -> st.App:
    """Return the application of a prepared workspace."""
    bootstrap.load_config_options(streamlit_options(settings))
    context.use(workspace)
    workspace.database.spare_memory()

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
        await run_in_threadpool(startup.warm_up)
        yield {"workspace": workspace}

    async def ready(_request: Request) -> JSONResponse:
        state = await run_in_threadpool(readiness, workspace)
        return JSONResponse(state, status_code=200 if state["ready"] else 503)

    routes = [Route("/api/ready", ready), *Downloads(workspace).routes()]
    middleware = [Middleware(SecurityHeaders)]
    if settings.mode == "local" or settings.known_hosts:
        middleware.append(Middleware(KnownHosts, names=(*LOCAL_NAMES, *settings.known_hosts)))
    middleware += [Middleware(OwnPagesOnly), Middleware(SoundFrames)]
    if settings.mode == "team":
        sign_in = SignIn(workspace)
        routes += [
            Route("/sign-in", sign_in.show, methods=["GET"]),
            Route("/sign-in", sign_in.enter, methods=["POST"]),
            Route("/sign-out", sign_in.leave, methods=["POST"]),
        ]
        middleware.append(Middleware(SignInGate, workspace=workspace))
    return st.App(
        SHELL,
        lifespan=lifespan,
        routes=routes,
        middleware=middleware,
        on_script_error=errors.on_script_error,
        exception_handlers={500: errors.server_error},
    )


def readiness(workspace: Workspace) -> dict[str, Any]:
    """Say whether the database answers and whether a worker is alive."""
    try:
        with workspace.database.reading() as session:
            session.connection().execute(text("SELECT 1"))
            worker = leases.worker_alive(session)
    except StoreError as error:
        return {"ready": False, "database": False, "reference": errors.note(error, "the readiness check")}
    return {"ready": True, "database": True, "worker": worker, "version": version("digital-persona")}
