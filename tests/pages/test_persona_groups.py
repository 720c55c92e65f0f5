"""Personas page: two personas and two builds side by side, versions, a persona put together by hand."""

from types import SimpleNamespace

import pytest

from dashboard.services.people import LOCAL_USER
from dashboard.services.personas import building
from dashboard.services.personas.by_hand import Choice
from tests.dashboard.services.test_persona_groups import another_build, built, hand_made, members  # noqa: F401
from tests.pages.conftest import copy_in_use, texts


@pytest.fixture
def workspace(built, tmp_path):  # noqa: F811
    with copy_in_use(built, tmp_path / "shop") as opened:
        yield opened


def opened(visit, key):
    app = visit("personas")
    app.session_state[key] = True
    return app.run()


def widget(kind, label):
    return next(w for w in kind if w.label == label)


def test_two_personas_stand_side_by_side(visit, workspace):
    first, second = building.listing(workspace)
    app = opened(visit, "comparison")
    said = texts(app)
    assert "Nobody is in both." in said
    assert said.count(f"n={first.members:,}") >= 1
    assert "Age" in str(app.table[0].value)
    widget(app.selectbox, "Other").set_value(first.id).run()
    widget(app.selectbox, "One").set_value(first.id).run()
    assert "Choose two different personas." in texts(app)
    assert second.name in [s.value for s in app.subheader]


def test_two_builds_tell_who_lives_on(visit, workspace):
    first, second = building.listing(workspace)
    another_build(workspace, {"p1": members(workspace, first.id), "x": members(workspace, second.id)[:10]})
    said = texts(opened(visit, "lived"))
    assert "lives on as **Later p1**: 100% of their people are the same" in said
    assert "people in personas of both builds" in said


def test_versions_of_a_persona_tell_what_changed(visit, workspace):
    first = building.listing(workspace)[0]
    building.edit(workspace, LOCAL_USER, first.id, 1, f"Real {first.name}", "seen by the shop")
    said = texts(opened(visit, f"editor-{first.id}"))
    assert "**Version 2** by" in said
    assert "<ins>Real" in said


def test_people_are_counted_before_a_persona_is_made_by_hand(visit, workspace, monkeypatch):
    asked = []

    def ended(_, job_id):
        told.append(job_id)
        return SimpleNamespace(is_open=False)

    told = []
    monkeypatch.setattr(
        "dashboard.services.personas.by_hand.jobs.enqueue",
        lambda *a: asked.append(a) or "persona-1",
    )
    monkeypatch.setattr("dashboard.sections.personas.by_hand.job_progress", ended)
    first, second = building.listing(workspace)
    app = opened(visit, "by-hand")
    widget(app.multiselect, "Start from the people of").set_value([first.id]).run()
    assert f"**{first.members} people** of 120" in texts(app)
    widget(app.multiselect, "Who have in common").set_value(["income"]).run()
    widget(app.number_input, "Income to").set_value(100.0).run()
    assert "Fewer than 10 people" in texts(app)
    widget(app.multiselect, "Who have in common").set_value([]).run()
    widget(app.button, "Make the persona").click().run()
    assert [e.value for e in app.error] == ["A persona needs a name."]
    widget(app.text_input, "Name of the persona").set_value("Mine").run()
    widget(app.button, "Make the persona").click().run()
    assert asked[0][1] == "persona"
    assert asked[0][3]["choice"]["personas"] == (first.id,)
    assert second.name in texts(app)
    app.run()
    assert told == ["persona-1"]  # said once


def test_a_persona_by_hand_shows_how_it_was_made(visit, workspace):
    first, second = building.listing(workspace)
    hand_made(workspace, Choice(1, "Both of them, young", (first.id,), replaces=second.id))
    said = texts(visit("personas"))
    assert "From “" in said
    assert "Both of them, young" in said
