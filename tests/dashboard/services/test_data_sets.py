"""A metric belongs to its data set: newer exports update it, other files with the same columns do not touch it."""

from __future__ import annotations

import pytest

from analytics.intake import IntakeError
from dashboard.services.impact import effects
from dashboard.services.impact import series as impact_series
from dashboard.services.impact.series import ImpactServiceError


def series(first, count, level):
    return "date,value\n" + "".join(f"2024-01-{d:02d},{level + d}\n" for d in range(first, first + count))


def posts(*ids, likes=5):
    return "post_id,posted_at,text,likes\n" + "".join(f"{i},2024-01-0{i},Post {i},{likes}\n" for i in ids)


def counts(record):
    return (record.rows_new, record.rows_updated, record.rows_same, record.rows_rejected)


def test_two_files_with_the_same_columns_stay_two_metrics(workspace, bring_in):
    bring_in(series(1, 10, 1000), "metrics", name="sales.csv")
    bring_in(series(11, 10, 20), "metrics", name="visitors.csv")
    names = [m.metric for m in impact_series.measurable(workspace)]
    assert names == ["value (sales)", "value (visitors)"]
    assert impact_series.read(workspace, effects.find(workspace, "value (sales)"))["value"].min() == 1001
    assert impact_series.read(workspace, effects.find(workspace, "value (visitors)"))["value"].max() == 40
    with pytest.raises(ImpactServiceError, match=r"Several data sets have a metric called “value”.*value \(sales\)"):
        effects.find(workspace, "value")


@pytest.mark.parametrize("name", ["reach_2024-02.csv", "reach (1).csv", "another name.csv"])
def test_an_overlapping_export_updates_its_series_whatever_it_is_called(workspace, bring_in, name):
    bring_in(series(1, 10, 100), "metrics", name="reach_2024-01.csv")
    record = bring_in(series(6, 10, 100).replace("2024-01-10,110", "2024-01-10,111"), "metrics", name=name)
    assert counts(record) == (5, 1, 4, 0)
    (metric,) = impact_series.measurable(workspace)
    assert (metric.metric, metric.n) == ("value", 15)
    assert impact_series.read(workspace, metric)["value"].iloc[9] == 111


def test_other_numbers_under_an_old_name_are_asked_about(workspace, bring_in):
    bring_in(series(1, 10, 1000), "metrics", name="data.csv")
    with pytest.raises(IntakeError, match="other numbers for 10 of the same days"):
        bring_in(series(1, 10, 5), "metrics", name="data.csv")
    assert effects.find(workspace, "value").n == 10


def test_posts_are_known_by_their_ids_in_a_file_of_any_name(bring_in):
    assert counts(bring_in(posts(1, 2, 3), "posts", name="may.csv")) == (3, 0, 0, 0)
    assert counts(bring_in(posts(3, 4, likes=9), "posts", name="june export.csv")) == (1, 1, 0, 0)


def test_exact_repeats_are_said_and_counted_once(bring_in):
    twice = posts(1, 2) + "2,2024-01-02,Post 2,5\n2,2024-01-02,Post 2,6\n"
    assert counts(bring_in(twice, "posts")) == (3, 0, 0, 1)
    assert counts(bring_in(series(1, 3, 1) + "2024-01-03,4\n", "metrics", name="m.csv")) == (3, 0, 0, 1)
