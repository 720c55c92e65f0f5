"""The Impact page as people meet it: pre-flight first, then the verdict, its doubts and the segments."""

from datetime import date, timedelta

import pytest

from dashboard.demo import INTERVENTION_WEEKS, demo_files
from dashboard.services.impact import records
from dashboard.services.people import LOCAL_USER
from tests.pages.conftest import texts
from tests.pages.test_pages import bring_in

LAST_MONDAY = date.today() - timedelta(days=date.today().weekday())
CHANGE = LAST_MONDAY - timedelta(weeks=INTERVENTION_WEEKS)


@pytest.fixture
def demo(workspace):
    bring_in(workspace, demo_files()["metrics.csv"].decode(), "metrics.csv")
    return workspace


def told(app):
    """What the page says, without the marks that keep Markdown from reading it as Markdown."""
    return texts(app).replace("\\", "")


def press(app, label):
    next(b for b in app.button if b.label == label).click()
    return app.run()


def test_nothing_is_measured_before_it_is_asked_for(visit, demo):
    app = visit("impact", metric="engagement")
    assert not app.exception
    assert "would be found in 4 of 5 cases" in texts(app)
    assert "Effect found" not in texts(app)
    assert not app.get("plotly_chart")


def test_the_verdict_its_doubts_and_the_segments_are_told(visit, demo):
    app = press(visit("impact", metric="engagement", on=str(CHANGE)), "Measure the effect")
    said = told(app)
    assert not app.exception
    assert not app.error
    assert "✓ Effect found: engagement rose by" in said
    assert "26 weeks before and 26 after" in said
    assert "What could be wrong" in said
    assert "18-24 gains more than the others" in said
    assert len(app.get("plotly_chart")) == 3
    assert all(chart.proto.alt for chart in app.get("plotly_chart"))


def test_another_metric_has_to_be_asked_for_anew(visit, demo):
    app = press(visit("impact", metric="engagement"), "Measure the effect")
    app.selectbox(key="metric").set_value("sales").run()
    assert "Effect found" not in texts(app)
    assert "Effect found: sales rose by" in told(press(app, "Measure the effect"))


@pytest.mark.parametrize(
    ("days", "said"),
    [(-800, "before the first week"), (400, "still to come")],
)
def test_a_change_outside_the_data_is_a_sentence(visit, demo, days, said):
    app = visit("impact", metric="sales", on=str(date.today() + timedelta(days=days)))
    assert not app.exception
    assert said in texts(app)


def test_a_shape_is_chosen_before_anything_is_measured(visit, demo):
    app = visit("impact", metric="sales", on=str(CHANGE))
    app.selectbox(key="shape").set_value("burst").run()
    app.date_input(key="until").set_value(CHANGE + timedelta(days=55)).run()
    assert "as an average over the burst" in texts(app)
    said = told(press(app, "Measure the effect"))
    assert "8 in the burst" in said
    assert "did not end with its last day" in said
    app.selectbox(key="shape").set_value("ramp").run()
    assert "8 in the burst" not in told(app)
    assert not app.exception


def test_a_noted_change_can_be_chosen_and_a_result_is_kept(visit, demo):
    number = records.add_intervention(demo, LOCAL_USER, "New posts", CHANGE, 14)
    app = visit("impact", metric="sales")
    app.selectbox(key="change").set_value(number).run()
    app = press(app, "Measure the effect")
    assert "weeks in which New posts happened or settled" in texts(app)
    press(app, "Keep")
    kept = records.saved(demo)
    assert [(k.metric, k.intervention.name, k.intervention.washout_days) for k in kept] == [("sales", "New posts", 14)]
    assert "Kept results" in texts(app)


def test_a_noted_change_brings_the_shape_that_was_stated_for_it(visit, demo):
    number = records.add_intervention(demo, LOCAL_USER, "Fair", CHANGE, shape="ramp", ramp_days=21)
    app = visit("impact", metric="sales")
    app.selectbox(key="change").set_value(number).run()
    assert app.selectbox(key=f"shape-{number}").value == "ramp"
    assert app.number_input(key=f"ramp-days-{number}").value == 21


def test_a_shape_is_noted_with_a_change_on_the_page(visit, demo):
    app = visit("impact", metric="sales")
    next(t for t in app.text_input if t.label == "What changed").set_value("Fair")
    next(s for s in app.selectbox if s.label == "What you expect its effect to look like").set_value("burst")
    next(d for d in app.date_input if d.label == "Last day, for a burst only").set_value(date.today())
    assert not press(app, "Note it").error
    shape = records.interventions(demo)[0].shape
    assert (shape.kind, shape.until, shape.ramp_days) == ("burst", date.today(), None)


def test_holidays_own_events_and_controls_are_held_and_said(visit, demo):
    app = visit("impact", metric="sales", on=str(CHANGE))
    app.text_input(key="country").set_value("DE")
    app.text_area(key="events").set_value(f"Outage = {CHANGE - timedelta(days=70)}..{CHANGE - timedelta(days=57)}")
    app.multiselect(key="controls").set_value(["click-through"])
    said = told(press(app.run(), "Measure the effect"))
    assert not app.exception
    assert "Held beside the effect: " in said
    assert "public holidays, Outage" in said
    assert "Measured beside a control series" in said
    assert "The plain difference to the control" in said


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("country", "QQ", "no calendar for"), ("events", "Sale on Monday", "is no event")],
)
def test_a_country_or_an_event_that_is_none_is_a_sentence(visit, demo, field, value, said):
    app = visit("impact", metric="sales", on=str(CHANGE))
    (app.text_input if field == "country" else app.text_area)(key=field).set_value(value)
    app = app.run()
    assert not app.exception
    assert any(said in error.value for error in app.error)


def test_a_settling_time_past_the_data_is_refused(visit, demo):
    number = records.add_intervention(demo, LOCAL_USER, "New posts", CHANGE, 300)
    app = visit("impact", metric="sales")
    app.selectbox(key="change").set_value(number).run()
    assert any("wait for data after it" in e.value for e in app.error)


def test_posts_without_dates_leave_the_page_with_a_next_step(visit, workspace):
    bring_in(workspace, "post_id,channel,text,likes\nP1,x,Soft linen,4\n", "posts.csv")
    app = visit("impact")
    assert not app.exception
    assert "No numbers over time yet" in texts(app)


def opened(visit, key, **asked):
    """The page with one of its panels open."""
    app = visit("impact", **asked)
    app.session_state[key] = True
    return app.run()


def test_costs_other_methods_and_factors_are_told_when_opened(visit, demo):
    bring_in(demo, demo_files()["posts.csv"].decode(), "posts.csv")
    app = opened(visit, "costs", metric="engagement", on=str(CHANGE))
    assert "Cost per engagement fell by" in told(app)
    app = opened(visit, "factors", metric="engagement")
    assert "association, not proof" in told(app)
    assert any("held equal" in caption.value for caption in app.caption)
    app = press(opened(visit, "others", metric="engagement", on=str(CHANGE)), "Measure the effect")
    assert any("the verdict above does not use them" in caption.value for caption in app.caption)
    assert not app.exception


def test_ab_tests_are_told_where_posts_hold_some(visit, workspace):
    trial = "campaign,wording,impressions,clicks\n" + "".join(
        f"T,{w},4000,{n}\n" for w, n in [("old", 120), ("new", 190)] * 4
    )
    bring_in(workspace, trial, "posts.csv")
    app = opened(visit, "ab")
    assert "No numbers over time yet" in texts(app)
    assert "does better" not in told(app)
    app.selectbox(key="ab-test").set_value("campaign").run()
    app.selectbox(key="ab-variant").set_value("wording").run()
    assert "1 variant of 1 does better or worse" in told(app)
    assert not app.exception
