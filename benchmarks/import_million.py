"""Import of a review CSV of a million rows, beside ``pandas.read_csv`` + ``to_sql`` of the same file.

Run: ``python benchmarks/import_million.py [--rows 1000000] [--postgres URL]``. Each side runs in a process
of its own, on a fresh database of the same kind, so that its peak memory is its own. Ours reads with all
checks, makes pseudonyms and keys, masks personal data and can be undone; the baseline only copies.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

MAX_RATIO, MAX_MIB, JUDGED_ROWS = 2.5, 1_500, 500_000
WORDS = [
    "soft",
    "warm",
    "fits",
    "size",
    "colour",
    "fabric",
    "seam",
    "pocket",
    "zip",
    "sleeve",
    "light",
    "heavy",
    "long",
    "short",
    "loose",
    "tight",
    "pretty",
    "plain",
    "nice",
    "good",
    "poor",
]


def write_file(path: Path, rows: int) -> None:
    """Write reviews of about 25 words, some with commas and quotes, to a CSV."""
    rng = np.random.default_rng(7)
    with path.open("w") as handle:
        handle.write("review_id,customer_id,product_id,rating,title,text,reviewed_at,helpful_votes\n")
        for start in range(0, rows, 50_000):
            count = min(50_000, rows - start)
            words = rng.choice(WORDS, size=(count, 25))
            people, items = rng.integers(0, rows // 3 + 1, count), rng.integers(0, 5_000, count)
            ratings, days = rng.integers(1, 6, count), rng.integers(1, 29, count)
            handle.writelines(
                f'R{start + i},C{people[i]},P{items[i]},{ratings[i]},Title,"{" ".join(words[i])}, said he",'
                f"2026-01-{days[i]:02d},{i % 9}\n"
                for i in range(count)
            )


def baseline(path: Path, url: str) -> None:
    """Copy the file into a table the usual way."""
    import pandas as pd
    import sqlalchemy as sa

    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for chunk in pd.read_csv(path, chunksize=20_000):
            chunk.to_sql("review_copy", connection, if_exists="append", index=False)


def ours(path: Path, folder: Path, url: str) -> None:
    """Import the file as the app does, without the job engine around it."""
    from dashboard.services.data import imports
    from dashboard.services.data.imports import Consent, Order
    from dashboard.services.people import LOCAL_USER
    from dashboard.settings import Settings
    from dashboard.workspace import open_workspace

    class Task:
        id = "benchmark"

        def step(self, name: str, work: object) -> object:
            return work()  # type: ignore[operator]

        def progress(self, done: int, total: int, message: str) -> None:
            pass

    workspace = open_workspace(Settings(workspace=folder, database_url=url, demo=False))
    preview = imports.look(workspace, path, path.name, "reviews")
    order = Order(path, path.name, preview.file_sha256, "reviews", preview.mapping, Consent())
    import_id = imports.record(workspace, order, LOCAL_USER)
    imports.run_import(workspace, Task(), {"import_id": import_id, "path": str(path)})
    record = imports.listing(workspace)[0]
    assert record.state == "done"
    print(json.dumps({"rows": record.rows_new, "rejected": record.rows_rejected}), file=sys.stderr)


def timed(side: str, path: Path, folder: Path, url: str) -> dict[str, float]:
    """Run one side in a process of its own; return its seconds and peak memory in MiB."""
    done = subprocess.run(
        [sys.executable, __file__, "--side", side, "--file", str(path), "--folder", str(folder), "--postgres", url],
        check=True,
        stdout=subprocess.PIPE,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> int:
    """Compare both sides and say whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--postgres", default="")
    parser.add_argument("--side", choices=["baseline", "ours"])
    parser.add_argument("--file", type=Path)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.side:
        start, cpu = time.perf_counter(), time.process_time()
        if given.side == "baseline":
            baseline(given.file, given.postgres or f"sqlite:///{given.folder}/copy.db")
        else:
            ours(given.file, given.folder / "w", given.postgres)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        seconds = {"wall_s": time.perf_counter() - start, "cpu_s": time.process_time() - cpu, "peak_mib": peak}
        print(json.dumps(seconds))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "reviews.csv"
        write_file(path, given.rows)
        print(f"{given.rows:,} rows, {path.stat().st_size / 2**20:.0f} MB")
        plain = timed("baseline", path, folder, given.postgres)
        full = timed("ours", path, folder, given.postgres)
    ratio = full["wall_s"] / plain["wall_s"]
    print(f"read_csv + to_sql {plain['wall_s']:.1f} s (CPU {plain['cpu_s']:.1f}), {plain['peak_mib']:.0f} MiB")
    print(f"import            {full['wall_s']:.1f} s (CPU {full['cpu_s']:.1f}), {full['peak_mib']:.0f} MiB")
    print(f"ratio {ratio:.2f} (at most {MAX_RATIO}); peak {full['peak_mib']:.0f} MiB (at most {MAX_MIB})")
    if given.rows < JUDGED_ROWS:
        print("too few rows to judge: starting up counts for more than reading")
        return 0
    return 0 if ratio <= MAX_RATIO and full["peak_mib"] <= MAX_MIB else 1


if __name__ == "__main__":
    sys.exit(main())
