"""Downloads: a kept file, sent block by block, so that its size costs no memory."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import iterate_in_threadpool, run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard.security import from_here
from dashboard.services.audits import proof
from dashboard.services.people import LOCAL_USER, MAY_EXPORT, NotAllowedError, Role, User, require
from dashboard.sessions import COOKIE, signed_in
from dashboard.workspace import Workspace
from db.errors import StoreError
from db.repositories import files as kept_files
from db.repositories.files import FileRecord, Kind

PATH, REPORTS = "/files", "/reports-of"
# Uploads and weights are for the app alone: nobody is sent them. A report is sent as it is made and not again: nothing
# proves that what a row calls a report later is one.
MAY_DOWNLOAD: dict[Kind, tuple[Role, ...]] = {"export": MAY_EXPORT}


def report_url(campaign_id: int, suffix: str) -> str:
    """Return the address at which a campaign's report is made and fetched, in the form of a file ending."""
    return f"{REPORTS}/{campaign_id}{suffix}"


def download_url(file_id: int) -> str:
    """Return the address at which a kept file can be fetched."""
    return f"{PATH}/{file_id}"


class Downloads:
    """Sends kept files to those who may have them."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def routes(self) -> list[Route]:
        """Return the addresses that files are sent from."""
        return [
            Route(f"{PATH}/{{number:int}}", self.send),
            Route(f"{REPORTS}/{{number:int}}.{{form}}", self.send_report),
        ]

    async def send(self, request: Request) -> Response:
        """Send a file, or say why not. A damaged one never arrives whole."""
        return await self._answer(request, self._allowed)

    async def send_report(self, request: Request) -> Response:
        """Make a campaign's report and send it, or say why not."""
        return await self._answer(request, self._report)

    async def _answer(self, request: Request, find: Callable[[Request], FileRecord]) -> Response:
        if not from_here(request.headers):
            return PlainTextResponse("This came from a page of another site.", status_code=403)
        try:
            found = await run_in_threadpool(find, request)
        except NotAllowedError as error:
            return PlainTextResponse(str(error), status_code=403)
        except StoreError as error:
            return PlainTextResponse(str(error), status_code=404)
        return StreamingResponse(
            iterate_in_threadpool(self.workspace.files.blocks(found.digest)),
            media_type=mimetypes.guess_type(found.name)[0] or "application/octet-stream",
            headers={
                "Content-Length": str(found.size),
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
                "Cache-Control": "no-store",
            },
        )

    def _allowed(self, request: Request) -> FileRecord:
        user, number = self._user(request), request.path_params["number"]
        with self.workspace.database.reading() as session:
            found = kept_files.get(session, number)
        if found.kind not in MAY_DOWNLOAD:
            raise StoreError(f"There is no file number {number} to download.")
        require(user, MAY_DOWNLOAD[found.kind], "download this file")
        if problem := proof.not_exported(self.workspace, found.digest):
            raise StoreError(problem)
        if not self.workspace.files.holds(found.digest):
            self.workspace.files.check(found.digest)  # says that it is missing, and where
        return found

    def _report(self, request: Request) -> FileRecord:
        from dashboard.services.reports import building  # writes workbooks: only who asks for one loads it

        asked = request.path_params
        try:
            return building.keep(self.workspace, self._user(request), asked["number"], f".{asked['form']}")
        except building.ReportError as error:
            raise StoreError(str(error)) from error

    def _user(self, request: Request) -> User:
        if self.workspace.settings.mode == "local":
            return LOCAL_USER
        user = signed_in(self.workspace, request.cookies.get(COOKIE))
        if user is None:
            raise NotAllowedError("Sign in first.")
        return user
