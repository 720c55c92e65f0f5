"""Uploads, reports, exports and models in the store: what stays, what goes, and who can read it."""

import io
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from typer.testing import CliRunner

from analytics.intake import IntakeError
from dashboard import jobs, startup
from dashboard.cli import app
from dashboard.jobs.lease import Lease
from dashboard.services import files
from dashboard.services.audits import erasure
from dashboard.services.data import imports, uploads
from dashboard.services.data.imports import Consent, Order
from dashboard.services.people import LOCAL_USER, NotAllowedError, User
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from db.errors import FileDamagedError, StoreError
from db.repositories import files as kept_files
from db.repositories import jobs as job_rows
from db.tables import FileRow
from db.types import now
from tests.dashboard.conftest import InPlace, reviews_csv


def keep(workspace, text):
    return uploads.keep_upload(workspace, LOCAL_USER, io.BytesIO(text.encode()), 2**20)[0]


def order(workspace, path, kind="reviews"):
    found = imports.look(workspace, path, "r.csv", kind)
    return Order(path, "r.csv", found.file_sha256, kind, found.mapping, Consent())


def begin(workspace, path, number):
    """Record an import and a task that waits for it, as if it were enqueued."""
    import_id = imports.record(workspace, order(workspace, path), LOCAL_USER)
    ask(workspace, path, import_id, f"job-{number}")
    return import_id, f"job-{number}"


def ask(workspace, path, import_id, job_id):
    with workspace.database.writing() as session:
        job_rows.add(session, job_id, "import", "Import r.csv", {"import_id": import_id, "path": str(path)}, "Ada")


def held(workspace):
    return sorted(f.digest for f in workspace.files.listing())


def test_an_upload_goes_once_its_import_took_it_in(workspace):
    path = keep(workspace, reviews_csv(4))
    import_id, _ = begin(workspace, path, 1)
    assert held(workspace) == [path.name]
    result = imports.run_import(workspace, InPlace(), {"import_id": import_id, "path": str(path)})
    assert (result["rows_new"], held(workspace), files.listing(workspace)) == (4, [], [])


def test_a_worker_on_another_machine_finds_the_upload_by_its_digest(workspace):
    path = keep(workspace, reviews_csv(4))
    import_id = imports.record(workspace, order(workspace, path), LOCAL_USER)
    elsewhere = f"/srv/another/uploads/{path.name}"
    assert imports.run_import(workspace, InPlace(), {"import_id": import_id, "path": elsewhere})["rows_new"] == 4
    assert held(workspace) == []


def test_an_altered_upload_is_not_imported(workspace):
    path = keep(workspace, reviews_csv(4))
    import_id = imports.record(workspace, order(workspace, path), LOCAL_USER)
    path.write_text(reviews_csv(5))
    with pytest.raises(FileDamagedError, match="altered or damaged"):
        imports.run_import(workspace, InPlace(), {"import_id": import_id, "path": str(path)})
    assert imports.contents(workspace).reviews == 0


def test_an_upload_that_two_tasks_wait_for_stays_until_the_second_is_done(workspace):
    path = keep(workspace, reviews_csv(4))
    ids = [begin(workspace, path, n) for n in range(2)]
    for n, (import_id, job_id) in enumerate(ids):
        imports.run_import(workspace, InPlace(), {"import_id": import_id, "path": str(path)})
        with workspace.database.writing() as session:
            job_rows.update(session, job_id, state="done")
        assert held(workspace) == ([path.name] if n == 0 else [])


def test_a_file_that_went_is_asked_for_again(workspace):
    path = keep(workspace, reviews_csv(4))
    wanted = order(workspace, path)
    files.drop_material(workspace)
    with pytest.raises(IntakeError, match=r"no longer here\. Choose it again"):
        imports.look(workspace, path, "r.csv")
    with pytest.raises(IntakeError, match=r"no longer here\. Choose it again"):
        imports.record(workspace, wanted, LOCAL_USER)


def test_the_marketers_own_file_stays_where_it_is(workspace, bring_in, tmp_path):
    bring_in(reviews_csv(4), "reviews", name="mine.csv")
    assert (tmp_path / "mine.csv").exists()
    assert held(workspace) == []


def test_erasing_a_person_takes_what_waits_as_it_came_and_what_was_reported(workspace, bring_in):
    bring_in(reviews_csv(4), "reviews")
    waiting, wanted = keep(workspace, reviews_csv(5)), keep(workspace, reviews_csv(6))
    report, model = workspace.files.put(b"a report"), workspace.files.put(b"weights")
    with workspace.database.writing() as session:
        kept_files.add(session, workspace.files, report, "report", "r.html")
        kept_files.add(session, workspace.files, model, "model", "m.gguf")
    person = erasure.find(workspace, LOCAL_USER, "C1")[0]
    ask(workspace, wanted, 99, "job-1")
    erasure.erase(workspace, LOCAL_USER, person.pseudonym)
    assert held(workspace) == sorted([wanted.name, model.digest])
    assert not waiting.exists()


@pytest.mark.parametrize(
    ("kind", "days", "stays"), [("report", 0.9, True), ("report", 1.1, False), ("export", 29, True)]
)
@pytest.mark.parametrize("other", [("export", 31, False), ("model", 4000, True), ("altered", 4000, True)])
def test_each_kind_is_kept_for_its_time(workspace, kind, days, stays, other):
    for name, age, _ in ((kind, days, stays), other):
        stored = workspace.files.put(name.encode())
        with workspace.database.writing() as session:
            number = kept_files.add(session, workspace.files, stored, name, "a")
            session.get_one(FileRow, number).created_at = now() - timedelta(days=age)
    startup.files.tidy(workspace)
    assert {f.kind for f in files.listing(workspace)} == {n for n, _, s in ((kind, days, stays), other) if s}


def test_a_start_mends_what_a_crash_left(workspace):
    kept, orphan = keep(workspace, reviews_csv(4)), workspace.files.put(b"no row was ever written")
    half = workspace.files.staging / "partial-x"
    half.write_bytes(b"half")
    old = now().timestamp() - 25 * 3600
    for path in (half, workspace.files.root / orphan.digest[:2] / orphan.digest, kept):
        os.utime(path, (old, old))
    released = keep(workspace, reviews_csv(5))
    with workspace.database.writing() as session:
        kept_files.drop(session, [session.exec(select(FileRow.id).where(FileRow.digest == released.name)).one()])
    startup.files.tidy(workspace)
    assert held(workspace) == [kept.name]
    assert not half.exists()


def test_in_a_shared_place_a_start_takes_nothing_that_it_does_not_know(tmp_path):
    settings = Settings(workspace=tmp_path / "w", demo=False, files_url=str(tmp_path / "share"))
    workspace = open_workspace(settings)
    newer = workspace.files.put(b"named by the other copy of this database")
    path = workspace.files.root / newer.digest[:2] / newer.digest
    os.utime(path, (0, 0))
    startup.files.tidy(workspace)
    assert path.exists()
    assert files.sweep(workspace, LOCAL_USER) == 1  # asked for by name
    workspace.database.engine.dispose()


def test_nothing_in_a_workspace_can_be_read_by_others(workspace, bring_in):
    before = os.umask(0o022)
    try:
        jobs.create_job_store(workspace.settings.jobs_url)
        keep(workspace, reviews_csv(4))
        files.keep_model(workspace, LOCAL_USER, keep(workspace, "weights"))
        workspace.files.local(files.listing(workspace)[0].digest, workspace.subfolder("models"))
        assert Lease(workspace).take()
    finally:
        os.umask(before)
    modes = {p: stat.S_IMODE(p.stat().st_mode) for p in (workspace.folder, *workspace.folder.rglob("*"))}
    assert {p.name: oct(m) for p, m in modes.items() if m != (0o700 if p.is_dir() else 0o600)} == {}


def test_a_workspace_that_others_could_read_is_closed_when_it_is_opened(tmp_path):
    folder = tmp_path / "w"
    open_workspace(Settings(workspace=folder, demo=False)).database.engine.dispose()
    (folder / "jobs.db").write_bytes(b"")
    mine = tmp_path / "w" / "my-script.sh"
    mine.write_text("echo")
    for path in (folder, *folder.iterdir()):
        if path.name != "workspace.key":
            path.chmod(0o755)
    open_workspace(Settings(workspace=folder, demo=False)).database.engine.dispose()
    open_to_others = [p.name for p in (folder, *folder.rglob("*")) if p.stat().st_mode & 0o077]
    assert open_to_others == ["my-script.sh"]  # not ours


def test_a_models_weights_are_kept_found_checked_and_removed_by_command(workspace, tmp_path):
    def run(*arguments):
        return CliRunner().invoke(app, ["--workspace", str(workspace.folder), "files", *arguments])

    (tmp_path / "m.gguf").write_bytes(b"GGUF weights")
    told = run("keep", str(tmp_path / "m.gguf")).stdout
    digest = told.split()[-1]
    assert "m.gguf" in run("list").stdout
    path = Path(run("path", digest).stdout.replace("\n", ""))
    assert path.read_bytes() == b"GGUF weights"
    assert run("check").exit_code == 0
    path.write_bytes(b"GGUF other!!")
    damaged = run("check")
    assert damaged.exit_code == 1
    assert "altered or damaged" in damaged.stdout
    number = files.listing(workspace)[0].id
    assert run("remove", str(number)).exit_code == 0
    assert held(workspace) == []
    with pytest.raises(StoreError, match="No model"):
        files.model_path(workspace, digest)
    with pytest.raises(NotAllowedError):
        files.keep_model(workspace, User("Ed", "editor"), tmp_path / "m.gguf")
