"""Leases as the tables keep them: who lives, whose jobs are free, and that nothing else is touched."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import postgresql

from db.repositories import jobs, leases
from db.tables import JobRow, WorkerRow

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def at(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.fixture
def session(database):
    """A transaction in which three workers hold leases, and each runs a job; two jobs have no worker."""
    with database.writing() as session:
        session.add_all([WorkerRow(token=t, until=at(s)) for t, s in (("early", 10), ("even", 20), ("late", 30))])
        old = {"kind": "demo", "title": "A job", "params": {}, "updated_at": at(-9)}
        session.add_all(
            [
                JobRow(id="of early", worker="early", state="running", message="at it", lost=2, **old),
                JobRow(id="of even", worker="even", state="running", message="at it", **old),
                JobRow(id="of late", worker="late", state="running", message="at it", **old),
                JobRow(id="ended", worker="early", state="done", message="Done.", **old),
                JobRow(id="free", **old),
                JobRow(id="other", **old),
            ]
        )
        session.flush()
        yield session
        session.rollback()


def job(session, job_id):
    session.expire_all()
    found = jobs.get(session, job_id)
    return found.state, found.worker, found.lost, found.message


def untouched(session, *names):
    expected = {
        "of early": ("running", "early", 2, "at it"),
        "of even": ("running", "even", 0, "at it"),
        "of late": ("running", "late", 0, "at it"),
        "ended": ("done", "early", 0, "Done."),
        "free": ("waiting", None, 0, ""),
        "other": ("waiting", None, 0, ""),
    }
    return all(job(session, name) == expected[name] for name in names)


def test_a_lease_is_over_only_after_its_last_moment(session):
    assert leases.bury(session, "late", at(20)) == ["early"]
    assert leases.tokens(session) == {"even", "late"}
    assert job(session, "of early") == ("waiting", None, 3, leases.LOST_SAYS)
    assert untouched(session, "of even", "of late", "ended", "free")


def test_the_jobs_of_all_who_were_lost_are_freed_and_never_ones_own(session):
    assert sorted(leases.bury(session, "early", at(99))) == ["even", "late"]
    assert leases.tokens(session) == {"early"}
    assert job(session, "of even") == job(session, "of late") == ("waiting", None, 1, leases.LOST_SAYS)
    assert untouched(session, "of early", "ended")


def test_with_nobody_lost_no_job_is_touched(session):
    assert leases.bury(session, "new", at(0)) == []
    assert untouched(session, "of early", "of even", "of late", "ended", "free")


def test_who_signs_off_hands_back_its_own_jobs_only(session):
    leases.sign_off(session, "early")
    assert leases.tokens(session) == {"even", "late"}
    assert job(session, "of early") == ("waiting", None, 2, leases.HANDED_BACK_SAYS)
    assert untouched(session, "of even", "of late", "ended", "free")


def test_who_has_to_be_alone_waits_for_the_others_and_buries_the_dead(session):
    assert not leases.sign_on(session, "new", at(25), at(55), alone=True)
    assert leases.tokens(session) == {"late"}
    assert job(session, "of even") == ("waiting", None, 1, leases.LOST_SAYS)
    assert leases.sign_on(session, "new", at(25), at(55), alone=False)
    assert leases.tokens(session) == {"late", "new"}
    assert leases.last_until(session) == at(55)
    assert not leases.sign_on(session, "third", at(25), at(99), alone=True)
    assert leases.sign_on(session, "third", at(56), at(99), alone=True)
    assert leases.tokens(session) == {"third"}


def test_only_ones_own_lease_is_renewed_and_only_while_it_is_there(session):
    assert leases.renew(session, "early", at(25))
    assert leases.last_until(session) == at(30)
    assert sorted(leases.bury(session, "new", at(26))) == ["early", "even"]
    assert not leases.renew(session, "early", at(99))
    assert leases.tokens(session) == {"late"}


def test_nobody_holds_a_lease_in_a_new_workspace(database):
    with database.reading() as session:
        assert leases.last_until(session) is None
        assert leases.tokens(session) == set()
        assert not leases.worker_alive(session)


@pytest.mark.parametrize(("second", "alive"), [(29, True), (30, True), (31, False)])
def test_a_worker_lives_until_the_last_moment_of_the_longest_lease(session, monkeypatch, second, alive):
    monkeypatch.setattr(leases, "moment", lambda asked: at(second) if asked is session else None)
    assert leases.worker_alive(session) is alive


def test_a_free_job_is_taken_and_its_row_says_so(session):
    taken = leases.claim(session, "late", "free")
    assert (taken.id, taken.state, taken.worker) == ("free", "running", "late")
    assert taken.updated_at > at(0)
    assert leases.holder(session, "free") == leases.locked(session, "free") == "late"
    assert untouched(session, "of early", "of even", "of late", "ended", "other")


def test_ones_own_job_is_taken_again_and_anothers_never(session):
    again = leases.claim(session, "late", "of late")
    assert again.worker == "late"
    assert again.updated_at > at(0)
    assert leases.claim(session, "late", "of even") is None
    assert untouched(session, "of early", "of even", "of late", "ended", "free")


def test_who_has_no_lease_takes_nothing(session):
    assert leases.claim(session, "nobody", "free") is None
    assert untouched(session, "free")


def test_a_job_that_ended_is_told_and_stays(session):
    assert leases.claim(session, "late", "ended").state == "done"
    assert leases.claim(session, "early", "ended").state == "done"
    assert untouched(session, "ended")


def test_the_holder_is_the_asked_jobs(session):
    for ask in (leases.holder, leases.locked):
        assert [ask(session, name) for name in ("of early", "of late", "free", "none")] == ["early", "late", None, None]


def test_on_a_file_the_time_is_this_machines(database, monkeypatch):
    if not database.is_sqlite:
        pytest.skip("a server tells its own time")
    monkeypatch.setattr(leases, "now", lambda: NOON)
    with database.reading() as session:
        assert leases.moment(session) == NOON


class Listener:
    """In place of a session: keeps what would be asked of PostgreSQL, and finds nothing."""

    dialect = postgresql.dialect()

    def __init__(self):
        self.asked = []

    def connection(self):
        return self

    def execute(self, statement):
        self.asked.append(str(statement.compile(dialect=postgresql.dialect())))
        return self

    def first(self):
        return None

    scalar = first

    def scalar_one(self):
        return NOON.astimezone(timezone(timedelta(hours=2)))


def test_on_a_server_the_time_is_the_servers_told_in_utc():
    listener = Listener()
    told = leases.moment(listener)
    assert told == NOON
    assert told.tzinfo is UTC
    assert listener.asked == ["SELECT now() AS now_1"]


@pytest.mark.parametrize(
    ("ask", "lock"),
    [
        (lambda s: leases.claim(s, "token", "job"), "FOR SHARE"),
        (lambda s: leases.holder(s, "job"), "FOR SHARE"),
        (lambda s: leases.locked(s, "job"), "FOR UPDATE"),
    ],
)
def test_what_must_not_change_meanwhile_is_locked(ask, lock):
    """SQLite has one writer and ignores it; on a server two workers would else both read the same row as free."""
    listener = Listener()
    ask(listener)
    assert listener.asked[0].rstrip().endswith(lock)
