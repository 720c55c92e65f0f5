"""What kind of number a metric seems to be, from its name and its range."""

import pytest

from analytics.asking.metrics import guessed_kind


@pytest.mark.parametrize(
    ("name", "below", "low", "high", "kind"),
    [
        ("clicks", 5, 0, 10, "rate"),
        ("sales", 0, 10.5, 99.5, "amount"),
        ("follower growth", 0, -5, 20, "amount"),
        ("net score", 0, -5, 20, "level"),
        ("open rate", 0, 1, 60, "rate"),
        ("open rate", 0, -1, 60, "rate"),
        ("growth rate", 0, -1, 6, "amount"),
        ("share", 0, 0.1, 0.7, "rate"),
        ("orders", 0, 0, 700, "count"),
    ],
)
def test_the_kind_of_number_is_guessed(name, below, low, high, kind):
    assert guessed_kind(name, low, high, divided=below > 0) == kind
