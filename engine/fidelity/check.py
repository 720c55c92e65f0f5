"""What a check is, and how it is known that a kept verdict no longer follows from the rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

from engine.content import CheckName, Finding, PostContent
from engine.digests import digest_of, sources
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
        return digest_of(*self.sources(), *(here / name for name in self.files))

    def sources(self) -> list[Path]:
        """Return the modules whose code decides."""
        return sources(self.rules.__module__, _RULED, _SHAPES)

    def find(self, content: PostContent, context: CheckContext) -> list[Finding]:
        """Return what the rules find."""
        return self.rules(content, context)
