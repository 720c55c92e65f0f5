"""What a crash leaves between the two databases is put right: queued again, settled, or left alone."""

import pytest
import sqlalchemy as sa

from dashboard.jobs import asking, enqueue, status
from dashboard.jobs.lease import Lease
from dashboard.jobs.recovering import Recovery
from dashboard.jobs.settling import Outcome
from dashboard.services.data import imports
from dashboard.services.data.imports import Consent, Order
from dashboard.services.people import LOCAL_USER
from db.errors import StoreError
from db.repositories import jobs
from tests.dashboard.conftest import asked, reviews_csv


@pytest.fixture
def begun(durable, tmp_path):
    """An import that waits in its queue."""
    path = tmp_path / "reviews.csv"
    path.write_text(reviews_csv(20))
    preview = imports.look(durable, path, path.name, "reviews")
    order = Order(path, path.name, preview.file_sha256, "reviews", preview.mapping, Consent())
    import_id, job_id = imports.begin(durable, order, LOCAL_USER)
    return import_id, job_id


def engine_says(workspace, job_id, **values):
    """Change what the job engine keeps of a workflow."""
    engine = sa.create_engine(workspace.settings.jobs_url)
    schema = None if workspace.database.is_sqlite else "dbos"
    columns = (sa.column(name) for name in ("workflow_uuid", *values))
    table = sa.table("workflow_status", *columns, schema=schema)
    with engine.begin() as connection:
        changed = sa.update(table).where(table.c.workflow_uuid == job_id).values(**values)
        assert connection.execute(changed).rowcount == 1
    engine.dispose()


def workflow(workspace, job_id):
    return asking.workflows(workspace, [job_id])[job_id]


def signed_on(workspace):
    lease = Lease(workspace)
    assert lease.take()
    return lease


def look(workspace, token="me", at_work=()):
    recovery = Recovery(workspace, token)
    recovery.look(at_work)
    return recovery


def test_a_job_that_was_never_queued_is_queued(durable):
    asked(durable, "campaign", {"campaign_id": 1})
    look(durable)
    assert (workflow(durable, "job-1").status, workflow(durable, "job-1").queue_name) == ("ENQUEUED", "render")


def test_a_job_of_a_worker_without_a_lease_is_queued_again(durable, begun):
    engine_says(durable, begun[1], status="PENDING", executor_id="gone")
    look(durable)
    assert workflow(durable, begun[1]).status == "ENQUEUED"


def test_a_job_of_a_living_worker_is_left_alone(durable, begun):
    lease = signed_on(durable)
    lease.claim(begun[1])
    engine_says(durable, begun[1], status="PENDING", executor_id=lease.token)
    look(durable)
    look(durable, lease.token, {begun[1]})
    assert workflow(durable, begun[1]).status == "PENDING"


def test_a_job_that_a_worker_only_seems_to_run_is_queued_again_at_the_second_look(durable, begun):
    lease = signed_on(durable)
    engine_says(durable, begun[1], status="PENDING", executor_id=lease.token)
    recovery = look(durable, lease.token)
    assert workflow(durable, begun[1]).status == "PENDING"
    recovery.look(())
    assert workflow(durable, begun[1]).status == "ENQUEUED"


def test_a_job_in_a_queue_that_nobody_serves_is_moved(durable, begun):
    engine_says(durable, begun[1], queue_name="jobs")
    look(durable)
    assert workflow(durable, begun[1]).queue_name == "light"


@pytest.mark.parametrize(
    ("ended", "state", "says"),
    [
        ("CANCELLED", "cancelled", "Cancelled. No row of the file was kept."),
        ("MAX_RECOVERY_ATTEMPTS_EXCEEDED", "failed", "started too many times. No row of the file was kept."),
        ("ERROR", "failed", "a database did not answer. No row of the file was kept."),
    ],
)
def test_a_workflow_that_ended_settles_its_job(durable, begun, ended, state, says):
    engine_says(durable, begun[1], status=ended)
    look(durable)
    job = status(durable, begun[1])
    assert job.state == state
    assert says in (job.error or job.message)
    assert next(r for r in imports.listing(durable) if r.id == begun[0]).state == state


def test_an_outcome_whose_last_write_failed_is_written_later(durable, begun, monkeypatch):
    ended = workflow(durable, begun[1])
    ended.status, ended.output = "SUCCESS", Outcome("done", result={"rows_new": 20}).to_plain()
    monkeypatch.setattr(asking, "workflows", lambda *_: {begun[1]: ended})
    look(durable)
    job = status(durable, begun[1])
    assert (job.state, job.result) == ("done", {"rows_new": 20})


def test_what_has_ended_is_not_looked_at(durable, begun, monkeypatch):
    with durable.database.writing() as session:
        jobs.end(session, begun[1], "done")
    monkeypatch.setattr(asking, "workflows", lambda *_: pytest.fail("nothing is open"))
    look(durable)


def test_a_waiting_job_that_is_cancelled_is_off_the_queue_at_once(durable, begun):
    job = asking.cancel(durable, LOCAL_USER, begun[1])
    assert (job.state, job.message) == ("cancelled", "Cancelled. No row of the file was kept.")
    assert workflow(durable, begun[1]).status == "CANCELLED"
    assert next(r for r in imports.listing(durable) if r.id == begun[0]).state == "cancelled"


def test_a_running_job_is_only_asked_to_stop(durable, begun):
    lease = signed_on(durable)
    lease.claim(begun[1])
    job = asking.cancel(durable, LOCAL_USER, begun[1])
    assert (job.state, job.cancel_requested) == ("running", True)
    assert workflow(durable, begun[1]).status == "ENQUEUED"


def test_a_job_that_cannot_be_queued_has_failed_and_is_never_done(durable, monkeypatch):
    def broken(*_):
        raise StoreError("The database server cannot be reached.")

    with monkeypatch.context() as patch:
        patch.setattr(asking, "submit", broken)
        with pytest.raises(StoreError, match="cannot be reached"):
            enqueue(durable, "demo", "Demo", {}, "you")
    with durable.database.reading() as session:
        (job,) = jobs.listing(session)
    assert job.state == "failed"
    assert "0 of 6 files" in job.error


def test_jobs_are_queued_in_the_order_they_were_asked_for(durable):
    first, second = asked(durable, "campaign", {}, "a"), asked(durable, "campaign", {}, "b")
    for job in (second, first):
        asking.submit(durable, job)
    found = asking.workflows(durable, ["a", "b"])
    assert found["a"].priority <= found["b"].priority
    assert found["a"].priority > 0
