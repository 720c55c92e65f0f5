"""The number of changes grows with every transaction that keeps something, and with nothing else."""

import threading

import pytest

from db import changes
from db.repositories import jobs, leases
from db.types import now


def number(database):
    with database.reading() as session:
        return changes.number(session)


def test_every_kept_transaction_counts_once(database):
    before = number(database)
    for turn in range(3):
        with database.writing() as session:
            jobs.add(session, f"job-{turn}", "demo", "Demo", {}, "you")
    assert number(database) == database.seen.number == before + 3


def test_a_failed_transaction_and_a_sign_of_life_do_not_count(database):
    before = number(database)
    with pytest.raises(KeyError), database.writing() as session:
        jobs.add(session, "job", "demo", "Demo", {}, "you")
        raise KeyError
    with database.writing(sign_of_life=True) as session:
        leases.sign_on(session, "a", now(), now(), alone=False)
    assert number(database) == before


def test_writers_at_the_same_time_lose_no_change(database):
    before = number(database)

    def write(who):
        for turn in range(5):
            with database.writing() as session:
                jobs.add(session, f"{who}-{turn}", "demo", "Demo", {}, "you")

    threads = [threading.Thread(target=write, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert number(database) == before + 20
    assert database.seen.number == before + 20
