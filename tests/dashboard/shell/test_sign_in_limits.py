"""Wrong passwords are limited by name and by address, however they are spread, in memory that does not grow."""

import pytest

from dashboard import sign_in_limits
from dashboard.sign_in_limits import ADDRESS, NAME, NAME_AND_ADDRESS, WINDOW, Guesses


class Clock:
    now = 5.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def limit(clock):
    return Guesses(clock)


def allowed(limit, tries):
    return sum(limit.take(name, address) == 0 for name, address in tries)


def test_one_name_from_one_address(limit):
    assert allowed(limit, [("Ada", "192.0.2.1")] * 40) == NAME_AND_ADDRESS
    assert limit.take("Ada", "192.0.2.2") == 0
    assert limit.take("Bo", "192.0.2.1") == 0


def test_many_names_from_one_address(limit):
    assert allowed(limit, [(f"name {i}", "192.0.2.1") for i in range(200)]) == ADDRESS


def test_one_name_from_many_addresses(limit):
    assert allowed(limit, [("Ada", f"192.0.2.{i}") for i in range(200)]) == NAME


def test_a_wait_is_told_and_is_enough(limit, clock):
    allowed(limit, [("Ada", "192.0.2.1")] * NAME_AND_ADDRESS)
    wait = limit.take("Ada", "192.0.2.1")
    assert wait == pytest.approx(WINDOW / NAME_AND_ADDRESS)
    clock.now += wait - 1
    assert limit.take("Ada", "192.0.2.1") == pytest.approx(1)
    clock.now += 1.001
    assert limit.take("Ada", "192.0.2.1") == 0
    assert limit.take("Ada", "192.0.2.1") > 0


def test_all_is_forgotten_after_the_window(limit, clock):
    allowed(limit, [("Ada", "192.0.2.1")] * 40)
    clock.now += WINDOW
    assert allowed(limit, [("Ada", "192.0.2.1")] * 40) == NAME_AND_ADDRESS


def test_right_passwords_use_nothing_up(limit):
    for _ in range(100):
        assert limit.take("Ada", "192.0.2.1") == 0
        limit.forgive("Ada", "192.0.2.1")


@pytest.mark.parametrize("same", [("2001:db8::1", "2001:db8::ffff:2"), ("192.0.2.1", "::ffff:192.0.2.1")])
def test_addresses_that_one_person_can_swap_count_as_one(limit, same):
    assert allowed(limit, [("Ada", same[i % 2]) for i in range(40)]) == NAME_AND_ADDRESS


def test_another_ipv6_network_is_another_address(limit):
    allowed(limit, [("Ada", "2001:db8::1")] * 40)
    assert limit.take("Ada", "2001:db8:0:1::1") == 0


def test_invented_names_neither_grow_the_memory_nor_push_a_real_one_out(limit, monkeypatch):
    allowed(limit, [("Ada", "192.0.2.1")] * 40)
    before = {key: len(row) for key, row in limit._used_up.items()}
    for i in range(20_000):
        limit.take(f"invented {i}", f"198.51.{i % 200}.{i // 200}")
    assert {key: len(row) for key, row in limit._used_up.items()} == before
    assert limit.take("Ada", "192.0.2.1") > 0
    assert before[ADDRESS] == sign_in_limits.PLACES
