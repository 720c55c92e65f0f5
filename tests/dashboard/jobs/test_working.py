"""What a worker does with one job: how it ends, what the row says was kept, and when it leaves it to the next."""

import threading

import pytest

from dashboard.jobs import kinds, working
from dashboard.jobs.kinds import KINDS, JobKind
from dashboard.jobs.lease import Lease
from dashboard.jobs.settling import Outcome, settle
from dashboard.jobs.working import Worker
from dashboard.services.tasks import JobCancelledError, JobFailedError, JobInterrupted
from db.errors import UnansweredError
from db.repositories import jobs
from tests.dashboard.conftest import asked

NAME = "jane@example.org"


def works(workspace, task, params):
    task.progress(1, 2, "half")
    return {"made": 2}


def is_cancelled(workspace, task, params):
    raise JobCancelledError(task.id)


def says_why(workspace, task, params):
    raise JobFailedError("There is no such thing.")


def breaks(workspace, task, params):
    raise KeyError(NAME)


def tidies(workspace, job, state, error):
    return "3 of 5 things were kept."


def cannot_tidy(workspace, job, state, error):
    raise KeyError(NAME)


def unanswered(workspace, job, state, error):
    raise UnansweredError("The database is busy.")


@pytest.fixture
def worker(workspace, monkeypatch):
    """A worker that signed on, without the job engine; steps run at once."""
    monkeypatch.setattr(working.DBOS, "run_step", lambda _options, work: work())
    lease = Lease(workspace)
    assert lease.take()
    return Worker(workspace, lease, threading.Event())


@pytest.fixture
def runs(worker, monkeypatch):
    """Run one job whose work and tidying are functions of this module; return how the row says it ended."""

    def run(work, tidy=tidies, **changes):
        monkeypatch.setitem(
            KINDS, "test", JobKind("light", f"{__name__}:{work.__name__}", f"{__name__}:{tidy.__name__}")
        )
        asked(worker.workspace, "test", {})
        with worker.workspace.database.writing() as session:
            jobs.update(session, "job-1", **changes)
        worker.run("job-1")
        return stored(worker)

    return run


def stored(worker):
    with worker.workspace.database.reading() as session:
        return jobs.get(session, "job-1")


def test_a_job_that_is_done_keeps_its_result(runs):
    job = runs(works)
    assert (job.state, job.result, job.error) == ("done", {"made": 2}, None)


@pytest.mark.parametrize(
    ("work", "state", "says"),
    [
        (is_cancelled, "cancelled", "Cancelled. 3 of 5 things were kept."),
        (says_why, "failed", "There is no such thing. 3 of 5 things were kept."),
    ],
)
def test_a_job_that_does_not_get_done_says_what_was_kept(runs, work, state, says):
    job = runs(work)
    assert job.state == state
    assert (job.error or job.message) == says


def test_a_job_that_breaks_says_what_was_kept_and_nothing_of_the_data(runs):
    job = runs(breaks)
    assert job.state == "failed"
    assert job.error.endswith("3 of 5 things were kept.")
    assert "reference" in job.error
    assert NAME not in job.error


def test_what_cannot_be_tidied_is_not_said_to_be(runs):
    job = runs(is_cancelled, cannot_tidy)
    assert job.state == "cancelled"
    assert "could not be looked at" in job.message
    assert NAME not in job.message


def test_a_job_whose_end_cannot_be_written_stays_open_until_it_can(runs, worker):
    assert runs(is_cancelled, unanswered).state == "running"
    with pytest.raises(UnansweredError):
        settle(worker.workspace, stored(worker), Outcome("cancelled"))
    assert stored(worker).is_open


def test_a_job_that_was_asked_to_stop_before_it_began_does_nothing(runs):
    assert runs(works, cancel_requested=True).state == "cancelled"


def test_a_job_that_lost_many_workers_is_given_up(runs):
    assert runs(works, lost=4).state == "done"


def test_a_job_that_takes_its_workers_along_is_given_up(runs):
    job = runs(works, lost=5)
    assert (job.state, job.error) == (
        "failed",
        "5 workers ended without a word while they did this. 3 of 5 things were kept.",
    )


def test_a_stopping_worker_begins_nothing_and_decides_nothing(runs, worker):
    worker.stopping.set()
    with pytest.raises(JobInterrupted):
        runs(breaks)
    assert stored(worker).state == "waiting"


def test_work_that_is_interrupted_is_neither_failed_nor_cancelled(worker, monkeypatch):
    def stops_at_its_report(workspace, task, params):
        worker.stopping.set()
        try:
            task.progress(1, 2, "half")
        except Exception as error:
            raise AssertionError from error

    monkeypatch.setattr(kinds, "function", lambda _: stops_at_its_report)
    monkeypatch.setattr(working, "function", lambda _: stops_at_its_report)
    asked(worker.workspace, "campaign", {"campaign_id": 1})
    with pytest.raises(JobInterrupted):
        worker.run("job-1")
    worker.stop()
    assert (stored(worker).state, stored(worker).worker, stored(worker).lost) == ("waiting", None, 0)


def test_a_failure_after_the_lease_was_lost_is_not_written(worker, monkeypatch):
    def fails_too_late(workspace, task, params):
        worker.lease.give_back()
        raise ConnectionError("its connections are closed")

    monkeypatch.setattr(working, "function", lambda _: fails_too_late)
    asked(worker.workspace, "import", {"import_id": 1, "path": "x"})
    with pytest.raises(JobInterrupted):
        worker.run("job-1")
    assert stored(worker).state == "waiting"


def test_a_step_that_fails_leaves_no_data_with_the_engine(worker):
    asked(worker.workspace, "campaign", {})
    worker.lease.claim("job-1")
    task = working.DurableTask(worker.lease, "job-1", worker.stopping)
    with pytest.raises(JobFailedError) as caught:
        task.step("a", lambda: {}[NAME])
    assert NAME not in str(caught.value)
    assert caught.value.__cause__ is None


def test_work_on_the_data_waits_for_files_asked_for_before(worker):
    first = asked(worker.workspace, "import", {}, "a")
    later = asked(worker.workspace, "campaign", {}, "b")
    with worker.workspace.database.reading() as session:
        assert [j.id for j in jobs.asked_before(session, later, kinds.BRINGING_DATA_IN)] == [first.id]
        assert jobs.asked_before(session, first, kinds.BRINGING_DATA_IN) == []
    worker.stopping.set()
    with pytest.raises(JobInterrupted):
        worker._wait_for_data(later)
    with worker.workspace.database.writing() as session:
        jobs.end(session, "a", "done")
    worker._wait_for_data(later)


def test_a_file_does_not_wait_for_one_behind_it_in_the_same_queue(worker):
    asked(worker.workspace, "import", {}, "a")
    later = asked(worker.workspace, "import", {}, "b")
    worker._wait_for_data(later)
    worker.lease.claim("a")
    worker.stopping.set()
    with pytest.raises(JobInterrupted):
        worker._wait_for_data(later)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_done_and_tidied(kind):
    assert callable(kinds.function(KINDS[kind].run))
    assert callable(kinds.function(KINDS[kind].tidy))
