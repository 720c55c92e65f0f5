"""Races of approve, edit, reject and export on one draft: how often an export is written after a no or an edit.

Run: ``python -m benchmarks.approval_races [RACES]`` (200 on each database when left out; 20 is the short form).
PostgreSQL joins when DIGITAL_PERSONA_TEST_POSTGRES_URL names a server. In each race somebody has approved a version;
then one exports it twice while others reject it, edit it and approve it again, all let go at one moment. A leak is an
export whose ledger line comes after a line that took the approval back, or whose version was not the newest any more.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from benchmarks.export_memory import PRODUCTS, AtOnce
from dashboard.services.data import catalogue, imports
from dashboard.services.data.imports import Order
from dashboard.services.people import LOCAL_USER
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import Seen
from dashboard.services.studio import campaigns
from dashboard.services.studio.campaigns import CampaignOrder
from dashboard.settings import Settings
from dashboard.workspace import Workspace, open_workspace
from db import ledger
from db.repositories import decisions

SEED = 11
WORDS = ("bright", "plain", "tall", "small", "round", "quiet")


def draft_of(workspace: Workspace, folder: Path) -> int:
    """Fill a workspace with one draft; return its version."""
    path = folder / "products.csv"
    path.write_text(PRODUCTS)
    found = imports.look(workspace, path, path.name, "products")
    order = Order(path, path.name, found.file_sha256, "products", found.mapping)
    import_id = imports.record(workspace, order, LOCAL_USER)
    imports.run_import(workspace, AtOnce(), {"import_id": import_id, "path": str(path)})
    product = catalogue.listing(workspace)[0]
    asked = CampaignOrder("Race", "sales", (product.id,), ("instagram",), variants=1, thumbnails=False)
    campaign_id = campaigns.record(workspace, LOCAL_USER, asked)
    campaigns.run_campaign(workspace, AtOnce(), {"campaign_id": campaign_id})
    return campaigns.drafts(workspace, campaign_id)[0].id


def approved(workspace: Workspace, version_id: int, text: str) -> tuple[int, str, dict[str, str]]:
    """Have a draft say a text and approve it; return its version, its hash and the reasons that were given."""
    version_id = campaigns.edit(workspace, LOCAL_USER, version_id, {"text": text})
    shown = deciding.item(workspace, version_id)
    reasons = {f.rule_id: "A benchmark." for f in shown.waivable}
    seen = Seen(shown.version.content_hash, 0)
    deciding.decide(workspace, LOCAL_USER, version_id, seen, "approve", waivers=reasons)
    return version_id, shown.version.content_hash, reasons


def race(
    workspace: Workspace, version_id: int, number: int, order: random.Random, took: float, edited: dict[int, datetime]
) -> tuple[int, Counter[str]]:
    """Approve a fresh version, let five people loose on it; return the newest version and who came through.

    ``took`` is how long an export takes by itself, in seconds; ``edited`` learns when the edit was done.
    """
    text = f"A {order.choice(WORDS)} lamp, number {number} of its kind. Have a look at {order.randrange(10**6)}."
    version_id, digest, reasons = approved(workspace, version_id, text)
    once = Seen(digest, 1)
    racers: list[tuple[str, Callable[[], object]]] = [
        ("export", lambda: exporting.export(workspace, LOCAL_USER, [version_id])),
        ("export", lambda: exporting.export(workspace, LOCAL_USER, [version_id])),
        ("reject", lambda: deciding.decide(workspace, LOCAL_USER, version_id, once, "reject", "No.")),
        ("approve", lambda: deciding.decide(workspace, LOCAL_USER, version_id, once, "approve", waivers=reasons)),
        ("edit", lambda: campaigns.edit(workspace, LOCAL_USER, version_id, {"text": f"{text} Now."})),
    ]
    done: Counter[str] = Counter()
    start = threading.Barrier(len(racers))

    def run(name: str, act: Callable[[], object], pause: float) -> None:
        start.wait()
        time.sleep(pause)
        try:
            act()
            if name == "edit":
                edited[version_id] = datetime.now(UTC)
            done[name] += 1
        except ValueError:
            done[f"{name} refused"] += 1

    # Others come at any moment of an export, or just after it.
    pauses = [order.random() * (0.1 if name == "export" else 1.5) * took for name, _ in racers]
    threads = [threading.Thread(target=run, args=(*r, pause)) for r, pause in zip(racers, pauses, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return deciding.item(workspace, version_id).history[-1].id, done


def leaks(workspace: Workspace, edited: dict[int, datetime]) -> int:
    """Count the exports that came after the approval was taken back, or after an edit was done (by version)."""
    with workspace.database.reading() as session:
        lines = sorted(ledger.lines(session, limit=10**6), key=lambda line: line.sequence)
        at = {record.id: record.at for record, _ in decisions.every_export(session)}
    last: dict[int, str] = {}
    found = 0
    for line in lines:
        if line.kind == "decision":
            last[line.payload["version"]] = line.payload["verdict"]
        elif line.kind == "export":
            for version in map(int, line.payload["items"]):
                late = version in edited and edited[version] < at[line.payload["export"]]
                found += last.get(version) != "approve" or late
    return found


def run_on(name: str, url: str, races: int) -> None:
    """Run the races on one database and print a line of the table."""
    order, total, edited = random.Random(SEED), Counter[str](), dict[int, datetime]()
    with tempfile.TemporaryDirectory() as folder:
        workspace = open_workspace(Settings(workspace=Path(folder) / "w", demo=False, database_url=url))
        version_id = draft_of(workspace, Path(folder))
        version_id, _, _ = approved(workspace, version_id, "A lamp. Have a look.")
        begun = time.perf_counter()
        exporting.export(workspace, LOCAL_USER, [version_id])
        took = time.perf_counter() - begun
        for number in range(races):
            version_id, done = race(workspace, version_id, number, order, took, edited)
            total += done
        counts = [total[k] for k in ("export", "export refused", "reject", "approve", "edit")]
        print(f"| {name} | {races} | {' | '.join(map(str, counts))} | {leaks(workspace, edited)} |", flush=True)
        workspace.database.engine.dispose()


def main() -> None:
    """Run on SQLite, and on PostgreSQL where a server is named."""
    races = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    print("| database | races | exports | refused | rejections | second approvals | edits | leaks |")
    print("|---|---|---|---|---|---|---|---|")
    run_on("SQLite", "", races)
    server = os.environ.get("DIGITAL_PERSONA_TEST_POSTGRES_URL")
    if not server:
        print("PostgreSQL: DIGITAL_PERSONA_TEST_POSTGRES_URL names no server.")
        return
    name, admin = f"races_{uuid.uuid4().hex[:12]}", sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        url = sa.engine.make_url(server).set(database=name).render_as_string(hide_password=False)
        run_on("PostgreSQL", url, races)
    finally:
        with admin.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


if __name__ == "__main__":
    main()
