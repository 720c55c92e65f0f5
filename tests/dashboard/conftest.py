"""A fresh workspace, work done in place of a worker, and small files to bring in."""

from contextlib import contextmanager

import pytest

from dashboard.services.data import imports
from dashboard.services.data.imports import Consent, Order
from dashboard.services.people import LOCAL_USER
from dashboard.services.tasks import JobCancelledError
from dashboard.settings import Settings, get_settings
from dashboard.workspace import open_workspace
from db.repositories import jobs
from tests.postgres import fresh_database


class InPlace:
    """A task that runs at once. It can die after a step, be cancelled, and be run again."""

    def __init__(self, die_after=None, cancel_after=None):
        self.id, self.done, self.told = "job-1", {}, []
        self.die_after, self.cancel_after = die_after, cancel_after

    def step(self, name, work):
        if name not in self.done:
            result = work()
            if self.die_after is not None and len(self.done) >= self.die_after:
                self.die_after = None
                raise KeyboardInterrupt
            self.done[name] = result
        return self.done[name]

    def progress(self, done, total, message):
        self.told.append((done, total, message))
        if self.cancel_after is not None and len(self.told) > self.cancel_after:
            raise JobCancelledError(self.id)


def asked(workspace, kind, params, job_id="job-1"):
    """Record a job as it is when it was asked for, without queueing it."""
    with workspace.database.writing() as session:
        jobs.add(session, job_id, kind, kind, params, "you")
        session.flush()
        return jobs.get(session, job_id)


def pytest_generate_tests(metafunc):
    """Run every test of the services and jobs on both databases."""
    folder = metafunc.definition.path.parent.name
    if metafunc.definition.get_closest_marker("sqlite"):
        return
    if folder in ("services", "jobs") and "workspace" in metafunc.fixturenames:
        both = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
        metafunc.parametrize("workspace", both, indirect=True)


@contextmanager
def on_postgres(tmp_path):
    """Open a workspace on a database of its own on the server that a variable names."""
    with fresh_database() as url:
        opened = open_workspace(Settings(workspace=tmp_path / "w", database_url=url, demo=False))
        yield opened
        opened.database.engine.dispose()


@pytest.fixture
def workspace(request, tmp_path):
    if getattr(request, "param", "sqlite") == "postgresql":
        with on_postgres(tmp_path) as opened, pytest.MonkeyPatch.context() as patch:
            patch.setenv("DIGITAL_PERSONA_DATABASE_URL", opened.settings.database_url)  # for commands
            get_settings.cache_clear()
            yield opened
        get_settings.cache_clear()
        return
    opened = open_workspace(Settings(workspace=tmp_path / "w", demo=False))
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def bring_in(workspace, tmp_path):
    """Import a CSV given as text, in place, and return the import's record."""

    def run(
        text,
        kind,
        name="file.csv",
        consent=Consent("statement", ("profiling", "personalisation"), "contract"),
        task=None,
        **settled,
    ):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        preview = imports.look(workspace, path, name, kind)
        if kind not in ("profiles", "reviews", "interactions"):
            consent = Consent()
        order = Order(path, name, preview.file_sha256, kind, preview.mapping, consent, **settled)
        import_id = imports.record(workspace, order, LOCAL_USER)
        imports.run_import(workspace, task or InPlace(), {"import_id": import_id, "path": str(path)})
        return next(r for r in imports.listing(workspace) if r.id == import_id)

    return run


PRODUCTS = """product_id,name,category,url,price,currency,was_price,was_price_from,was_price_until,materials,stock,features
P1,Alder Rain Jacket,Jackets,https://shop.example.org/p1,89,EUR,109,2026-01-01,2027-12-31,recycled nylon,12,deep side pockets; packs into its own hood
P2,Moss Vest,Jackets,https://shop.example.org/p2,69,EUR,,,,nylon,80,two zipped pockets
"""


def reviews_csv(people=30, product="P1"):
    themes = ["true to size", "soft fabric", "very comfortable"]
    rows = [
        f'R{product}{i},C{i},{product},5,Happy,"It is {themes[i % 3]} and well made. Order {i}.",2026-02-{i % 27 + 1:02d}'
        for i in range(people)
    ]
    return "review_id,customer_id,product_id,rating,title,text,reviewed_at\n" + "\n".join(rows) + "\n"
