"""The kinds of jobs: where each is done, what it leaves behind, and which resource it uses."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Resource = Literal["light", "model", "render"]
# What reads the workspace's data waits until these, asked for before it, have ended.
BRINGING_DATA_IN = ("import", "demo")


@dataclass(frozen=True)
class JobKind:
    """A kind of job, by the functions that do it.

    ``run`` is ``module:function(workspace, task, params) -> dict``. ``tidy`` is called when a job failed or was
    cancelled: ``module:function(workspace, job, state, error) -> str`` puts away what is half-done and says in
    a sentence, with the number, what was kept. It may be called twice, and before ``run`` ever was.
    """

    resource: Resource
    run: str
    tidy: str


def _kind(resource: Resource, module: str, run: str, tidy: str) -> JobKind:
    return JobKind(resource, f"dashboard.services.{module}:{run}", f"dashboard.services.{module}:{tidy}")


KINDS: dict[str, JobKind] = {
    "import": _kind("light", "data.imports", "run_import", "tidy_import"),
    "demo": _kind("light", "demo.filling", "run_filling", "tidy_filling"),
    "personas": _kind("model", "personas.building", "run_build", "tidy_build"),
    "persona": _kind("model", "personas.by_hand", "run", "tidy_persona"),
    "themes": _kind("model", "surveys.open_answers", "run_suggest", "tidy_suggest"),
    "coding": _kind("model", "surveys.theme_shares", "run_coding", "tidy_coding"),
    "campaign": _kind("render", "studio.campaigns", "run_campaign", "tidy_campaign"),
    "checks": _kind("model", "studio.checks", "run_checks", "tidy_checks"),
}


def function(path: str) -> Callable[..., Any]:
    """Return the function that ``module:name`` stands for; its module is loaded now, not with the pages."""
    module, name = path.split(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
