"""The demo's way into an empty workspace, through the same doors that real data takes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from analytics.asking.surveys import SurveyOrder
from dashboard.demo import BRAND, demo_files, demo_logo, demo_pictures
from dashboard.services.data import catalogue, imports
from dashboard.services.data.imports import Consent, Order
from dashboard.services.data.uploads import keep_upload
from dashboard.services.demo.asking import DEMO_USER
from dashboard.services.demo.coding import code_survey
from dashboard.services.personas import building
from dashboard.services.studio import brand, campaigns
from dashboard.services.surveys import importing, waves
from dashboard.services.tasks import Task
from dashboard.workspace import Workspace
from db.repositories.jobs import JobRecord
from engine.creator.orders import CampaignOrder

KINDS = {
    "profiles.csv": "profiles",
    "consents.csv": "consents",
    "products.csv": "products",
    "reviews.csv": "reviews",
    "posts.csv": "posts",
    "metrics.csv": "metrics",
}
CAMPAIGN_PRODUCTS = ("FW-101", "FW-112")


class _Part:
    """A share of the demo's progress, handed to one of the tasks it is made of."""

    def __init__(self, task: Task, start: int, end: int) -> None:
        self._task, self._start, self._end = task, start, end

    @property
    def id(self) -> str:
        return self._task.id

    def step(self, name: str, work: Callable[[], Any]) -> Any:
        return self._task.step(name, work)

    def progress(self, done: int, total: int, message: str) -> None:
        share = done / total if total else 0.0
        self._task.progress(self._start + int(share * (self._end - self._start)), 1_000, message)


def run_filling(workspace: Workspace, task: Task, params: dict[str, Any]) -> dict[str, Any]:
    """Bring in the demo's files and survey, build personas and make a campaign."""
    files = demo_files(int(params.get("seed", 7)))
    for number, (name, kind) in enumerate(KINDS.items()):
        import_id = task.step(f"record {name}", partial(_record, workspace, name, kind, files[name]))
        path = _path(workspace, files[name])
        imports.run_import(
            workspace, _Part(task, 60 * number, 60 * number + 60), {"import_id": import_id, "path": str(path)}
        )
    task.progress(365, 1_000, "Bringing in the survey")
    survey_id = task.step("survey", lambda: _survey(workspace, files["survey.csv"]))
    code_survey(workspace, _Part(task, 365, 380), survey_id, int(params.get("seed", 7)))
    task.progress(380, 1_000, "Drawing the products")
    task.step("pictures", lambda: _pictures(workspace))
    task.step("brand", lambda: brand.save(workspace, DEMO_USER, BRAND, demo_logo()))
    build_id = task.step("record personas", lambda: building.record(workspace, DEMO_USER))
    building.run_build(workspace, _Part(task, 400, 700), {"build_id": build_id})
    campaign_id = task.step("record campaign", lambda: _campaign(workspace))
    campaigns.run_campaign(workspace, _Part(task, 700, 999), {"campaign_id": campaign_id})
    task.progress(1_000, 1_000, "The demo is ready")
    return {"campaign_id": campaign_id}


def tidy_filling(workspace: Workspace, _job: JobRecord, state: str, error: str | None) -> str:
    """Take back an import in its midst, note a build that did not end, and say what of the demo is there."""
    for record in imports.listing(workspace):
        if record.author == DEMO_USER.name and record.state not in ("done", "undone"):
            imports.put_away(workspace, record.id, state, error)
    for build in building.builds(workspace):
        if build.state not in ("done", "failed", "cancelled"):
            building.put_away(workspace, build.id, state, error)
    files = sum(record.state == "done" for record in imports.listing(workspace))
    made = sum(len(campaigns.drafts(workspace, campaign.id)) for campaign in campaigns.listing(workspace))
    people = len(building.listing(workspace))
    return f"Of the demo {files} of {len(KINDS)} files, {people} personas and {made} drafts were made and kept."


def _path(workspace: Workspace, data: bytes) -> Path:
    return keep_upload(workspace, DEMO_USER, io.BytesIO(data), len(data))[0]


def _record(workspace: Workspace, name: str, kind: str, data: bytes) -> int:
    path = _path(workspace, data)
    preview = imports.look(workspace, path, name, kind)
    how = "file" if kind in ("profiles", "reviews") else "none"
    order = Order(path, name, preview.file_sha256, kind, preview.mapping, Consent(how))  # type: ignore[arg-type]
    return imports.record(workspace, order, DEMO_USER)


def _survey(workspace: Workspace, data: bytes) -> int:
    """Bring the survey in, unless a worker that died had done so."""
    kept = waves.listing(workspace)
    if kept:
        return kept[0].id
    path = _path(workspace, data)
    basis = "Invented people, made up for this demo"
    order = SurveyOrder(((path, "survey.csv"),), name="Autumn followers, before and after", basis=basis)
    return importing.bring_in(workspace, DEMO_USER, order)


def _pictures(workspace: Workspace) -> int:
    pictures = demo_pictures()
    for product in catalogue.listing(workspace):
        if product.key in pictures and not catalogue.images(workspace, product.id):
            catalogue.add_image(workspace, DEMO_USER, product.id, pictures[product.key])
    return len(pictures)


def _campaign(workspace: Workspace) -> int:
    by_key = {p.key: p.id for p in catalogue.listing(workspace)}
    found = building.listing(workspace)[:2]
    start = date.today() + timedelta(days=3)
    order = CampaignOrder(
        name="Autumn at Fernwick",
        objective="sales",
        product_ids=tuple(by_key[key] for key in CAMPAIGN_PRODUCTS),
        channels=("instagram", "x", "facebook"),
        persona_ids=tuple(p.id for p in found),
        starts_on=start,
        ends_on=start + timedelta(days=27),
        link="https://shop.example.org/autumn",
        seed=3,
    )
    return campaigns.record(workspace, DEMO_USER, order)
