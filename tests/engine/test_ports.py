from dataclasses import dataclass

import pytest

from engine.ports import PortError, Registry


@dataclass(frozen=True)
class Writer:
    name: str


def test_entries_keep_their_order_and_are_found_by_name():
    found = Registry("writer", Writer("b"), Writer("a"))
    assert [entry.name for entry in found] == ["b", "a"]
    assert found["a"] == Writer("a")


def test_a_name_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(PortError, match=r"no writer “c”\. There are: b, a"):
        Registry("writer", Writer("b"), Writer("a"))["c"]
    with pytest.raises(PortError, match="There are: none"):
        Registry("writer")["c"]


@pytest.mark.parametrize(("name", "why"), [("a", "already"), ("", "has 0"), ("n" * 41, "has 41")])
def test_a_name_is_taken_once_and_can_be_kept(name: str, why: str):
    found = Registry("writer", Writer("a"))
    with pytest.raises(PortError, match=why):
        found.register(Writer(name))
    assert found.register(Writer("n" * 40)) in list(found)
