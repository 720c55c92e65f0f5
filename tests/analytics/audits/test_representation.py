"""The audit's own statistics against SciPy and statsmodels, and its laws."""

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analytics.audits import AuditError, age_band, hypergeometric_p, representation


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_exact_test_is_fishers(data):
    base_n = data.draw(st.integers(1, 400))
    base_hits = data.draw(st.integers(0, base_n))
    n = data.draw(st.integers(0, base_n))
    hits = data.draw(st.integers(max(0, n - base_n + base_hits), min(n, base_hits)))
    table = [[hits, n - hits], [base_hits - hits, base_n - n - base_hits + hits]]
    assert hypergeometric_p(hits, n, base_hits, base_n) == pytest.approx(
        stats.fisher_exact(table).pvalue, rel=1e-6, abs=1e-12
    )


def test_the_exact_test_bears_a_million_people():
    assert hypergeometric_p(25_000, 100_000, 250_000, 1_000_000) == pytest.approx(1.0)
    assert hypergeometric_p(26_000, 100_000, 250_000, 1_000_000) < 1e-9


def test_a_group_that_does_not_fit_the_base_is_refused():
    with pytest.raises(AuditError, match="cannot be part of"):
        hypergeometric_p(6, 10, 5, 100)


@pytest.mark.parametrize(
    ("age", "band"),
    [(17.9, "under 18"), (18, "18-24"), (64, "55-64"), (65, "65 and over"), (None, None), (math.nan, None), (-1, None)],
)
def test_ages_fall_into_bands(age, band):
    assert age_band(age) == band


def people(women, men, others=0):
    levels = ["woman"] * women + ["man"] * men + ["other"] * others
    return pd.DataFrame({"gender": levels}, index=[f"p{i}" for i in range(len(levels))])


def test_a_group_of_women_only_has_more_women_and_fewer_men():
    base = people(200, 200)
    found = {r.level: r for r in representation(base, {"A": list(base.index[:60])}, fewest=10)}
    assert (found["woman"].verdict, found["man"].verdict) == ("more", "fewer")
    assert (found["woman"].hits, found["woman"].n, found["woman"].base_share) == (60, 60, 0.5)


def test_a_group_like_the_base_shows_no_difference():
    base = people(200, 200)
    group = [*base.index[:30], *base.index[200:230]]
    assert {r.verdict for r in representation(base, {"A": group}, fewest=10)} == {"no difference shown"}


def test_too_few_people_tell_nothing_and_show_no_numbers():
    base = people(200, 200, others=9)
    found = representation(base, {"big": list(base.index[:60]), "small": list(base.index[:9])}, fewest=10)
    by = {(r.group, r.level): r for r in found}
    for key in [("big", "other"), ("small", "woman"), ("small", "man")]:
        assert by[key].verdict == "too few to tell"
        assert by[key].hits == 0
        assert math.isnan(by[key].share)
    assert by[("big", "woman")].verdict == "more"


def test_people_outside_the_base_do_not_count():
    base = people(50, 50)
    found = representation(base, {"A": [*base.index[:20], "gone", "withdrawn"]}, fewest=10)
    assert {r.n for r in found} == {20}


def test_the_same_person_twice_is_refused():
    base = people(5, 5)
    with pytest.raises(AuditError, match="only once"):
        representation(pd.concat([base, base]), {"A": ["p1"]}, fewest=10)


def test_groups_drawn_blindly_are_rarely_called_different():
    rng, wrong = np.random.default_rng(3), 0
    base = people(300, 200)
    for _ in range(200):
        order = rng.permutation(base.index)
        found = representation(base, {"A": order[:120], "B": order[120:300], "C": order[300:]}, fewest=10)
        wrong += any(r.verdict in ("more", "fewer") for r in found)
    # Holm keeps the chance of any false alarm at 5%; 18 of 200 would be beyond 99% of its spread.
    assert wrong <= 18


def test_the_audit_needs_no_heavy_library():
    code = "import sys, analytics.audits; print([m for m in ('scipy', 'statsmodels', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
