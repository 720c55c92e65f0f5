"""Roles are kept by the services, not by the menus: every function that changes something asks first."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import SQLModel

from dashboard import services
from dashboard.jobs import kinds
from dashboard.services.people import LOCAL_USER, ROLES, NotAllowedError, User

FOLDER = Path(services.__file__).parent
MODULES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts): ".".join(
        ("dashboard", "services", *path.relative_to(FOLDER).with_suffix("").parts)
    )
    for path in sorted(FOLDER.rglob("[a-z]*.py"))
}
MODULES |= {f"jobs.{name}": f"dashboard.jobs.{name}" for name in ("asking", "settling", "working")}
pytestmark = pytest.mark.filterwarnings("ignore:fully NULL primary key")
EDITORS, REVIEWERS = {"editor", "admin"}, {"reviewer", "admin"}
MAY = {
    "audits.erasure.erase": {"admin"},
    "audits.proof.accept": {"admin"},
    "audits.erasure.find": {"admin"},
    "data.catalogue.add_fact": EDITORS,
    "data.catalogue.add_image": EDITORS,
    "data.catalogue.remove_fact": EDITORS,
    "data.catalogue.rename": EDITORS,
    "data.imports.begin": EDITORS,
    "data.imports.record": EDITORS,
    "data.imports.undo_import": EDITORS,
    "data.uploads.keep_upload": EDITORS,
    "files.keep_model": {"admin"},
    "files.remove": {"admin"},
    "files.sweep": {"admin"},
    "impact.records.add_intervention": EDITORS,
    "impact.records.save": EDITORS,
    "jobs.asking.cancel": EDITORS,
    "people.disable": {"admin"},
    "people.save_user": {"admin"},
    "people.sign_accounts": {"admin"},
    "personas.building.archive": EDITORS,
    "personas.building.build": EDITORS,
    "personas.building.edit": EDITORS,
    "personas.building.record": EDITORS,
    "personas.by_hand.make": EDITORS,
    "review.deciding.approve_all_without_findings": REVIEWERS,
    "review.deciding.decide": REVIEWERS,
    "review.exporting.export": EDITORS | REVIEWERS,
    "studio.brand.save": EDITORS,
    "studio.campaigns.create": EDITORS,
    "studio.campaigns.edit": EDITORS,
    "studio.campaigns.go_back": EDITORS,
    "studio.campaigns.record": EDITORS,
    "studio.campaigns.regenerate_part": EDITORS,
    "studio.checks.ask_deep": EDITORS | REVIEWERS,
    "studio.checks.check_again": EDITORS | REVIEWERS,
    "surveys.importing.bring_in": EDITORS,
    "surveys.open_answers.change": EDITORS,
    "surveys.open_answers.suggest": EDITORS,
    "surveys.open_answers.take_codes": EDITORS,
    "surveys.theme_shares.code_rest": EDITORS,
    "surveys.waves.state_basis": EDITORS,
}
# Everybody may read a report, change their own password, and work on a codebook that nobody has kept yet.
FOR_EVERYBODY = {
    "reports.building.campaign_report",
    "reports.building.keep",
    "people.change_password",
    "surveys.open_answers.split_by_word",
}
# The worker and the start-up run these for somebody who was asked before; no page or command calls them.
FOR_THE_WORKER = {
    "demo.asking.begin",
    "demo.coding.code_survey",
    "demo.filling.run_filling",
    "demo.filling.tidy_filling",
    "data.imports.put_away",
    "personas.building.put_away",
    "studio.checks.run_deep",
    "jobs.asking.enqueue",
    "jobs.settling.settle",
    "jobs.working.wait",
    "jobs.working.work_forever",
    "jobs.working.working",
}
# What these write is only what they remove: copies that had their time or that nobody waits for.
PUTTING_AWAY = {
    "files.drop",
    "files.drop_material",
    "files.forget_old",
    "files.tidy",
    "data.looking.look",
    "data.uploads.drop_upload",
}
OUTSIDE = ("pages", "dashboard/sections", "dashboard/components", "dashboard/commands")


def public_functions():
    for short, name in MODULES.items():
        for function_name, function in inspect.getmembers(importlib.import_module(name), inspect.isfunction):
            if function.__module__ == name and not function_name.startswith("_"):
                yield f"{short}.{function_name}", function


def asks_who(function):
    return any(str(p.annotation) == "User" for p in inspect.signature(function).parameters.values())


FUNCTIONS = dict(public_functions())


def call(function, workspace, user):
    """Call with who is asking and nothing else: the role is looked at before anything."""
    given = {"workspace": workspace, "User": user}
    parameters = inspect.signature(function).parameters.values()
    return function(*(given.get(p.name, given.get(str(p.annotation))) for p in parameters if p.default is p.empty))


def rows(workspace):
    with workspace.database.reading() as session:
        return {
            name: session.execute(select(func.count()).select_from(table)).scalar()
            for name, table in SQLModel.metadata.tables.items()
        }


def test_the_table_names_every_function_that_asks_who():
    asking = {name for name, function in FUNCTIONS.items() if asks_who(function)} - {"people.require"}
    assert asking == set(MAY) | FOR_EVERYBODY


@pytest.mark.parametrize("name", MAY)
def test_a_role_that_must_not_is_refused_before_anything_else(workspace, name):
    before = rows(workspace)
    for role in set(ROLES) - MAY[name]:
        with pytest.raises(NotAllowedError, match=f"As {role} you cannot"):
            call(FUNCTIONS[name], workspace, User("Vi", role))
    assert rows(workspace) == before


@pytest.mark.parametrize("name", MAY)
def test_a_role_that_may_is_not_refused(workspace, name):
    for role in MAY[name]:
        refused = ""
        try:
            call(FUNCTIONS[name], workspace, User("Ed", role))
        except Exception as error:  # whatever nothing leads to
            refused = str(error)
        assert not refused.startswith("As ")


def test_the_local_person_may_do_everything():
    assert all(LOCAL_USER.role in roles for roles in MAY.values())


def called(node, here="", known=None):
    """Return what a function calls: ``module.name`` for functions of the services, ``.name`` for methods."""
    for part in ast.walk(node):
        target = part.func if isinstance(part, ast.Call) else None
        by_name = [target] if target else []
        if getattr(target, "id", "") == "partial" or getattr(target, "attr", "") == "step":
            by_name += part.args
        for name in by_name:
            if isinstance(name, ast.Name):
                yield (known or {}).get(name.id, f"{here}.{name.id}")
            elif isinstance(name, ast.Attribute):
                yield f".{name.attr}"
                if isinstance(name.value, ast.Name) and name.value.id in (known or {}):
                    yield f"{known[name.value.id]}.{name.attr}"


def known_names(tree):
    """Return which module or function of the services a name stands for in a file."""
    found, shorts = {}, {name: short for short, name in MODULES.items()} | {"dashboard.jobs": "jobs.asking"}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            if f"{node.module}.{alias.name}" in shorts:
                found[alias.asname or alias.name] = shorts[f"{node.module}.{alias.name}"]
            elif node.module in shorts:
                found[alias.asname or alias.name] = f"{shorts[node.module]}.{alias.name}"
    return found


def writers():
    """Return every function of the services that reaches a write, by whatever way."""
    calls = {}
    for short, name in MODULES.items():
        tree = ast.parse(Path(importlib.import_module(name).__file__).read_text())
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                calls[f"{short}.{node.name}"] = set(called(node, short, known_names(tree)))
    reached = {name for name, found in calls.items() if ".writing" in found}
    while more := {name for name, found in calls.items() if found & reached} - reached:
        reached |= more
    return reached


def jobs_work():
    """Return what the worker runs, as the table of jobs names it."""
    paths = {path for kind in kinds.KINDS.values() for path in (kind.run, kind.tidy) if path}
    return {path.removeprefix("dashboard.services.").replace(":", ".") for path in paths}


def test_whatever_writes_asks_who():
    silent = {n for n in writers() & set(FUNCTIONS) if not asks_who(FUNCTIONS[n])}
    assert silent - jobs_work() <= FOR_THE_WORKER | PUTTING_AWAY
    assert len(writers() & set(MAY)) > 20


def test_no_page_or_command_does_the_workers_part():
    root = FOLDER.parents[1]
    internal = (FOR_THE_WORKER | PUTTING_AWAY | jobs_work()) - {
        "jobs.working.wait",
        "jobs.working.work_forever",
        "demo.asking.begin",
        "data.looking.look",
    }
    for folder in OUTSIDE:
        for path in (root / folder).rglob("*.py"):
            tree = ast.parse(path.read_text())
            assert set(called(tree, known=known_names(tree))) & internal == set(), path.name
