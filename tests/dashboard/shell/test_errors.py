"""What the log keeps of an error: where and what kind, never the words, which may name people."""

import asyncio
import logging

import pytest
import sqlalchemy as sa
from starlette.requests import Request

from dashboard import errors, jobs

NAME = "Jane Roe"


def broken_query():
    with sa.create_engine("sqlite://").connect() as connection:
        connection.execute(sa.text("SELECT * FROM nowhere WHERE name = :name"), {"name": NAME})


def broken_twice():
    try:
        broken_query()
    except sa.exc.OperationalError as error:
        raise KeyError(NAME) from error


@pytest.mark.parametrize("work", [broken_query, broken_twice])
def test_a_trace_tells_where_but_repeats_no_value(work):
    with pytest.raises(Exception, match=NAME) as caught:
        work()
    told = errors.trace(caught.value)
    assert NAME not in told
    assert "in broken_query" in told
    assert "sqlalchemy.exc.OperationalError" in told


def test_a_trace_of_a_circle_ends():
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    assert errors.trace(first).count("builtins.ValueError") == 2


def test_a_note_carries_its_reference(caplog):
    with caplog.at_level(logging.ERROR):
        reference = errors.note(KeyError(NAME), "a page")
    assert reference in caplog.text
    assert "KeyError" in caplog.text
    assert NAME not in caplog.text


def test_any_logged_exception_loses_its_words():
    try:
        broken_query()
    except sa.exc.OperationalError as error:
        line = logging.LogRecord(
            "uvicorn.error", logging.ERROR, "", 0, "broke", (), (type(error), error, error.__traceback__)
        )
    text = errors.WithoutWords("%(message)s").format(line)
    assert "broken_query" in text
    assert NAME not in text


def test_the_job_engine_prints_no_traceback_by_itself(tmp_path):
    jobs.create_job_store(f"sqlite:///{tmp_path}/jobs.db")
    engine = logging.getLogger("dbos")
    assert engine.propagate
    assert [type(handler) for handler in engine.handlers] == [logging.NullHandler]


def test_a_request_that_broke_writes_no_line_of_its_own_to_the_log(caplog):
    scope = {"type": "http", "method": "GET", "path": "/files/\x1b[31m", "query_string": b"", "headers": []}
    asyncio.run(errors.server_error(Request(scope), RuntimeError("x")))
    assert "\x1b" not in caplog.text
    assert "/files/%1B%5B31m failed" in caplog.text
