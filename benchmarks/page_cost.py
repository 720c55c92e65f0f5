"""What a rerun of each page costs, beside a bare Streamlit page with the same elements; idle memory.

Run: ``python benchmarks/page_cost.py [--workspace DIR] [--reruns 30]``. Both kinds of page run through
the same in-process script runner. A bare page replays the very elements that our page sent to the
browser, without any of our code. The cost is CPU seconds of this process (median over reruns).
The server's memory is its resident set a while after it became ready and served one visit.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil
from streamlit.testing.v1 import AppTest

from dashboard import context
from dashboard.app import SHELL
from dashboard.navigation import PAGES
from dashboard.settings import Settings
from dashboard.startup import prepare, warm_up

ICON = SHELL.with_name("icon.png")
MAX_RATIO, MAX_IDLE_MIB = 2.0, 250.0
# Elements that only lay others out or cannot be made without our data; they cost next to nothing.
BARE = {
    "title": "st.title({v!r}, anchor=False)",
    "header": "st.header({v!r}, anchor=False)",
    "subheader": "st.subheader({v!r}, anchor=False)",
    "markdown": "st.markdown({v!r})",
    "caption": "st.caption({v!r})",
    "info": "st.info({v!r})",
    "success": "st.success({v!r})",
    "warning": "st.warning({v!r})",
    "error": "st.error({v!r})",
    "button": "st.button({l!r}, key='k{n}')",
    "text_input": "st.text_input({l!r}, {v!r}, key='k{n}')",
    "text_area": "st.text_area({l!r}, {v!r}, key='k{n}')",
    "selectbox": "st.selectbox({l!r}, {o!r}, key='k{n}')",
    "multiselect": "st.multiselect({l!r}, {o!r}, key='k{n}')",
    "radio": "st.radio({l!r}, {o!r}, key='k{n}')",
    "checkbox": "st.checkbox({l!r}, key='k{n}')",
    "number_input": "st.number_input({l!r}, key='k{n}')",
    "color_picker": "st.color_picker({l!r}, key='k{n}')",
    "metric": "st.metric({l!r}, {v!r})",
    "html": "st.html({b!r})",
    "segmented_control": "st.segmented_control({l!r}, {o!r}, key='k{n}')",
    "button_group": "st.segmented_control('g', {o!r}, key='k{n}')",
    "page_link": "st.page_link('p1.py', label='x')",
    "file_uploader": "st.file_uploader('f', key='k{n}')",
    "expander": "st.expander({l!r})",
    "arrow_data_frame": "st.dataframe(frame)",
    "dataframe": "st.dataframe(frame)",
    "image": None,
    "imgs": None,
    "plotly_chart": "st.plotly_chart(figure, key='k{n}')",
}
LAYOUT = ("vertical", "horizontal", "root", "flex_container")
MAIN = """
import streamlit as st
st.set_page_config(page_title="bare", page_icon=r"{icon}", layout="centered")
st.html("<style>p {{margin: 0}}</style>")
page = st.navigation(
    [st.Page(f"p{{n}}.py", title=f"Page {{n}}", icon=":material/home:", default=n == 0) for n in range({pages})],
    position="sidebar",
    expanded=True,
)
with st.sidebar:
    st.caption("Workspace")
page.run()
"""


def bare_app(folder: Path, app: AppTest) -> AppTest:
    """Return a bare app with as many pages as ours, the first of which draws the same elements."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.py").write_text(MAIN.format(pages=len(PAGES), icon=ICON))
    for number in range(len(PAGES)):
        (folder / f"p{number}.py").write_text("" if number else bare_script(app))
    return AppTest.from_file(str(folder / "main.py"), default_timeout=60)


def bare_script(app: AppTest) -> str:
    """Return a script that draws the elements of a page that was run, without our code."""
    lines, kinds = ["import streamlit as st"], {node.type for node in _nodes(app)}
    if "arrow_data_frame" in kinds or "dataframe" in kinds:
        frames = [n.value for n in _nodes(app) if n.type in ("arrow_data_frame", "dataframe")]
        lines.append(f"import pandas as pd\nframe = pd.DataFrame({frames[0].to_dict('list')!r})")
    if "plotly_chart" in kinds:
        lines.append("import plotly.graph_objects as go\nfigure = go.Figure(go.Bar(x=list('abc'), y=[1, 2, 3]))")
    for number, node in enumerate(_nodes(app)):
        template = BARE.get(node.type)
        if template:
            lines.append(
                template.format(
                    v=_value(node),
                    l=str(getattr(node, "label", "") or "x"),
                    o=[str(o) for o in getattr(node, "options", [])][:500],
                    b=getattr(getattr(node, "proto", None), "body", ""),
                    n=number,
                )
            )
    return "\n".join(lines)


def _nodes(app: AppTest) -> list:
    return [n for n in app.main if n.type not in LAYOUT]


def _value(node: object) -> str:
    try:
        return str(node.value)  # type: ignore[attr-defined]
    except (AttributeError, NotImplementedError):
        return ""


def rerun_cost(app: AppTest, reruns: int) -> float:
    """Return the median CPU seconds of one rerun."""
    app.run()
    costs = []
    for _ in range(reruns):
        begun = time.process_time()
        app.run()
        costs.append(time.process_time() - begun)
    return statistics.median(costs)


def idle_mib(folder: Path) -> float:
    """Start the server alone, visit it once, and return its resident memory when idle, in MiB."""
    port = "8639"
    command = [sys.executable, "-m", "dashboard.cli", "--workspace", str(folder), "serve", "--port", port]
    environment = {**os.environ, "DIGITAL_PERSONA_WORKER": "false", "DIGITAL_PERSONA_DEMO": "false"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api/ready", timeout=1).read()
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1).read()
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(5)
        if process.poll() is not None:
            raise SystemExit("The server ended by itself; start it by hand to see why.")
        return psutil.Process(process.pid).memory_info().rss / 2**20
    finally:
        process.terminate()
        process.wait(30)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, default=None)
    parser.add_argument("--reruns", type=int, default=30)
    wanted = parser.parse_args()
    folder = wanted.workspace or Path(tempfile.mkdtemp()) / "bench"
    context.use(prepare(Settings(workspace=folder, demo=False)))
    warm_up()
    rows = []
    for info in PAGES:
        app = AppTest.from_file(str(SHELL), default_timeout=60).run()
        app.switch_page(f"../pages/{info.name}.py")
        ours = rerun_cost(app, wanted.reruns)
        bare = rerun_cost(bare_app(folder / "bare" / info.name, app), wanted.reruns)
        rows.append({"page": info.name, "ms": ours * 1e3, "bare_ms": bare * 1e3, "ratio": ours / bare})
        print(f"{info.name:10} {ours * 1e3:7.1f} ms  bare {bare * 1e3:7.1f} ms  {ours / bare:5.2f} times")
    memory = idle_mib(folder)
    worst = max(row["ratio"] for row in rows)
    print(f"idle server {memory:.0f} MiB (at most {MAX_IDLE_MIB:.0f}); worst page {worst:.2f} times")
    print(json.dumps({"pages": rows, "idle_mib": memory, "worst_ratio": worst}))
    return 0 if worst <= MAX_RATIO and memory <= MAX_IDLE_MIB else 1


if __name__ == "__main__":
    sys.exit(main())
