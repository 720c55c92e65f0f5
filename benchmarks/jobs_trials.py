"""Do jobs always end, and is no step of one ever done twice? Trials with real worker processes.

Two kinds of trials, each with a campaign whose posts are made in steps:

- second: while a worker is at work, another one is started with the very same settings (PostgreSQL). Counted are
  the steps whose work began more than once, and the drafts.
- sigterm: a worker is told to stop (SIGTERM) at a random moment, then another one is started. Counted are the jobs
  that ended as done, the steps that came to their end more than once, and the drafts.

    python benchmarks/jobs_trials.py second --trials 25 --database postgresql+psycopg://user:word@host/postgres
    python benchmarks/jobs_trials.py sigterm --trials 25

``--short`` makes three trials of each, on SQLite or on the server that is named.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import sqlalchemy as sa

from dashboard import jobs
from dashboard.jobs import working
from dashboard.services.data import catalogue, imports
from dashboard.services.data.imports import Order
from dashboard.services.people import LOCAL_USER
from dashboard.services.studio import campaigns
from dashboard.settings import Settings
from dashboard.workspace import Workspace, open_workspace
from db.repositories import leases
from engine.creator.orders import CampaignOrder

CHANNELS = ("x", "instagram", "facebook", "linkedin")
VARIANTS = 5
PRODUCTS = """product_id,name,category,price,currency,materials,features
P1,Alder Rain Jacket,Jackets,89,EUR,recycled nylon,deep side pockets; packs into its own hood
P2,Moss Vest,Jackets,69,EUR,nylon,two zipped pockets
"""
STEPS, DRAFTS = 2 * len(CHANNELS), 2 * len(CHANNELS) * VARIANTS
LEASE_SECONDS, LONGEST_SECONDS = 4, 180.0
PROCESSES = multiprocessing.get_context("forkserver")


@dataclass(frozen=True)
class Trial:
    """What one trial came to: the job's state, drafts, and steps begun or ended more than once."""

    state: str
    drafts: int
    begun_twice: int
    ended_twice: int
    seconds: float


class TalkingTask(working.DurableTask):
    """A task that writes down when the work of a step begins and ends."""

    def step(self, name, work):
        def told():
            _note("begun", name)
            result = work()
            _note("ended", name)
            return result

        return super().step(name, told)


def _note(what: str, name: str) -> None:
    with open(os.environ["TRIAL_LOG"], "a") as log:
        log.write(f"{what}\t{name}\t{os.getpid()}\n")


def be_worker(folder: str, environment: dict[str, str]) -> None:
    """Be a worker whose steps are written down, until told to stop."""
    os.environ |= environment
    working.DurableTask = TalkingTask
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    working.work_forever(open_workspace(Settings(workspace=Path(folder))), stop)
    os._exit(0)


def start_worker(workspace: Workspace) -> BaseProcess:
    """Start a process of its own. It comes from a server that has the modules loaded already, to save time."""
    environment = {name: value for name, value in os.environ.items() if name.startswith(("DIGITAL_", "TRIAL_"))}
    worker = PROCESSES.Process(target=be_worker, args=(str(workspace.folder), environment))
    worker.start()
    return worker


def until(condition: Callable[[], bool], seconds: float = LONGEST_SECONDS) -> bool:
    limit = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def filled(folder: Path) -> Workspace:
    """Return a new workspace with two products, and the database ready for jobs."""
    workspace = open_workspace(Settings(workspace=folder))
    jobs.create_job_store(workspace.settings.jobs_url)
    path = folder / "products.csv"
    path.write_text(PRODUCTS)
    preview = imports.look(workspace, path, path.name, "products")
    order = Order(path, path.name, preview.file_sha256, "products", preview.mapping)
    _, job_id = imports.begin(workspace, order, LOCAL_USER)
    assert working.wait(workspace, job_id, lambda _: None).state == "done"
    return workspace


def asked(workspace: Workspace) -> tuple[int, str]:
    ids = tuple(product.id for product in catalogue.listing(workspace))
    order = CampaignOrder(f"Trial {uuid.uuid4().hex[:6]}", "sales", ids, CHANNELS, variants=VARIANTS)
    return campaigns.create(workspace, LOCAL_USER, order)


def second(workspace: Workspace, _moment: float) -> Trial:
    """Start another worker with the same settings while one is at work."""
    campaign_id, job_id = asked(workspace)
    first = start_worker(workspace)
    until(lambda: jobs.status(workspace, job_id).state == "running")
    other = start_worker(workspace)
    until(lambda: _signed_on(workspace) == 2 or not jobs.status(workspace, job_id).is_open)
    if _signed_on(workspace) < 2:
        print("  the job ended before the second worker was there", file=sys.stderr)
    return _ended(workspace, campaign_id, job_id, [first, other])


def sigterm(workspace: Workspace, moment: float) -> Trial:
    """Tell the worker to stop at a random moment of the job, then start another one."""
    campaign_id, job_id = asked(workspace)
    first = start_worker(workspace)
    until(lambda: jobs.status(workspace, job_id).state == "running")
    time.sleep(moment)
    first.terminate()
    first.join()
    return _ended(workspace, campaign_id, job_id, [start_worker(workspace)])


def _ended(workspace: Workspace, campaign_id: int, job_id: str, workers: list[BaseProcess]) -> Trial:
    since = time.monotonic()
    until(lambda: not jobs.status(workspace, job_id).is_open)
    seconds = time.monotonic() - since
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join()
    made = campaigns.drafts(workspace, campaign_id)
    drafts = len(made) if all(draft.number == 1 for draft in made) else -1
    return Trial(jobs.status(workspace, job_id).state, drafts, _twice("begun"), _twice("ended"), seconds)


def _signed_on(workspace: Workspace) -> int:
    with workspace.database.reading() as session:
        return len(leases.tokens(session))


def _lines(what: str) -> list[str]:
    path = Path(os.environ["TRIAL_LOG"])
    lines = path.read_text().splitlines() if path.exists() else []
    return [line.split("\t")[1] for line in lines if line.startswith(what)]


def _count(what: str) -> int:
    return len(_lines(what))


def _twice(what: str) -> int:
    return sum(count > 1 for count in Counter(_lines(what)).values())


def run(kind: str, trials: int, database: str, seed: int) -> list[Trial]:
    """Run trials of a kind in one new workspace. ``database`` is a server, or empty for SQLite."""
    rng = random.Random(seed)
    name = f"trials_{uuid.uuid4().hex[:10]}"
    admin = sa.create_engine(database, isolation_level="AUTOCOMMIT") if database else None
    if admin is not None:
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        url = sa.engine.make_url(database).set(database=name).render_as_string(hide_password=False)
        os.environ["DIGITAL_PERSONA_DATABASE_URL"] = url
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= {"OMP_NUM_THREADS": "1", "DIGITAL_PERSONA_DEMO": "false"}
            os.environ["DIGITAL_PERSONA_LEASE_SECONDS"] = str(LEASE_SECONDS)
            workspace = filled(Path(folder) / "w")
            found = []
            for number in range(trials):
                os.environ["TRIAL_LOG"] = str(Path(folder) / f"trial-{number}.log")
                found.append({"second": second, "sigterm": sigterm}[kind](workspace, rng.uniform(0, 8)))
                print(f"  {kind} {number + 1}: {found[-1]}", file=sys.stderr, flush=True)
            workspace.database.engine.dispose()
            return found
    finally:
        if admin is not None:
            with admin.connect() as connection:
                connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def row(kind: str, on: str, found: list[Trial]) -> str:
    done = sum(trial.state == "done" for trial in found)
    whole = sum(trial.drafts == DRAFTS for trial in found)
    begun, ended = sum(trial.begun_twice for trial in found), sum(trial.ended_twice for trial in found)
    longest = max(trial.seconds for trial in found)
    return f"| {kind} | {on} | {len(found)} | {done} | {whole} | {begun} | {ended} | {longest:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", nargs="?", choices=("second", "sigterm", "both"), default="both")
    parser.add_argument("--trials", type=int, default=25)
    parser.add_argument("--short", action="store_true", help="three trials of each")
    parser.add_argument("--database", default=os.environ.get("DIGITAL_PERSONA_TEST_POSTGRES_URL", ""))
    parser.add_argument("--seed", type=int, default=1)
    asked_for = parser.parse_args()
    trials = 3 if asked_for.short else asked_for.trials
    on = "PostgreSQL" if asked_for.database else "SQLite"
    kinds = ("second", "sigterm") if asked_for.kind == "both" else (asked_for.kind,)
    rows = [row(kind, on, run(kind, trials, asked_for.database, asked_for.seed)) for kind in kinds]
    print("| trial | database | trials | done | all drafts once | steps begun twice | steps ended twice | longest s |")
    print("|---|---|---|---|---|---|---|---|")
    print("\n".join(rows))


if __name__ == "__main__":
    PROCESSES.set_forkserver_preload(
        ["dashboard.jobs.working", "dashboard.services.studio.campaigns", "dashboard.demo"]
    )
    main()
