"""Fuzzed uploads through ``look()`` and the import: no traceback, no hang, no row that is not accounted for.

Run: ``python benchmarks/fuzz_uploads.py [--files 1000] [--seed 7]``. Sound tables are written as CSV, TSV, JSON
lines, XLSX, Parquet, zip and gzip, in several encodings, and then damaged: bytes flipped, cut, doubled, swapped,
marks of other formats put in. A file may be refused in a sentence; whatever is taken must add up: every row
that was read is new, updated, unchanged or left out with a reason. What a sound file holds is counted too.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

LONGEST_S = 30.0
LINES = (
    "Warm coat, a little short",
    "Größe passt nicht",
    "très déçue",
    "Куртка тёплая",
    "品質が良いです",
    'She said "no"',
    "two\nlines",
    "=1+1",
    "",
    "1.035",
)
MARKS = (
    b"\0",
    b'"',
    b"\n",
    b"\r",
    b",",
    b";",
    b"\xff\xfe",
    b"PK\x03\x04",
    b"{",
    b"[",
    b"\x1f\x8b",
    b"1e309",
    b"\xef\xbb\xbf",
)


class Inline:
    """Runs a job's steps at once, as the job engine would."""

    id = "fuzz"

    def step(self, name: str, work: Any) -> Any:
        """Run one step."""
        return work()

    def progress(self, done: int, total: int, message: str) -> None:
        """Take no notice."""


def table(rng: random.Random) -> pd.DataFrame:
    """Return a table of one of the usual kinds, with odd cells among sound ones."""
    count = rng.randint(1, 40)
    ids = [str(n) for n in range(count)]
    days = [rng.choice(("2024-01-{:02d}", "{:02d}.01.2024", "01/{:02d}/2024")).format(n % 28 + 1) for n in range(count)]
    numbers = [rng.choice(("5", "4,5", "1.035", "1e300", "-3", "x", "")) for _ in range(count)]
    texts = [rng.choice(LINES) for _ in range(count)]
    kind = rng.choice(("reviews", "products", "metrics", "posts", "profiles"))
    columns = {
        "reviews": {"review_id": ids, "rating": numbers, "text": texts, "date": days},
        "products": {"sku": ids, "name": texts, "price": numbers},
        "metrics": {"date": days, "metric": ["reach"] * count, "value": numbers},
        "posts": {"post_id": ids, "date": days, "text": texts, "likes": numbers, "impressions": ids},
        "profiles": {"customer_id": ids, "birth_year": numbers, "gender": texts},
    }[kind]
    return pd.DataFrame(columns)


def written(frame: pd.DataFrame, rng: random.Random) -> bytes:
    """Return the table as the bytes of some format."""
    form = rng.choice(("csv", "csv", "tsv", "semicolons", "jsonl", "xlsx", "parquet", "zip", "gzip"))
    buffer = io.BytesIO()
    if form == "xlsx":
        frame.to_excel(buffer, index=False)
        return buffer.getvalue()
    if form == "parquet":
        frame.to_parquet(buffer)
        return buffer.getvalue()
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in frame.to_dict("records")).encode()
    mark = {"tsv": "\t", "semicolons": ";"}.get(form, ",")
    encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1251", "cp1252", "gb18030"))
    data = frame.to_csv(index=False, sep=mark).encode(encoding, "replace")
    if form == "gzip":
        return gzip.compress(data)
    if form == "zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("table.csv", data)
            if rng.random() < 0.3:
                archive.writestr("__MACOSX/._table.csv", b"\0\1")
        return buffer.getvalue()
    return data


def damaged(data: bytes, rng: random.Random) -> bytes:
    """Return the bytes after up to six small accidents."""
    out = bytearray(data)
    for _ in range(rng.randint(0, 6)):
        place = rng.randrange(max(1, len(out)))
        accident = rng.choice(("flip", "cut", "double", "put", "drop", "swap"))
        if accident == "flip" and out:
            out[place % len(out)] ^= 1 << rng.randrange(8)
        elif accident == "cut" and rng.random() < 0.3:
            del out[place:]
        elif accident == "double":
            out[place:place] = out[place : place + rng.randint(1, 200)]
        elif accident == "put":
            out[place:place] = rng.choice(MARKS)
        elif accident == "drop":
            del out[place : place + rng.randint(1, 20)]
        else:
            other = rng.randrange(max(1, len(out)))
            out[place : place + 8], out[other : other + 8] = out[other : other + 8], out[place : place + 8]
    return bytes(out)


def try_one(workspace: Any, path: Path, sound_rows: int | None) -> str:
    """Bring one file in; return what became of it. ``sound_rows`` is how many rows an undamaged file has."""
    from analytics.intake import IntakeError
    from dashboard.services.data import imports
    from dashboard.services.people import LOCAL_USER
    from db.errors import StoreError

    try:
        preview = imports.look(workspace, path, path.name)
        kind = preview.kinds[0].kind
        order = imports.Order(path, path.name, preview.file_sha256, kind, preview.mapping)
        if preview.questions(kind, preview.mapping, order.options):
            return "asked"
        import_id = imports.record(workspace, order, LOCAL_USER)
    except (IntakeError, StoreError):
        return "refused"
    try:
        done = imports.run_import(workspace, Inline(), {"import_id": import_id, "path": str(path)})
    except (IntakeError, StoreError) as error:
        imports.put_away(workspace, import_id, "failed", str(error))
        return "refused while importing"
    kept = done["rows_new"] + done["rows_updated"] + done["rows_same"]
    wide = kind == "metrics" and "metric" not in preview.mapping.fields()
    if not wide and kept + done["rows_rejected"] < done["rows_read"]:
        return f"LOST {done['rows_read'] - kept - done['rows_rejected']} of {done['rows_read']} ({kind})"
    if sound_rows is not None and done["rows_read"] < sound_rows:
        return f"LOST {sound_rows - done['rows_read']} of {sound_rows} in reading ({kind})"
    return "imported"


def fuzz(files: int, seed: int, folder: Path) -> tuple[Counter[str], list[str], float]:
    """Try so many files. Return what became of them, what went wrong, and the longest time for one (seconds)."""
    from dashboard.settings import Settings
    from dashboard.workspace import open_workspace

    workspace = open_workspace(Settings(workspace=folder / "w", demo=False))
    outcomes: Counter[str] = Counter()
    wrong: list[str] = []
    longest = 0.0
    for number in range(files):
        rng = random.Random(seed * 1_000_003 + number)
        frame = table(rng)
        data = written(frame, rng)
        broken = damaged(data, rng)
        path = folder / f"file{number}"
        path.write_bytes(broken)
        start = time.perf_counter()
        try:
            filled = int((frame.iloc[:, 1:] != "").any(axis=1).sum()) if broken == data else None
            outcome = try_one(workspace, path, filled)
        except Exception:  # what this looks for: any error that is no sentence
            outcome = "TRACEBACK"
            wrong.append(f"file {number}: {traceback.format_exc(limit=-3)}")
        longest = max(longest, time.perf_counter() - start)
        if outcome.startswith("LOST"):
            wrong.append(f"file {number}: {outcome}")
        outcomes[outcome.split()[0] if outcome.startswith("LOST") else outcome] += 1
        path.unlink()
    return outcomes, wrong, longest


def main() -> int:
    """Fuzz and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        outcomes, wrong, longest = fuzz(given.files, given.seed, Path(name))
    for outcome, count in outcomes.most_common():
        print(f"{count:>6,}  {outcome}")
    print(f"longest for one file: {longest:.1f} s (at most {LONGEST_S:.0f} s)")
    print("\n".join(wrong[:20]))
    return 1 if wrong or longest > LONGEST_S else 0


if __name__ == "__main__":
    sys.exit(main())
