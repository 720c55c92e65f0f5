"""A codebook is its events: replay, undo, merge and split keep every coding straight."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.kept import KeptFormError
from analytics.surveys import Codebook, SurveyError, codebook_table, coded_table, not_publishable, phases, read_answers


def book():
    made = Codebook()
    for name in ("Food", "Staff", "Price"):
        made.create(name, by="ann")
    return made


def test_codes_are_created_renamed_and_removed():
    b = book()
    b.rename("c1", "Meals", by="ann", description="What is eaten")
    assert b.code("c1").name == "Meals"
    b.assign("a1", ["c1", "c2"], by="ann")
    b.remove("c1", by="ann")
    assert b.codings("ann") == {"a1": frozenset(["c2"])}
    assert b.create("Food again", by="ann").id == "c4"


def test_names_are_unique_and_needed():
    b = book()
    with pytest.raises(SurveyError, match='already is a code "Food"'):
        b.create(" food ", by="ann")
    with pytest.raises(SurveyError, match="needs a name"):
        b.create(" ", by="ann")
    with pytest.raises(SurveyError, match="name of the person"):
        b.create("Other", by="")
    with pytest.raises(SurveyError, match='no code "c9"'):
        b.assign("a1", ["c9"], by="ann")


def test_merge_moves_codings_and_examples():
    b = book()
    b.assign("a1", ["c1"], by="ann")
    b.assign("a2", ["c1", "c2"], by="bob")
    b.exemplify("c1", "a1", by="ann")
    b.merge(["c1"], "c2", by="ann")
    assert b.codings("ann")["a1"] == b.codings("bob")["a2"] == frozenset(["c2"])
    assert b.exemplars("c2") == ("a1",)
    assert [c.name for c in b.codes] == ["Staff", "Price"]


def test_split_moves_only_the_named_answers():
    b = book()
    for answer in ("a1", "a2", "a3"):
        b.assign(answer, ["c1"], by="ann")
    warm, cold = b.split("c1", {"Hot food": ["a1"], "Cold food": ["a2"]}, by="ann")
    given_codes = b.codings("ann")
    assert given_codes == {"a1": {warm.id}, "a2": {cold.id}, "a3": {"c1"}}


def test_undo_takes_back_one_step_at_a_time():
    b = book()
    b.assign("a1", ["c1"], by="ann")
    b.merge(["c1"], "c2", by="ann")
    assert b.undo(by="ann").kind == "merge"
    assert b.codings("ann") == {"a1": frozenset(["c1"])}
    assert b.undo(by="ann").kind == "assign"
    assert b.codings("ann") == {}
    with pytest.raises(SurveyError, match="nothing to undo"):
        Codebook().undo(by="ann")


def test_undo_takes_back_ones_own_step_only():
    b = book()
    b.assign("a1", ["c1"], by="ann")
    b.assign("a1", ["c2"], by="bob")
    assert b.undo(by="ann").codes == ("c1",)
    assert (b.codings("ann"), b.codings("bob")) == ({}, {"a1": frozenset(["c2"])})
    assert not b.may_undo("eve")
    with pytest.raises(SurveyError, match="nothing to undo"):
        b.undo(by="eve")


def test_a_step_that_others_built_on_stays():
    b = Codebook()
    b.create("Food", by="ann")
    b.assign("a1", ["c1"], by="bob")
    with pytest.raises(SurveyError, match="built on it since"):
        b.undo(by="ann")
    assert b.codings("bob") == {"a1": frozenset(["c1"])}


def test_an_undone_codes_number_is_not_given_again():
    b = book()
    b.create("Room", by="bob")
    b.undo(by="ann")  # takes back Price, the third
    assert [c.id for c in b.codes] == ["c1", "c2", "c4"]
    assert b.create("Price", by="ann").id == "c5"


def test_undo_as_it_was_stored_before_still_takes_back_the_newest():
    stored = [*book().events, {"kind": "undo", "by": "bob"}]
    assert [c.name for c in Codebook(stored).codes] == ["Food", "Staff"]


def test_answers_coded_before_a_code_existed_are_to_be_read_again():
    b = book()
    b.assign("a1", ["c1"], by="ann")
    b.assign("a2", [], by="bob")
    assert b.coded_before() == ()
    b.create("Room", by="ann")
    assert b.coded_before() == ("a1", "a2")
    assert b.coded_before("bob") == ("a2",)
    b.assign("a1", ["c4"], by="ann")
    b.split("c4", {"Bed": ["a1"]}, by="ann")
    assert b.coded_before() == ("a2",)


def test_drafts_count_for_nothing_until_accepted():
    b = Codebook()
    draft = b.create("staff, kind", by="machine", draft=True)
    b.assign("a1", [draft.id], by="ann")
    assert b.codings() == {"a1": frozenset()}
    assert any("suggestions" in r for r in not_publishable(b, 100))
    b.accept(draft.id, by="ann")
    assert b.codings() == {"a1": frozenset([draft.id])}


def test_disagreement_waits_for_a_decision():
    b = book()
    b.assign("a1", ["c1"], by="ann")
    b.assign("a1", ["c2"], by="bob")
    assert b.codings() == {}
    b.resolve("a1", ["c1", "c2"], by="ann")
    assert b.codings() == {"a1": frozenset(["c1", "c2"])}


steps = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.integers(0, 9)),
        st.tuples(st.just("assign"), st.integers(0, 9)),
        st.tuples(st.just("merge"), st.integers(0, 9)),
        st.tuples(st.just("split"), st.integers(0, 9)),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.just("undo"), st.integers(0, 9)),
    ),
    max_size=30,
)


def take(b, kind, k):
    codes = [c.id for c in b.codes]
    if kind == "create" and b.named(f"Code {k}") is None:
        b.create(f"Code {k}", by="ann")
    elif kind == "undo":
        before = b.events
        try:
            b.undo(by="ann" if k % 2 else "bob")
        except SurveyError:
            assert b.events == before
    elif codes:
        code = codes[k % len(codes)]
        if kind == "assign":
            b.assign(f"a{k}", [code], by="bob")
        elif kind == "merge" and len(codes) > 1:
            b.merge([code], codes[(k + 1) % len(codes)], by="ann")
        elif kind == "split" and b.named(f"Part {k}") is None:
            b.split(code, {f"Part {k}": [f"a{k}"]}, by="ann")
        elif kind == "remove":
            b.remove(code, by="ann")


@settings(deadline=None, max_examples=60)
@given(steps)
def test_replaying_stored_events_gives_the_same_book(done):
    b = Codebook()
    for kind, k in done:
        take(b, kind, k)
    again = Codebook(json.loads(json.dumps(b.events)))
    assert again.codes == b.codes
    assert again.codings("bob") == b.codings("bob")
    known = {c.id for c in b.codes}
    assert all(codes <= known for codes in b.codings("bob").values())


def test_unknown_events_are_refused():
    with pytest.raises(KeptFormError, match=r"step of a codebook is not as format 1 has it \(see: kind\)"):
        Codebook([{"kind": "explode", "by": "ann"}])
    with pytest.raises(KeptFormError, match="newer version"):
        Codebook([*book().events, {"kind": "explode", "by": "ann", "format": 2}])


def test_phases_say_what_is_next_until_all_are_done():
    b = book()
    assert not phases(b, 100)[0].done
    for k in range(20):
        b.star(f"a{k}", by="ann")
        b.assign(f"a{k}", ["c1"], by="ann")
    assert [p.done for p in phases(b, 100)][:3] == [True, True, False]
    b.group(["c1", "c2", "c3"], "Service", by="ann")
    for code in ("c1", "c2", "c3"):
        b.exemplify(code, "a1", by="ann")
    assert not_publishable(b, 100) == ("Some themes have no definition: Service.",)
    b.define("Service", "How people are served", by="ann")
    assert all(p.done for p in phases(b, 100))
    assert not_publishable(b, 100) == ()


def test_exports_hold_codes_and_who_coded():
    b = book()
    b.assign("0", ["c1"], by="ann")
    answers = read_answers(["Good food", "Kind staff", "-"], ["0", "1", "2"], redact=lambda t: t).answers
    table = coded_table(b, answers, {"1": frozenset(["c2"])})
    assert table["coded by"].tolist() == ["person", "classifier", ""]
    assert table["Food"].tolist()[:2] == [1, 0]
    assert codebook_table(b)["coded answers"].tolist() == [1, 0, 0]
