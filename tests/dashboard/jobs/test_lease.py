"""Who may write for a job: leases with a clock of the test's own, and writes that come too late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.jobs.lease import Lease
from dashboard.services.tasks import JobInterrupted
from db.repositories import jobs, leases
from tests.dashboard.conftest import asked

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = NOON

    def __call__(self, session):
        return self.now

    def passes(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


def several(workspace):
    """Return the workspace as one where several may work, whatever its database is."""

    class Shared(type(workspace.database)):
        one_worker = False

    database = Shared(workspace.database.engine, workspace.database.seen)
    return replace(workspace, database=database)


def stored(workspace, job_id="job-1"):
    with workspace.database.reading() as session:
        return jobs.get(session, job_id)


def rename(workspace):
    with workspace.database.writing() as session:
        jobs.update(session, "job-1", title="written")


@pytest.mark.sqlite
def test_on_sqlite_one_worker_holds_the_lease_until_it_runs_out(workspace, clock):
    first, second = Lease(workspace, clock), Lease(workspace, clock)
    assert first.take()
    clock.passes(20)
    assert not second.take()
    assert first.renew()
    clock.passes(29)
    assert not second.take()
    clock.passes(2)
    assert second.take()
    assert not first.renew()


def test_a_lease_that_was_given_back_is_free_at_once(workspace, clock):
    first, second = Lease(workspace, clock), Lease(workspace, clock)
    first.take()
    first.give_back()
    assert second.take()


def test_two_workers_never_have_the_same_token(workspace):
    assert Lease(workspace).token != Lease(workspace).token


def test_one_of_two_workers_gets_a_job(either, clock):
    asked(either, "demo", {})
    first, second = (Lease(several(either), clock) for _ in range(2))
    assert first.take()
    assert second.take()
    assert first.claim("job-1").state == "running"
    assert second.claim("job-1") is None
    assert first.claim("job-1").worker == first.token


def test_what_a_lost_worker_still_wants_to_write_is_not_kept(either, clock):
    asked(either, "demo", {})
    lost, living = (Lease(several(either), clock) for _ in range(2))
    lost.take()
    lost.claim("job-1")
    late = lost.fenced("job-1")
    rename(late)
    clock.passes(31)
    living.take()
    assert stored(either).lost == 1
    with pytest.raises(JobInterrupted):
        late_write(late)
    assert living.claim("job-1").worker == living.token
    with pytest.raises(JobInterrupted):
        late_write(late)
    with pytest.raises(JobInterrupted):
        lost.check("job-1")
    assert stored(either).title == "written"
    assert lost.claim("job-1") is None
    assert not lost.renew()


def late_write(workspace):
    with workspace.database.writing() as session:
        jobs.update(session, "job-1", title="too late")


def test_a_lost_workers_job_waits_and_says_so(workspace, clock):
    asked(workspace, "demo", {})
    lost, living = (Lease(several(workspace), clock) for _ in range(2))
    lost.take()
    living.take()
    lost.claim("job-1")
    clock.passes(29)
    living.renew()
    assert living.bury_lost() == []
    clock.passes(2)
    assert living.bury_lost() == [lost.token]
    job = stored(workspace)
    assert (job.state, job.worker, job.lost, job.message) == ("waiting", None, 1, leases.LOST_SAYS)


def test_a_worker_that_signs_off_leaves_its_job_without_having_lost_it(workspace, clock):
    asked(workspace, "demo", {})
    lease = Lease(workspace, clock)
    lease.take()
    lease.claim("job-1")
    lease.give_back()
    job = stored(workspace)
    assert (job.state, job.worker, job.lost, job.message) == ("waiting", None, 0, leases.HANDED_BACK_SAYS)


def test_a_worker_that_slept_but_was_not_missed_goes_on(workspace, clock):
    asked(workspace, "demo", {})
    lease = Lease(workspace, clock)
    lease.take()
    lease.claim("job-1")
    clock.passes(500)
    assert lease.renew()
    assert lease.bury_lost() == []
    rename(lease.fenced("job-1"))
    assert stored(workspace).title == "written"


def test_no_worker_buries_itself(workspace, clock):
    lease = Lease(workspace, clock)
    lease.take()
    clock.passes(500)
    assert lease.bury_lost() == []
    assert lease.renew()


def test_a_job_that_ended_is_claimed_by_nobody_and_stays_as_it_is(workspace, clock):
    asked(workspace, "demo", {})
    lease = Lease(workspace, clock)
    lease.take()
    with workspace.database.writing() as session:
        assert jobs.end(session, "job-1", "cancelled", message="Cancelled.")
        assert not jobs.end(session, "job-1", "done", message="Done after all.")
    assert lease.claim("job-1").state == "cancelled"
    assert stored(workspace).message == "Cancelled."


def test_the_databases_own_time_counts(either):
    with either.database.reading() as session:
        told = leases.moment(session)
    assert told.tzinfo is not None
    assert abs((told - datetime.now(UTC)).total_seconds()) < 60
