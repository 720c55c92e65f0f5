"""Files over the wire: sent in blocks, whole or visibly not, and only to those who may have them."""

import asyncio
import base64
import hashlib
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette

from dashboard.downloads import Downloads, download_url, report_url
from dashboard.services.people import LOCAL_USER, save_user
from dashboard.sessions import COOKIE, begin_session
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from db import ledger
from db.files import BLOCK
from db.repositories import files as kept_files

KEY = base64.b64encode(hashlib.sha256(b"a key for this test").digest()).decode()
PASSWORD = "a long and winding phrase"


def get(workspace, path, **headers):
    """Ask the routes as a server does; return status, headers and the blocks of the body."""
    app = Starlette(routes=Downloads(workspace).routes())
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(k.replace("_", "-").lower().encode(), v.encode()) for k, v in headers.items()],
    }
    told = []

    async def receive():
        await asyncio.sleep(3600)

    async def send(message):
        told.append(message)

    async def ask():
        await app(scope, receive, send)

    broken = None
    try:
        asyncio.run(ask())
    except BaseException as error:
        broken = error
    fields = {k.decode(): v.decode() for k, v in told[0]["headers"]}
    return told[0]["status"], fields, [m["body"] for m in told[1:] if m.get("body")], broken


def keep(workspace, data, kind="export", name="posts.zip"):
    stored = workspace.files.put(data)
    with workspace.database.writing() as session:
        number = kept_files.add(session, workspace.files, stored, kind, name)
        if kind == "export":
            entry = {"export": number, "sha256": stored.digest, "items": {}}
            ledger.append(session, workspace.vault, "export", "You", entry)
        return number, stored.digest


def test_a_file_is_sent_in_blocks_with_its_name_and_length(workspace):
    name = 'pöst "1"\r\n.zip'
    data = bytes(range(256)) * 4096 * 3 + b"end"
    number, _ = keep(workspace, data, name=name)
    status, headers, blocks, broken = get(workspace, download_url(number))
    assert (status, broken, b"".join(blocks)) == (200, None, data)
    assert headers["content-length"] == str(len(data))
    assert headers["content-disposition"] == "attachment; filename*=UTF-8''" + quote(name)
    assert headers["content-type"] == "application/zip"
    assert max(map(len, blocks)) <= BLOCK


def test_a_damaged_file_never_arrives_whole_and_a_missing_one_says_so(workspace):
    number, digest = keep(workspace, bytes(2 * BLOCK))
    path = workspace.files.root / digest[:2] / digest
    path.write_bytes(bytes(2 * BLOCK - 1) + b"x")
    _, headers, blocks, broken = get(workspace, download_url(number))
    assert broken is not None
    assert sum(map(len, blocks)) < int(headers["content-length"])
    path.unlink()
    status, _, (said,), _ = get(workspace, download_url(number))
    assert (status, b"is missing in" in said) == (404, True)


def test_uploads_and_weights_are_sent_to_nobody(workspace):
    for kind in ("upload", "model", "altered", "report"):
        number, _ = keep(workspace, kind.encode(), kind)
        assert get(workspace, download_url(number))[0] == 404
    assert get(workspace, download_url(999))[0] == 404


def test_a_file_that_no_export_of_the_ledger_is_is_not_sent(workspace):
    number, _ = keep(workspace, b"what was exported")
    upload, _ = keep(workspace, b"somebody's customers", "upload", "people.csv")
    forged = workspace.files.put(b"what was not")
    forge = "UPDATE kept_file SET digest = :d, size = :s WHERE id = :n"
    with workspace.database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE kept_file SET kind = 'export' WHERE id = :n"), {"n": upload})
        connection.execute(sa.text(forge), {"d": forged.digest, "s": forged.size, "n": number})
    for one in (number, upload):
        status, _, (said,), _ = get(workspace, download_url(one))
        assert (status, b"no export that the ledger knows" in said) == (404, True)


@pytest.mark.parametrize("headers", [{"sec_fetch_site": "cross-site"}, {"origin": "https://evil.example"}])
def test_another_sites_page_gets_nothing(workspace, headers):
    number, _ = keep(workspace, b"data")
    for address in (download_url(number), report_url(1, ".html")):
        assert get(workspace, address, **headers)[0] == 403


def test_in_team_mode_a_role_decides(tmp_path, monkeypatch):
    settings = Settings(workspace=tmp_path / "w", mode="team", workspace_key=KEY, demo=False)
    team = open_workspace(settings)
    number, _ = keep(team, b"an export")
    assert get(team, download_url(number))[0] == 403
    for role, may in (("viewer", False), ("reviewer", True)):
        save_user(team, LOCAL_USER, f"Vi{role}", role, PASSWORD)
        cookie = f"{COOKIE}={begin_session(team, f'Vi{role}', PASSWORD)}"
        assert get(team, download_url(number), cookie=cookie)[0] == (200 if may else 403)
    team.database.engine.dispose()


def test_a_report_that_cannot_be_is_a_sentence(workspace):
    status, _, (said,), _ = get(workspace, report_url(7, ".html"))
    assert (status, b"no campaign" in said.lower()) == (404, True)
