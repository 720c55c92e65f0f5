"""A bare Streamlit app that draws what a page of ours drew: same elements, same values, same nesting.

It is written from the messages that our page sent to the browser, as a person would write it who knew
the values: one call an element, containers as in ours, data frames and figures made from literals.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
from PIL import Image
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard import theme
from dashboard.navigation import PAGES

Place = tuple[int, ...]
MAIN, SIDEBAR = 0, 1
PICTURE = "picture.jpg"
PICTURE_SIZE = (512, 640)
SHELL = """
import streamlit as st
st.set_page_config(page_title="bare", page_icon={icon!r}, layout="centered")
st.html({css!r})
page = st.navigation(
    [st.Page(f"p{{n}}.py", title=f"Page {{n}}", icon=":material/home:", default=n == 0) for n in range({pages})],
    position="sidebar",
    expanded=True,
)
with st.sidebar:
{sidebar}
page.run()
"""
IMPORTS = "import datetime\nimport pandas as pd\nimport plotly.graph_objects as go\nimport streamlit as st\n"


class BarePageError(ValueError):
    """An element that the bare page cannot draw, so that no fair comparison is possible."""


def write_bare_app(folder: Path, messages: Iterable[ForwardMsg], icon: Path) -> Path:
    """Write an app with as many pages as ours, the first of which draws what the messages drew.

    Returns
    -------
    Path
        The script to run.

    Raises
    ------
    BarePageError
        When an element of the page is unknown here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    Image.effect_noise(PICTURE_SIZE, 4).convert("RGB").save(folder / PICTURE)
    drawn = _drawn(messages)
    sidebar = _calls(drawn, SIDEBAR, folder) or ["pass"]
    script = SHELL.format(
        icon=str(icon), css=theme.CSS, pages=len(PAGES), sidebar="\n".join("    " + c for c in sidebar)
    )
    (folder / "main.py").write_text(script)
    for number in range(1, len(PAGES)):
        (folder / f"p{number}.py").write_text("")
    (folder / "p0.py").write_text(IMPORTS + "\n".join(_calls(drawn, MAIN, folder)))
    return folder / "main.py"


def kinds(messages: Iterable[ForwardMsg]) -> Counter[str]:
    """Count the elements and containers that the messages drew, by kind."""
    return Counter(_kind(delta) for delta in _drawn(messages).values())


def _drawn(messages: Iterable[ForwardMsg]) -> dict[Place, Any]:
    """Return what stands at each place in the end; a spinner that came and went stays out."""
    found = {tuple(m.metadata.delta_path): m.delta for m in messages if m.HasField("delta")}
    return {
        k: d for k, d in found.items() if d.WhichOneof("type") in ("new_element", "add_block") and _kind(d) != "empty"
    }


def _kind(delta: Any) -> str:
    inner = getattr(delta, delta.WhichOneof("type"))
    kind = inner.WhichOneof("type") or "container"
    if kind == "markdown":
        return f"markdown {inner.markdown.element_type}"
    return f"alert {inner.alert.format}" if kind == "alert" else str(kind)


def _calls(drawn: dict[Place, Any], root: int, folder: Path) -> list[str]:
    lines = []
    for place in sorted(k for k in drawn if k[0] == root):
        parent = _name(place[:-1])
        delta = drawn[place]
        if delta.WhichOneof("type") == "new_element":
            lines.append(f"{parent}.{_element(delta.new_element, place, folder)}")
        elif delta.add_block.WhichOneof("type") != "column":
            lines.append(_block(delta.add_block, place, parent, drawn))
    return lines


def _name(place: Place) -> str:
    return "st" if len(place) == 1 else "c_" + "_".join(map(str, place))


def _block(block: Block, place: Place, parent: str, drawn: dict[Place, Any]) -> str:
    kind, name = block.WhichOneof("type"), _name(place)
    if kind == "flex_container":
        inside = sorted(k for k in drawn if k[:-1] == place)
        columns = [k for k in inside if drawn[k].add_block.WhichOneof("type") == "column"]
        if columns:
            weights = [drawn[k].add_block.column.weight for k in columns]
            return f"{', '.join(map(_name, columns))}{',' if len(columns) == 1 else ''} = {parent}.columns({weights})"
        flex = block.flex_container
        return f"{name} = {parent}.container(border={flex.border}, horizontal={flex.direction == flex.HORIZONTAL})"
    if kind == "expandable":
        inner = block.expandable
        live = f", key={name!r}, on_change='rerun'" if inner.id else ""
        return f"{name} = {parent}.expander({inner.label!r}, expanded={inner.expanded}{live})"
    if kind == "form":
        return f"{name} = {parent}.form({name!r}, border={block.form.border})"
    if kind == "popover":
        return f"{name} = {parent}.popover({block.popover.label!r}, icon={block.popover.icon or None!r})"
    if kind is None:
        return f"{name} = {parent}.container()"
    raise BarePageError(f"The bare page has no container {kind} yet; add it to benchmarks/bare_page.py.")


def _element(element: Any, place: Place, folder: Path) -> str:
    kind = element.WhichOneof("type")
    if kind not in ELEMENTS:
        raise BarePageError(f"The bare page has no element {kind} yet; add it to benchmarks/bare_page.py.")
    return ELEMENTS[kind](getattr(element, kind), _key(place, getattr(element, kind)), folder)


def _key(place: Place, inner: Any) -> str:
    """Return the arguments that give a widget its key; one kept in the URL is kept there too."""
    bound = ", bind='query-params'" if getattr(inner, "query_param_key", "") else ""
    return f"key='k{'_'.join(map(str, place))}'{bound}"


def _markdown(e: Any, _key: str, _folder: Path) -> str:
    return f"{'caption' if e.element_type == e.CAPTION else 'markdown'}({e.body!r})"


def _heading(e: Any, _key: str, _folder: Path) -> str:
    return f"{ {'h1': 'title', 'h2': 'header', 'h3': 'subheader'}[e.tag] }({e.body!r}, anchor=False)"


def _alert(e: Any, _key: str, _folder: Path) -> str:
    name = {e.ERROR: "error", e.WARNING: "warning", e.INFO: "info", e.SUCCESS: "success"}[e.format]
    return f"{name}({e.body!r}, icon={e.icon or None!r})"


def _button(e: Any, key: str, _folder: Path) -> str:
    more = f"{e.label!r}, type={e.type!r}, icon={e.icon or None!r}, disabled={e.disabled}, help={e.help or None!r}"
    if e.is_form_submitter:
        return f"form_submit_button({more})"
    return f"button({more}, shortcut={e.shortcut or None!r}, {key})"


def _download(e: Any, key: str, _folder: Path) -> str:
    data = "lambda: b'x'" if e.deferred_file_id else "b'x'"
    return (
        f"download_button({e.label!r}, {data}, 'x.csv', 'text/csv', icon={e.icon or None!r}, on_click='ignore', {key})"
    )


def _group(e: Any, key: str, _folder: Path) -> str:
    options = [option.content for option in e.options]
    many = e.click_mode == e.MULTI_SELECT
    chosen = [options[i] for i in e.default]
    default = chosen if many else (chosen[0] if chosen else None)
    name = "pills" if e.style == e.PILLS else "segmented_control"
    mode = "multi" if many else "single"
    return (
        f"{name}({e.label!r}, {options!r}, selection_mode={mode!r}, default={default!r}, required={e.required}, {key})"
    )


def _selectbox(e: Any, key: str, _folder: Path) -> str:
    index = e.default if e.HasField("default") else None
    return f"selectbox({e.label!r}, {list(e.options)!r}, index={index}, help={e.help or None!r}, {key})"


def _radio(e: Any, key: str, _folder: Path) -> str:
    index = e.default if e.HasField("default") else None
    return f"radio({e.label!r}, {list(e.options)!r}, index={index}, horizontal={e.horizontal}, {key})"


def _multiselect(e: Any, key: str, _folder: Path) -> str:
    options = list(e.options)
    chosen = [options[i] for i in e.default]
    return f"multiselect({e.label!r}, {options!r}, {chosen!r}, help={e.help or None!r}, {key})"


def _number(e: Any, key: str, _folder: Path) -> str:
    kind: Callable[[float], float] = int if e.data_type == e.INT else float
    low, high = (kind(e.min) if e.has_min else None), (kind(e.max) if e.has_max else None)
    return f"number_input({e.label!r}, {low}, {high}, {kind(e.default)}, help={e.help or None!r}, {key})"


def _text(name: str) -> Callable[[Any, str, Path], str]:
    def write(e: Any, key: str, _folder: Path) -> str:
        most = f"max_chars={e.max_chars or None}"
        return (
            f"{name}({e.label!r}, {e.default!r}, {most}, help={e.help or None!r}, placeholder={e.placeholder!r}, {key})"
        )

    return write


def _date(e: Any, key: str, _folder: Path) -> str:
    days = [datetime.strptime(day, "%Y-%m-%d" if "-" in day else "%Y/%m/%d").date() for day in e.default]
    value = f"datetime.{days[0]!r}".replace("datetime.datetime", "datetime") if days else "None"
    return f"date_input({e.label!r}, {value}, format={e.format!r}, {key})"


def _slider(e: Any, key: str, _folder: Path) -> str:
    low, high, value = (int(v) for v in (e.min, e.max, e.default[0]))
    return f"slider({e.label!r}, {low}, {high}, {value}, {key})"


def _frame(name: str, more: str) -> Callable[[Any, str, Path], str]:
    def write(e: Any, _key: str, _folder: Path) -> str:
        frame = pa.ipc.open_stream(e.arrow_data.data if hasattr(e.arrow_data, "data") else e.arrow_data).read_pandas()
        literal = ", ".join(f"{str(c)!r}: {json.loads(frame[c].to_json(orient='values'))!r}" for c in frame)
        return f"{name}(pd.DataFrame({{{literal}}}){more.format(alt=e.alt)})"

    return write


def _plotly(e: Any, key: str, _folder: Path) -> str:
    spec = json.loads(e.spec)
    spec.get("layout", {}).pop("template", None)  # Plotly's own, which a new figure gets by itself
    return f"plotly_chart(go.Figure({spec!r}), config={json.loads(e.config)!r}, alt={e.alt!r}, {key})"


def _images(e: Any, _key: str, folder: Path) -> str:
    caption = e.imgs[0].caption or None
    return f"image({str(folder / PICTURE)!r}, caption={caption!r}, width='stretch')"


ELEMENTS: dict[str, Callable[[Any, str, Path], str]] = {
    "markdown": _markdown,
    "heading": _heading,
    "alert": _alert,
    "html": lambda e, _key, _folder: f"html({e.body!r})",
    "button": _button,
    "download_button": _download,
    "button_group": _group,
    "selectbox": _selectbox,
    "multiselect": _multiselect,
    "radio": _radio,
    "number_input": _number,
    "text_input": _text("text_input"),
    "text_area": _text("text_area"),
    "date_input": _date,
    "slider": _slider,
    "pagination": lambda e, key, _folder: f"pagination({e.num_pages}, default={e.default}, {key})",
    "checkbox": lambda e, key, _folder: f"checkbox({e.label!r}, {e.default}, {key})",
    "color_picker": lambda e, key, _folder: f"color_picker({e.label!r}, {e.default!r}, {key})",
    "file_uploader": lambda e, key, _folder: f"file_uploader({e.label!r}, {key})",
    "metric": lambda e, _key, _folder: f"metric({e.label!r}, {e.body!r}, width=150)",
    "page_link": lambda e, _key, _folder: f"page_link('p1.py', label={e.label!r}, icon={e.icon!r})",
    "dataframe": _frame("dataframe", ", hide_index=True, alt={alt!r}"),
    "table": _frame("table", ""),
    "plotly_chart": _plotly,
    "imgs": _images,
}
