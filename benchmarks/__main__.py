"""Every benchmark in one go, and one table of what each found.

Run: ``python -m benchmarks [--short] [NAME ...]``. The short form takes small inputs and few replications, so that
it ends within minutes; its figures only show that everything runs. What a benchmark needs and is not there (the
real data, a PostgreSQL server, Chromium) leaves it out, and the table says so. Everything that was printed is kept
in ``build/benchmarks``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
KEPT = HERE.parent / "build" / "benchmarks"
REAL, SERVER, BROWSER = "DIGITAL_PERSONA_REAL_DATA", "DIGITAL_PERSONA_TEST_POSTGRES_URL", "Chromium"
WIDTH = 100


@dataclass(frozen=True)
class Benchmark:
    """A script, what it needs, and the arguments of its short form; ``None`` leaves it out of that form."""

    name: str
    short: tuple[str, ...] | None
    needs: str = ""
    full: tuple[str, ...] = ()


BENCHMARKS = (
    Benchmark("approval_races", ("20",)),
    Benchmark("composer_quality", None, REAL),
    Benchmark("export_memory", ("0.02",)),
    Benchmark("fidelity_quality", None, REAL),
    Benchmark("fuzz_uploads", ("--files", "60")),
    Benchmark("idle_memory", ()),
    Benchmark("impact_christmas", ("--reps", "1")),
    Benchmark("impact_shapes", ("--reps", "2")),
    Benchmark("impact_validity", None),
    Benchmark("import_million", ("--rows", "20000")),
    Benchmark("jobs_trials", ("--short",)),
    Benchmark("load_sessions", ("--sessions", "2", "--rounds", "1"), BROWSER),
    Benchmark("looks", ("--scale", "0.01")),
    Benchmark("page_cost", None),
    Benchmark("survey_validity", ("--draws", "40", "--open-draws", "5")),
    Benchmark("thumbnail_quality", ("--per-class", "1"), REAL),
)


@dataclass(frozen=True)
class Outcome:
    """How a benchmark ended, after how many seconds, and the last thing that it said."""

    name: str
    ended: str
    seconds: float
    said: str


def run(benchmark: Benchmark, short: bool) -> Outcome:
    """Run one benchmark in a process of its own."""
    if short and benchmark.short is None:
        return Outcome(benchmark.name, "left out", 0.0, "it has no short form")
    if not _there(benchmark.needs):
        return Outcome(benchmark.name, "left out", 0.0, f"it needs {benchmark.needs}")
    arguments = benchmark.short if short and benchmark.short is not None else benchmark.full
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{benchmark.name}", *arguments],
        cwd=HERE.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.monotonic() - began
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / f"{benchmark.name}.txt").write_text(done.stdout + done.stderr)
    lines = [line.strip() for line in (done.stdout or done.stderr).splitlines() if line.strip()]
    ended = "ended" if done.returncode == 0 else f"stopped with {done.returncode}"
    return Outcome(benchmark.name, ended, seconds, lines[-1] if lines else "")


def _there(need: str) -> bool:
    if need == BROWSER:
        return bool(os.environ.get("DIGITAL_PERSONA_CHROMIUM") or shutil.which("chromium"))
    return not need or bool(os.environ.get(need))


def table(outcomes: list[Outcome]) -> str:
    """Return one table, a line a benchmark."""
    head = "| benchmark | how it ended | seconds | the last line it said |\n|---|---|---|---|\n"
    rows = (f"| {o.name} | {o.ended} | {o.seconds:.0f} | {_cut(o.said)} |" for o in outcomes)
    return head + "\n".join(rows)


def _cut(text: str) -> str:
    text = text.strip("|").replace("|", ";")
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def main() -> int:
    """Run what is asked for; end with 1 when one of them stopped."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="these alone")
    parser.add_argument("--short", action="store_true", help="small inputs and few replications")
    asked = parser.parse_args()
    known = {b.name: b for b in BENCHMARKS}
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        parser.error(f"There is no benchmark {unknown[0]}. There are {', '.join(known)}.")
    outcomes = []
    for name in asked.names or known:
        print(f"{name} …", file=sys.stderr, flush=True)
        outcomes.append(run(known[name], asked.short))
    print(table(outcomes))
    return int(any(o.ended.startswith("stopped") for o in outcomes))


if __name__ == "__main__":
    raise SystemExit(main())
