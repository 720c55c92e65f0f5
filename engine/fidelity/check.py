"""What a check is, and how it is known that a kept verdict no longer follows from the rules."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

from engine.content import CheckName, Finding, PostContent
from engine.fidelity.context import CheckContext

Depth = Literal["cheap", "deep"]
Need = Literal["identities", "media"]
Rules = Callable[[PostContent, CheckContext], list[Finding]]
# Modules whose code decides; a shape that several of them share decides nothing.
_RULED, _SHAPES = ("engine.fidelity.", "engine.channels", "engine.redaction"), ("engine.fidelity.context",)


class Check(Protocol):
    """One thing that is asked of a post.

    Attributes
    ----------
    name : str
        What its results are kept under.
    kind : CheckName
        Which of the six fidelity checks it serves (GeneRec, section 4.4); several may serve one.
    depth : str
        ``cheap``: milliseconds, done at once and again at export. ``deep``: with a model, done by a job.
    needs : frozenset of str
        What of the context it reads beside the brief; the rest may be left empty.
    version : str
        What people are told of it.
    digest : str
        SHA-256 of what its verdicts follow from: rules, code, the weights of models.
    """

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> CheckName: ...
    @property
    def depth(self) -> Depth: ...
    @property
    def needs(self) -> frozenset[Need]: ...
    @property
    def version(self) -> str: ...
    @property
    def digest(self) -> str: ...

    def find(self, content: PostContent, context: CheckContext) -> list[Finding]:
        """Return what stands against a post; an empty list is a pass."""
        ...


@dataclass(frozen=True)
class RuleCheck:
    """One of the six checks by rules: a file of rules, and the code that applies them.

    ``files`` are the rule files, beside this module.
    """

    kind: CheckName
    rules: Rules
    files: tuple[str, ...]
    needs: frozenset[Need] = frozenset()
    version: str = "1"
    depth: Depth = "cheap"

    @property
    def name(self) -> str:
        """The name of the check it is."""
        return self.kind.value

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the rule files and of every module whose code decides."""
        here = Path(__file__).parent
        return digest_of(*sorted(sources(self.rules.__module__)), *(here / name for name in self.files))

    def find(self, content: PostContent, context: CheckContext) -> list[Finding]:
        """Return what the rules find."""
        return self.rules(content, context)


def digest_of(*files: Path) -> str:
    """Return one SHA-256 (hex) over text files, each by its name and its lines, however they end."""
    found = hashlib.sha256()
    for file in files:
        found.update(f"{file.name}\0{file.read_text(encoding='utf-8')}\0".encode())
    return found.hexdigest()


def sources(module: str) -> set[Path]:
    """Return the file of a module and those of all modules of rules that it imports, at any remove."""
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in found or name in _SHAPES or not name.startswith(_RULED):
            continue
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            found[name] = Path(spec.origin)
            tree = ast.parse(found[name].read_text(encoding="utf-8"))
            waiting += [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return set(found.values())
