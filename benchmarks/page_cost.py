"""What a rerun of each page costs, beside a bare Streamlit page with the same elements; idle memory.

Run: ``python -m benchmarks.page_cost [--workspace DIR] [--reruns 40]``. Without ``--workspace`` an empty
workspace and one filled with the demo are measured, the pages in every view they have. Both kinds of page
run through Streamlit's own script runner in this process, with the same configuration. The cost is the CPU
time of this process (``time.process_time``, every thread) from the start of a rerun's script to its end,
median over reruns, ours and the bare one in turn, so that both meet the same machine. What the test
harness does around the script is not counted, for it costs both the same and would flatter us. The
elements are counted by kind first: a bare page that draws other ones ends the measurement.

The server's memory is its resident set, ready and after one visit to every page.
"""

from __future__ import annotations

import argparse
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.testing.v1.local_script_runner import LocalScriptRunner
from streamlit.web import bootstrap

from benchmarks.bare_page import kinds, write_bare_app
from benchmarks.idle_memory import idle_memory
from dashboard import context
from dashboard.app import SHELL, streamlit_options
from dashboard.navigation import PAGES
from dashboard.settings import Settings
from dashboard.startup import prepare, warm_up

ICON = SHELL.with_name("icon.png")
MAX_RATIO, MAX_IDLE_MIB = 2.0, 250.0
VIEWS = {
    "data": ("Imports", "Products"),
    "studio": ("New campaign",),
    "review": ("Export",),
    "surveys": ("Open answers", "New survey", "Planner"),
    "audits": ("Ledger", "Checks", "Who is reached"),
    "settings": ("People", "Workspace"),
}


@dataclass(frozen=True)
class Cost:
    """The CPU milliseconds of one rerun, ours and the bare page's, and how many elements it draws.

    ``after_change_ms`` is ours when the data changed a moment before, so that nothing kept may be shown.
    """

    workspace: str
    page: str
    view: str
    ms: float
    bare_ms: float
    elements: int
    after_change_ms: float

    @property
    def ratio(self) -> float:
        return self.ms / self.bare_ms


class Meter:
    """Runs an app's script again and again as the server does, and notes what each run cost."""

    cost = 0.0
    messages: tuple[ForwardMsg, ...] = ()

    def install(self) -> None:
        """Measure inside the script's thread, and keep compiled scripts from run to run, as the server does."""
        run_thread, parse = LocalScriptRunner._run_script_thread, local_script_runner.parse_tree_from_messages
        scripts = ScriptCache()

        def measured(runner: LocalScriptRunner) -> None:
            begun = time.process_time()
            run_thread(runner)
            self.cost = time.process_time() - begun

        def noted(messages: list[ForwardMsg]) -> Any:
            self.messages = tuple(messages)
            return parse(messages)

        LocalScriptRunner._run_script_thread = measured  # type: ignore[method-assign]
        local_script_runner.parse_tree_from_messages = noted
        local_script_runner.ScriptCache = app_test.ScriptCache = lambda: scripts  # type: ignore[assignment, misc]
        # The harness looks every millisecond whether the script has ended; that is no cost of the page.
        local_script_runner.require_widgets_deltas = lambda runner, timeout=0: runner._script_thread.join()

    def run(self, app: AppTest) -> float:
        """Return the CPU seconds of one rerun.

        Raises
        ------
        RuntimeError
            When the script failed: its cost would say nothing.
        """
        app.run()
        if app.exception:
            raise RuntimeError(f"A page failed, so it cannot be measured: {app.exception[0].value}")
        return self.cost


def compare(meter: Meter, folder: Path, workspace: str, page: str, view: str, reruns: int) -> Cost:
    """Measure a view of a page beside its bare twin, in turn."""
    ours = AppTest.from_file(str(SHELL), default_timeout=120).run()
    if view:
        ours.query_params["view"] = view
    ours.switch_page(f"../pages/{page}.py")
    for _ in range(3):
        meter.run(ours)
    drawn = kinds(meter.messages)
    bare = AppTest.from_file(str(write_bare_app(folder / f"{page}-{view}", meter.messages, ICON)), default_timeout=120)
    for _ in range(3):
        meter.run(bare)
    if kinds(meter.messages) != drawn:
        raise RuntimeError(f"The bare page of {page} {view} draws other elements: {drawn - kinds(meter.messages)}")
    costs = [(meter.run(ours), meter.run(bare)) for _ in range(reruns)]
    mine, theirs = (statistics.median(c) * 1e3 for c in zip(*costs, strict=True))
    changed = statistics.median(_after_change(meter, ours) for _ in range(5)) * 1e3
    return Cost(workspace, page, view, mine, theirs, sum(drawn.values()), changed)


def _after_change(meter: Meter, app: AppTest) -> float:
    with context.current_workspace().database.writing():
        pass
    return meter.run(app)


def measure(meter: Meter, folder: Path, name: str, reruns: int, only: str | None) -> list[Cost]:
    """Measure every view of every page over a workspace."""
    settings = Settings(workspace=folder, demo=False)
    workspace = prepare(settings)
    context.use(workspace)
    bootstrap.load_config_options(streamlit_options(settings))
    # The harness asks for the icon outside of any script, which is worth a warning to Streamlit.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    warm_up()
    found = []
    with tempfile.TemporaryDirectory() as bare:
        for page in [p.name for p in PAGES if only in (None, p.name)]:
            for view in ("", *VIEWS.get(page, ())):
                cost = compare(meter, Path(bare), name, page, view, reruns)
                found.append(cost)
                print(
                    f"{name:7} {page:9} {view:14} {cost.ms:6.1f} ms, bare {cost.bare_ms:6.1f} ms, "
                    f"{cost.ratio:5.2f} times, {cost.elements} elements; after a change {cost.after_change_ms:6.1f} ms",
                    flush=True,
                )
    workspace.database.engine.dispose()
    return found


def filled(folder: Path) -> Path:
    """Fill a workspace with the demo by the command line, and return it."""
    command = [sys.executable, "-m", "dashboard.cli", "--workspace", str(folder), "demo"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workspace", type=Path, default=None, help="measure this one alone")
    parser.add_argument("--page", default=None, help="measure this page alone, and no memory")
    parser.add_argument("--reruns", type=int, default=40)
    wanted = parser.parse_args()
    meter = Meter()
    meter.install()
    with tempfile.TemporaryDirectory() as temporary:
        if wanted.workspace:
            folders = {wanted.workspace.name: wanted.workspace}
        else:
            folders = {"empty": Path(temporary) / "empty", "filled": filled(Path(temporary) / "filled")}
        costs = [c for n, f in folders.items() for c in measure(meter, f, n, wanted.reruns, wanted.page)]
        worst = max(costs, key=lambda c: c.ratio)
        print(f"worst: {worst.page} {worst.view} ({worst.workspace}) {worst.ratio:.2f} times")
        if wanted.page:
            return 0
        idle = {n: idle_memory(f) for n, f in folders.items()}
    for name, found in idle.items():
        print(
            f"{name:7} server: ready {found.ready:.0f} MiB, after Home {found.home:.0f}, after every page "
            f"{found.every_page:.0f} (at most {MAX_IDLE_MIB:.0f}); heavy libraries: {found.heavy_libraries or 'none'}"
        )
    pages = [{**asdict(c), "ratio": c.ratio} for c in costs]
    print(json.dumps({"pages": pages, "idle": {n: asdict(i) for n, i in idle.items()}}))
    most = max(i.every_page for i in idle.values())
    heavy = any(i.heavy_libraries for i in idle.values())
    return 0 if worst.ratio <= MAX_RATIO and most <= MAX_IDLE_MIB and not heavy else 1


if __name__ == "__main__":
    sys.exit(main())
