"""How long a first look takes at every kind of file, as a person waits for it on the Data page.

Run: ``python -m benchmarks.looks [--scale 1.0]``. A look is to answer within 2 s of its own processor time, whatever
the file; what it leaves for the import, it says. Files: 1,000,000 reviews as CSV, gzip, zip and Parquet, 100,000 as
JSON lines, a JSON list and workbooks (with and without shared strings), a survey of 10,000 rows by 200 questions,
and tables of 1,000 columns, the most that are read. Waiting time is printed too, but hangs on who else is at work.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.import_million import write_file

MOST_SECONDS, JUDGED_SCALE = 2.0, 0.5
ANSWERS = ["Strongly agree", "Agree", "Neutral", "Disagree", "Strongly disagree"]


def write_files(folder: Path, scale: float) -> Iterator[Path]:
    """Write a file of every kind, one after another."""
    reviews = folder / "reviews.csv"
    write_file(reviews, int(1_000_000 * scale))
    yield reviews
    yield _packed(reviews, folder)
    with zipfile.ZipFile(folder / "reviews.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(reviews, reviews.name)
    yield folder / "reviews.zip"
    table = pd.read_csv(reviews)
    table.to_parquet(folder / "reviews.parquet")
    yield folder / "reviews.parquet"
    fewer = table.head(int(100_000 * scale))
    fewer.to_json(folder / "reviews.jsonl", orient="records", lines=True)
    yield folder / "reviews.jsonl"
    fewer.to_json(folder / "reviews.json", orient="records")
    yield folder / "reviews.json"
    yield from _workbooks(fewer, folder)
    yield from _surveys(folder, max(100, int(10_000 * scale)))
    yield from _wide(folder)


def _packed(reviews: Path, folder: Path) -> Path:
    target = folder / "reviews.csv.gz"
    with reviews.open("rb") as plain, gzip.open(target, "wb", 1) as packed:
        shutil.copyfileobj(plain, packed)
    return target


def _workbooks(table: pd.DataFrame, folder: Path) -> Iterator[Path]:
    import openpyxl

    table.to_excel(folder / "shared_strings.xlsx", index=False)
    yield folder / "shared_strings.xlsx"
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(table.columns))
    for row in table.itertuples(index=False):
        sheet.append(list(row))
    book.save(folder / "no_dimension.xlsx")
    yield folder / "no_dimension.xlsx"


def _surveys(folder: Path, rows: int) -> Iterator[Path]:
    rng = np.random.default_rng(1)
    answers = {f"Q{i}. How far do you agree with statement {i}?": rng.choice(ANSWERS, rows) for i in range(200)}
    times = pd.date_range("2024-01-01", periods=rows, freq="min").strftime("%m/%d/%Y %H:%M:%S")
    survey = pd.DataFrame({"Timestamp": times, **answers})
    survey.to_csv(folder / "survey.csv", index=False)
    yield folder / "survey.csv"
    survey.to_excel(folder / "survey.xlsx", index=False)
    yield folder / "survey.xlsx"


def _wide(folder: Path) -> Iterator[Path]:
    rng = np.random.default_rng(2)
    days = ["01/02/2024", "3.5.2023", "May 4 2022", "2024-05-06T10:00:00"]
    cells = {
        "numbers": ("metric {}", rng.integers(0, 100, (300, 1_000))),
        "words": ("question {} name of date", rng.choice(["red", "blue", "green, deep"], (300, 1_000))),
        "dates": ("date {}", rng.choice(days, (300, 1_000))),
    }
    for what, (name, values) in cells.items():
        path = folder / f"wide_{what}.csv"
        pd.DataFrame(values, columns=[name.format(i) for i in range(1_000)]).to_csv(path, index=False)
        yield path


def main() -> int:
    """Look at every file and name the slowest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    scale = parser.parse_args().scale
    from dashboard.services.data import imports
    from dashboard.settings import Settings
    from dashboard.workspace import open_workspace

    worst, slowest = 0.0, ""
    with tempfile.TemporaryDirectory() as name:
        workspace = open_workspace(Settings(workspace=Path(name) / "w", demo=False))
        imports.look(workspace, next(write_files(Path(name), 0.001)), "warm-up.csv")
        for path in write_files(Path(name), scale):
            start, cpu = time.perf_counter(), time.process_time()
            seen = imports.look(workspace, path, path.name)
            used, waited = time.process_time() - cpu, time.perf_counter() - start
            rest = "all of it read" if seen.evidence.whole else "the rest is said to be read while importing"
            print(f"{path.name:20} CPU {used:5.2f} s, waited {waited:5.2f} s, {len(seen.columns):,} columns; {rest}")
            if used > worst:
                worst, slowest = used, path.name
    print(f"slowest look: {slowest}, {worst:.2f} s of processor time (at most {MOST_SECONDS:g})")
    return 0 if scale < JUDGED_SCALE or worst <= MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
