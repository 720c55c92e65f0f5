"""SHA-256 digests of what decides a result: rule files and the modules whose code applies them."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from pathlib import Path


def digest_of(*files: Path) -> str:
    """Return one SHA-256 (hex) over text files, each by its name and its lines, however they end."""
    found = hashlib.sha256()
    for file in files:
        found.update(f"{file.name}\0{file.read_text(encoding='utf-8')}\0".encode())
    return found.hexdigest()


def sources(module: str, within: tuple[str, ...], without: tuple[str, ...] = ()) -> list[Path]:
    """Return the file of a module and those of the modules that it imports, at any remove.

    Parameters
    ----------
    within : tuple of str
        Beginnings of the names of modules that are followed; others are left out.
    without : tuple of str
        Modules that decide nothing, such as shapes that several share.
    """
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found or name in without or not name.startswith(within):
            continue
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            found[name] = Path(spec.origin)
            tree = ast.parse(found[name].read_text(encoding="utf-8"))
            waiting += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return [path for _, path in sorted(found.items())]
