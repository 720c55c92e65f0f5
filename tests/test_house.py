"""The house keeps its floors: imports only go down, and pages stay light."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ALLOWED = {
    "pages": {"dashboard"},
    "dashboard": {"engine", "analytics", "db"},
    "engine": {"analytics"},
    "analytics": set(),
    "db": set(),
}
HEAVY = {"torch", "transformers", "diffusers", "sentence_transformers"}


def imported_names(tree: ast.AST) -> list[tuple[int, str]]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [(node.lineno, alias.name.split(".")[0]) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.append((node.lineno, node.module.split(".")[0]))
    return names


def modules(floor: str) -> list[Path]:
    return sorted((ROOT / floor).rglob("*.py"))


@pytest.mark.parametrize("floor", sorted(ALLOWED))
def test_imports_only_go_down(floor):
    climbing = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(floor)
        for line, name in imported_names(ast.parse(path.read_text()))
        if name in ALLOWED and name != floor and name not in ALLOWED[floor]
    ]
    assert climbing == []


@pytest.mark.parametrize("floor", ["db", "analytics", "engine", "dashboard/services"])
def test_streamlit_stays_in_the_app_shell_and_pages(floor):
    assert not [
        p for p in modules(floor) if "streamlit" in {name for _, name in imported_names(ast.parse(p.read_text()))}
    ]


def test_model_libraries_are_imported_only_inside_engine_functions():
    offenders = []
    for floor in ALLOWED:
        for path in modules(floor):
            tree = ast.parse(path.read_text())
            top = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
            found = (
                imported_names(ast.Module(body=list(top), type_ignores=[]))
                if floor == "engine"
                else imported_names(tree)
            )
            offenders += [f"{path.relative_to(ROOT)}:{line}" for line, name in found if name in HEAVY]
    assert offenders == []


def test_numerical_libraries_do_not_wait_busily_for_threads_of_their_own():
    code = (
        "import dashboard, numpy, scipy.linalg; from threadpoolctl import threadpool_info;"
        "print({p['num_threads'] for p in threadpool_info() if p['internal_api'] == 'openblas'})"
    )
    free = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=free, check=True)
    assert told.stdout.strip() == "{1}"
