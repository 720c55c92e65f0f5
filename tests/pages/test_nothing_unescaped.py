"""Every string handed to Streamlit's Markdown is a constant, a number or escaped: read from the source."""

import ast
from pathlib import Path

import pytest

# What these return is text already, or numbers; a part of an f-string with a format of its own is a number.
SAFE_CALLS = {"as_text", "count", "percent", "with_interval", "when", "len", "round", "_mark", "_as_markdown"}
SHOWING = {
    *("markdown", "write", "caption", "warning", "info", "error", "success", "toast", "metric", "expander", "tabs"),
    *("button", "checkbox", "radio", "subheader", "header", "title", "toggle", "popover", "download_button"),
    *("link_button", "segmented_control", "pills", "form_submit_button", "selectbox", "multiselect", "text_input"),
    *("text_area", "number_input", "date_input", "slider", "file_uploader", "spinner"),
}
READ_FIELDS = ("label", "body", "text", "help", "caption")
FOLDER = Path(__file__).parents[2]


def is_text(node: ast.expr, known: set[str]) -> bool:
    """Say whether an expression is a constant, a number or escaped, whatever the data."""
    match node:
        case ast.Constant():
            return True
        case ast.JoinedStr(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.BoolOp(values=parts):
            return all(is_text(part, known) for part in parts)
        case ast.FormattedValue(value=value, format_spec=None):
            return is_text(value, known)
        case ast.FormattedValue():
            return True
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, op=ast.Add(), right=other):
            return is_text(one, known) and is_text(other, known)
        case ast.BinOp(op=op):
            return not isinstance(op, ast.Add)
        case ast.Name(id=name):
            return name.lstrip("_").isupper() or name in known
        case ast.Attribute(attr=name):
            return name.isupper()
        case ast.Subscript(value=ast.Name(id=name)):
            return name.lstrip("_").isupper()
        case ast.Call(func=ast.Name(id=name)):
            return name in SAFE_CALLS
        case ast.Call(func=ast.Attribute(value=sep, attr="join"), args=[inside]):
            return is_text(sep, known) and is_text(inside, known)
        case ast.Call(func=ast.Attribute(value=inside, attr="strip" | "capitalize")):
            return is_text(inside, known)
        case ast.GeneratorExp(elt=inside) | ast.ListComp(elt=inside):
            return is_text(inside, known)
    return False


def texts_known(function: ast.FunctionDef) -> set[str]:
    """Return the names of a function that only ever hold text, whatever the data."""
    given: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            given.setdefault(node.targets[0].id, []).append(node.value)
    known: set[str] = set()
    while new := {n for n, values in given.items() if n not in known and all(is_text(v, known) for v in values)}:
        known |= new
    return known


def unescaped(source: str) -> list[str]:
    """Return what is handed to Streamlit's Markdown without an escape, with its line."""
    found = []
    for function in (f for f in ast.walk(ast.parse(source)) if isinstance(f, ast.FunctionDef)):
        known = texts_known(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SHOWING:
                handed = node.args[: 3 if node.func.attr == "metric" else 1]
                handed += [k.value for k in node.keywords if k.arg in READ_FIELDS]
                found += [f"{a.lineno}: {ast.unparse(a)}" for a in handed if not is_text(a, known)]
    return found


@pytest.mark.parametrize(
    "path",
    sorted(
        str(p.relative_to(FOLDER))
        for part in ("pages", "dashboard/sections", "dashboard/components")
        for p in (FOLDER / part).rglob("*.py")
    ),
)
def test_nothing_reaches_markdown_unescaped(path):
    assert unescaped((FOLDER / path).read_text()) == []


def test_the_search_for_what_is_unescaped_finds_it():
    source = (
        "def f(x):\n    name = x.name\n    st.caption(f'by {name}')\n    st.caption(f'by {as_text(name)}, {x.n:,}')\n"
    )
    assert unescaped(source) == ["3: f'by {name}'"]
