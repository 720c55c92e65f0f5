"""A worker killed or told to stop in the middle of its work: it is resumed, nothing twice, nothing lost."""

import os
import signal
import subprocess
import sys
import time

import pytest

from analytics.kept import BuildOrder
from dashboard import jobs
from dashboard.jobs.working import wait
from dashboard.services.data import catalogue, imports
from dashboard.services.data.imports import Consent, Order
from dashboard.services.people import LOCAL_USER
from dashboard.services.personas import building
from dashboard.services.studio import campaigns
from db.repositories import leases
from engine.creator.orders import CampaignOrder
from tests.dashboard.conftest import PRODUCTS, InPlace, reviews_csv

pytestmark = pytest.mark.slow


def worker(workspace):
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": "1",
        "DIGITAL_PERSONA_DEMO": "false",
        "DIGITAL_PERSONA_LEASE_SECONDS": "4",
        "DIGITAL_PERSONA_DATABASE_URL": workspace.settings.database_url,
    }
    command = [sys.executable, "-m", "dashboard.cli", "--workspace", str(workspace.folder), "worker"]
    with (workspace.folder / "worker.log").open("ab") as log:
        return subprocess.Popen(command, env=environment, stderr=log)


def until(condition, workspace, worker, seconds=120):
    limit = time.monotonic() + seconds
    while not condition():
        said = (workspace.folder / "worker.log").read_text()
        assert worker.poll() is None, f"the worker ended by itself: {said}"
        assert time.monotonic() < limit, f"it took too long: {said}"
        time.sleep(0.02)


def killed_half_way(workspace, job_id, half_way):
    """Let a worker begin a job, kill it once the condition holds, let another one end the job."""
    first = worker(workspace)
    try:
        until(half_way, workspace, first)
    finally:
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert jobs.status(workspace, job_id).state == "running"
    second = worker(workspace)
    try:
        until(lambda: not jobs.status(workspace, job_id).is_open, workspace, second)
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait(20)
    return jobs.status(workspace, job_id)


def test_an_import_goes_on(durable, tmp_path):
    rows = 120_000
    path = tmp_path / "big.csv"
    lines = (
        f"R{i},C{i % 50_000},P{i % 40},{i % 5 + 1},It is soft and number {i},2026-01-{i % 28 + 1:02d}\n"
        for i in range(rows)
    )
    path.write_text("review_id,customer_id,product_id,rating,text,reviewed_at\n" + "".join(lines))
    preview = imports.look(durable, path, path.name, "reviews")
    order = Order(path, path.name, preview.file_sha256, "reviews", preview.mapping, Consent())
    import_id, job_id = imports.begin(durable, order, LOCAL_USER)

    def half_way():
        return 0 < imports.contents(durable).reviews < rows

    assert killed_half_way(durable, job_id, half_way).state == "done"
    record = next(r for r in imports.listing(durable) if r.id == import_id)
    assert (record.rows_read, record.rows_new, record.rows_same) == (rows, rows, 0)
    assert imports.contents(durable).reviews == rows


def test_a_persona_build_goes_on(durable, bring_in):
    people = "".join(f"C{i},{1950 + i % 50},{20_000 + 30_000 * (i % 2) + i},{'ab'[i % 2]}\n" for i in range(4_000))
    bring_in("customer_id,birth_year,income,plan\n" + people, "profiles")
    build_id, job_id = building.build(durable, LOCAL_USER, BuildOrder(basis="profiles"))
    ended = killed_half_way(durable, job_id, lambda: jobs.status(durable, job_id).done >= 50)
    assert ended.state == "done"
    found = building.listing(durable, build_id)
    assert sum(p.members for p in found) == 4_000
    assert len({p.key for p in found}) == len(found) == ended.result["personas"]


def test_a_campaign_goes_on(durable, bring_in):
    bring_in(PRODUCTS, "products", name="p.csv")
    bring_in(reviews_csv(60), "reviews", name="r.csv")
    ids = tuple(p.id for p in catalogue.listing(durable))
    order = CampaignOrder("Autumn", "sales", ids, ("x", "instagram", "facebook", "linkedin", "threads", "tiktok"))
    campaign_id, job_id = campaigns.create(durable, LOCAL_USER, order)
    ended = killed_half_way(durable, job_id, lambda: len(campaigns.drafts(durable, campaign_id)) > 5)
    assert ended.state == "done"
    drafts = campaigns.drafts(durable, campaign_id)
    assert len(drafts) == len(ids) * 6 * 5
    assert all(d.number == 1 for d in drafts)


def test_a_waiting_job_can_be_cancelled(durable, tmp_path):
    path = tmp_path / "reviews.csv"
    path.write_text(reviews_csv(20))
    preview = imports.look(durable, path, path.name, "reviews")
    order = Order(path, path.name, preview.file_sha256, "reviews", preview.mapping, Consent())
    import_id, job_id = imports.begin(durable, order, LOCAL_USER)
    jobs.cancel(durable, LOCAL_USER, job_id)
    assert wait(durable, job_id, lambda _: None).state == "cancelled"
    assert imports.contents(durable).reviews == 0
    assert next(r for r in imports.listing(durable) if r.id == import_id).state == "cancelled"


@pytest.mark.parametrize("where", ["durable", pytest.param("shared", marks=pytest.mark.postgres)])
def test_a_worker_told_to_stop_hands_its_job_to_the_next(request, where, tmp_path):
    workspace = request.getfixturevalue(where)
    campaign_id, job_id, slots = campaign_asked(workspace, tmp_path)
    first = worker(workspace)
    until(lambda: campaigns.drafts(workspace, campaign_id), workspace, first)
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    job = jobs.status(workspace, job_id)
    assert (job.state, job.worker, job.lost, job.error) == ("waiting", None, 0, None)
    assert 0 < len(campaigns.drafts(workspace, campaign_id)) < slots
    second = worker(workspace)
    until(lambda: not jobs.status(workspace, job_id).is_open, workspace, second)
    second.send_signal(signal.SIGTERM)
    second.wait(30)
    assert jobs.status(workspace, job_id).state == "done"
    drafts = campaigns.drafts(workspace, campaign_id)
    assert len(drafts) == slots
    assert all(d.number == 1 for d in drafts)


@pytest.mark.postgres
def test_a_job_of_a_killed_worker_goes_on_at_another_that_works_already(shared, tmp_path):
    campaign_id, job_id, slots = campaign_asked(shared, tmp_path)
    both = [worker(shared), worker(shared)]
    until(lambda: campaigns.drafts(shared, campaign_id), shared, both[0])
    until(lambda: len(signed_on(shared)) == 2, shared, both[0])
    holder = jobs.status(shared, job_id).worker
    # Only the killed one's lease runs out, whichever of the two it is.
    both[0].send_signal(signal.SIGKILL)
    both[0].wait()
    until(lambda: not jobs.status(shared, job_id).is_open, shared, both[1])
    both[1].send_signal(signal.SIGTERM)
    both[1].wait(30)
    job = jobs.status(shared, job_id)
    assert (job.state, len(campaigns.drafts(shared, campaign_id))) == ("done", slots)
    assert job.lost == (job.worker != holder)


def signed_on(workspace):
    with workspace.database.reading() as session:
        return leases.tokens(session)


def campaign_asked(workspace, tmp_path):
    path = tmp_path / "products.csv"
    path.write_text(PRODUCTS)
    preview = imports.look(workspace, path, path.name, "products")
    order = Order(path, path.name, preview.file_sha256, "products", preview.mapping)
    import_id = imports.record(workspace, order, LOCAL_USER)
    imports.run_import(workspace, InPlace(), {"import_id": import_id, "path": str(path)})
    ids = tuple(p.id for p in catalogue.listing(workspace))
    wanted = ("x", "instagram", "facebook", "linkedin", "threads", "tiktok")
    campaign_id, job_id = campaigns.create(workspace, LOCAL_USER, CampaignOrder("Autumn", "sales", ids, wanted))
    return campaign_id, job_id, len(ids) * len(wanted) * 5
