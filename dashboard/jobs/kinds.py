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


KINDS: dict[str, JobKind] = {
    "import": JobKind("light", "dashboard.services.imports:run_import", "dashboard.services.imports:tidy_import"),
    "demo": JobKind("light", "dashboard.services.demo:run_demo", "dashboard.services.demo:tidy_demo"),
    "personas": JobKind("model", "dashboard.services.personas:run_build", "dashboard.services.personas:tidy_build"),
    "persona": JobKind(
        "model", "dashboard.services.persona_by_hand:run", "dashboard.services.persona_by_hand:tidy_persona"
    ),
    "themes": JobKind(
        "model", "dashboard.services.open_answers:run_suggest", "dashboard.services.open_answers:tidy_suggest"
    ),
    "coding": JobKind(
        "model", "dashboard.services.theme_shares:run_coding", "dashboard.services.theme_shares:tidy_coding"
    ),
    "campaign": JobKind(
        "render", "dashboard.services.campaigns:run_campaign", "dashboard.services.campaigns:tidy_campaign"
    ),
}


def function(path: str) -> Callable[..., Any]:
    """Return the function that ``module:name`` stands for; its module is loaded now, not with the pages."""
    module, name = path.split(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found
