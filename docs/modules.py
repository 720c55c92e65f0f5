"""Write docs/modules.md from the first line of every module: ``python docs/modules.py``."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = Path(__file__).with_name("modules.md")
FLOORS = ("pages", "dashboard", "engine", "analytics", "db")
HEAD = """# The modules

Every package and module of the house, floor by floor, each with the first line of its own docstring.
Written by `python docs/modules.py`; do not edit by hand. Where a new thing goes: [ARCHITECTURE.md](../ARCHITECTURE.md).
"""


def modules() -> list[Path]:
    """Return every package and module, a package before what is in it; migrations count as one package."""
    found = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"), key=_order)]
    return [path for path in found if "versions" not in path.parts]


def _order(path: Path) -> tuple[str, ...]:
    return path.parent.parts if path.name == "__init__.py" else (*path.parent.parts, path.stem)


def name(path: Path) -> str:
    """Return a module's path below the root; a package's is its folder."""
    return (path.parent if path.name == "__init__.py" else path).relative_to(ROOT).as_posix()


def job(path: Path) -> str:
    """Return the first line of a module's docstring, or an empty text."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]


def page() -> str:
    """Return the page as Markdown: one table a floor."""
    parts = [HEAD]
    for floor in FLOORS:
        rows = [f"| `{name(p)}` | {job(p)} |" for p in modules() if p.relative_to(ROOT).parts[0] == floor]
        parts += [f"## `{floor}/`\n", "| module | its one job |\n|---|---|", *rows, ""]
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
