"""What the room for inference holds is defined nowhere else: no second correction, interval, level or verdict word."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.inference import CANNOT_TELL, NO_DIFFERENCE, TOO_FEW

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("analytics", "engine", "dashboard", "pages", "db", "benchmarks")
ROOM = Path("analytics/inference")
NAMES = ("holm", "hochberg", "wilson", "newcombe", "bonferroni")
BORROWED = {"multipletests", "proportion_confint", "confint_proportions_2indep", "false_discovery_control"}
QUANTILES = {1.96, 1.959964, 0.975, 0.025}
WORDS = {TOO_FEW, NO_DIFFERENCE, CANNOT_TELL}


def second_definitions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and kind of whatever belongs into the room."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(name in node.name.lower() for name in NAMES):
            yield node.lineno, f"defines {node.name}"
        elif isinstance(node, ast.ImportFrom) and (taken := BORROWED & {a.name for a in node.names}):
            yield node.lineno, f"imports {min(taken)}"
        elif isinstance(node, ast.Attribute) and node.attr in BORROWED:
            yield node.lineno, f"calls {node.attr}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, float) and node.value in QUANTILES:
            yield node.lineno, f"writes the quantile {node.value}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in WORDS:
            yield node.lineno, f"writes the word {node.value!r}"
        yield from levels(node)


def levels(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield where 0.05 decides: compared with, called a level, or the default of one."""
    if isinstance(node, ast.Compare) and any(is_level(side) for side in (node.left, *node.comparators)):
        yield node.lineno, "compares with 0.05"
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and is_level(node.value):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any("alpha" in ast.unparse(t).lower() or "level" in ast.unparse(t).lower() for t in targets):
            yield node.lineno, "names its own 0.05"
    elif isinstance(node, ast.arguments):
        pairs = [
            *zip(reversed(node.args), reversed(node.defaults), strict=False),
            *zip(node.kwonlyargs, node.kw_defaults, strict=True),
        ]
        for arg, default in pairs:
            if arg.arg in ("alpha", "level", "confidence") and isinstance(default, ast.Constant):
                yield default.lineno, f"gives {arg.arg} a default of its own"


def is_level(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0.05


def test_what_belongs_into_the_room_is_nowhere_else():
    strangers = [
        f"{path.relative_to(ROOT)}:{line} {what}"
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        if ROOM not in path.relative_to(ROOT).parents
        for line, what in second_definitions(ast.parse(path.read_text()))
    ]
    assert strangers == []


@pytest.mark.parametrize(
    "code",
    [
        "def _holm(p): ...",
        "def wilson_interval(hits, n): ...",
        "from statsmodels.stats.multitest import multipletests",
        "stats.false_discovery_control(p)",
        "z = 1.96",
        "reach = stdtrit(df, 0.975) * se",
        "if p < 0.05: ...",
        "ALPHA = 0.05",
        "ALPHA: float = 0.05",
        "def f(x, level=0.95): ...",
        "def f(x, *, alpha=0.1): ...",
        "verdict = 'too few to tell'",
    ],
)
def test_a_second_definition_is_seen(code):
    assert list(second_definitions(ast.parse(code)))


@pytest.mark.parametrize("code", ["gap = 0.05", "x = 0.05 * total", "level: float = LEVEL", "corrected = holm(p)"])
def test_what_is_no_definition_is_left_alone(code):
    assert not list(second_definitions(ast.parse(code)))
