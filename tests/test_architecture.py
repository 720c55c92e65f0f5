"""The documents about the house are short, and equal to the code."""

import ast
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _script():
    spec = importlib.util.spec_from_file_location("modules_page", ROOT / "docs" / "modules.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCRIPT = _script()


def test_the_list_of_modules_is_what_the_modules_say():
    assert SCRIPT.PAGE.read_text(encoding="utf-8") == SCRIPT.page(), "run `python docs/modules.py`"


@pytest.mark.parametrize("path", SCRIPT.modules(), ids=SCRIPT.name)
def test_a_module_says_its_one_job_in_a_line(path):
    assert 12 <= len(SCRIPT.job(path)) <= 200, "start the module with a docstring whose first line says its job"
    assert SCRIPT.job(path)[-1] in ".!?"


def test_the_architecture_is_read_in_one_sitting():
    assert len((ROOT / "ARCHITECTURE.md").read_bytes()) <= 9 * 1024


HELD = {"workspace", "_workspace", "session", "Workspace", "Session"}


def _touches_what_is_kept(node: ast.stmt, stored: set[str]) -> bool:
    """Say whether a function or class takes or uses a workspace, a session, or anything imported from ``db``."""
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    used |= {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    used |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    return bool(used & (HELD | stored))


def _length(node: ast.FunctionDef | ast.ClassDef) -> int:
    return node.end_lineno - min([node.lineno, *(d.lineno for d in node.decorator_list)]) + 1


def share_without_workspace(folder: Path) -> float:
    """Return the share of the lines of a folder's functions and classes that need not be there.

    Those are the ones that neither take nor touch a workspace, a session or a repository. Lines outside of functions
    and classes (imports, constants, blank ones) count on neither side.
    """
    lines, without = 0, 0
    for path in sorted(folder.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        imports = [
            n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and (n.module or "").split(".")[0] == "db"
        ]
        stored = {alias.asname or alias.name for node in imports for alias in node.names}
        tops = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        lines += sum(_length(node) for node in tops)
        without += sum(_length(node) for node in tops if not _touches_what_is_kept(node, stored))
    return without / lines


def test_services_join_and_leave_the_rest_to_the_floors_below():
    share = share_without_workspace(ROOT / "dashboard" / "services")
    assert share < 0.15, f"{share:.1%} of the services' lines need no workspace: move them to analytics or engine"


def test_the_share_counts_what_touches_nothing(tmp_path):
    (tmp_path / "room.py").write_text(
        "from db.repositories import media\n"
        "def pure(a):\n    return a\n"
        "def reads(workspace):\n    return workspace\n"
        "def keeps():\n    return media.add()\n"
        "class Small:\n    size: int\n"
        "# last\n"
    )
    assert share_without_workspace(tmp_path) == 4 / 8


LONGEST_MODULE, LONGEST_FUNCTION = 350, 50


def functions(path: Path) -> dict[str, int]:
    """Return the lines of each function of a module, its docstring left out, by name and line."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            said = node.body[0] if ast.get_docstring(node, clean=False) is not None else None
            docstring = said.end_lineno - said.lineno + 1 if said else 0
            found[f"{node.name} (line {node.lineno})"] = node.end_lineno - node.lineno + 1 - docstring
    return found


@pytest.mark.parametrize("path", SCRIPT.modules(), ids=SCRIPT.name)
def test_modules_and_functions_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    long = {name: lines for name, lines in functions(path).items() if lines > LONGEST_FUNCTION}
    assert not long, f"split these into parts that say what they do: {long}"


def test_the_length_of_a_function_is_its_lines_without_its_docstring(tmp_path):
    (tmp_path / "room.py").write_text('def one():\n    """Two\n    lines."""\n    return 1\n\n\nasync def two(): ...\n')
    assert functions(tmp_path / "room.py") == {"one (line 1)": 2, "two (line 7)": 1}
