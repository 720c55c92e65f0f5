"""Personas compared with each other, builds compared, and personas put together by hand."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from analytics.asking.errors import AskingError
from analytics.asking.people import Condition
from analytics.kept import BuildOrder, KeptFormError
from analytics.kept.pairs import TraitPair
from dashboard.cli import app
from dashboard.commands.personas import condition
from dashboard.services.data.imports import Consent
from dashboard.services.people import LOCAL_USER, NotAllowedError, User
from dashboard.services.personas import building, by_hand, comparison
from dashboard.services.personas.building import PersonaError
from dashboard.services.personas.by_hand import Choice
from dashboard.services.personas.comparison import PersonaComparisonError
from dashboard.services.studio.briefs import persona_brief
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from db.repositories import personas as repository
from db.repositories.personas import NewPersona
from tests.dashboard.conftest import InPlace
from tests.dashboard.signed import PEOPLE, bring_in, copy_of


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """120 people of two ages and incomes in one build of two personas."""
    workspace = open_workspace(Settings(workspace=tmp_path_factory.mktemp("groups") / "w", demo=False))
    bring_in(workspace, "people.csv", PEOPLE, "profiles")
    build_id = building.record(workspace, LOCAL_USER, BuildOrder(basis="profiles"))
    building.run_build(workspace, InPlace(), {"build_id": build_id})
    yield workspace
    workspace.database.engine.dispose()


@pytest.fixture
def workspace(built, tmp_path):
    opened = copy_of(built, tmp_path / "w")
    yield opened
    opened.database.engine.dispose()


def members(workspace, persona_id):
    with workspace.database.reading() as session:
        return repository.members(session, persona_id)


def another_build(workspace, groups):
    """Keep a build whose personas have the given members; their cards are those of the first persona."""
    card = building.listing(workspace)[0].card
    with workspace.database.writing() as session:
        number = repository.start_build(session, {"seed": 9}, "You")
        new = [NewPersona(key, f"Later {key}", card, list(people), {}) for key, people in groups.items()]
        repository.add_personas(session, number, new, "build")
        repository.update_build(session, number, state="done", result=repository.build(session, 1).result)
    return number


def hand_made(workspace, choice, author=LOCAL_USER, task=None):
    """Do at once what the worker does."""
    from dataclasses import asdict

    params = {"choice": json.loads(json.dumps(asdict(choice))), "author": author.name}
    return by_hand.run(workspace, task or InPlace(), params)["persona_id"]


def test_two_personas_side_by_side_the_most_different_trait_first(built):
    one, other = (p.id for p in building.listing(built))
    found = comparison.compare(built, one, other)
    assert (found.shared, found.jaccard) == (0, 0.0)
    assert found.traits[0].label in ("Age", "Income")
    gaps = [pair.gap for pair in found.traits]
    assert gaps == sorted(gaps, reverse=True)
    age = next(pair for pair in found.traits if pair.label == "Age")
    card = next(t for t in building.card_of(found.one).traits if t.label == "Age")
    assert (age.one.value, age.one.low, age.one.n) == (card.group, card.low, card.n_group)
    turned = comparison.compare(built, other, one)
    assert [p.label for p in turned.traits] == [p.label for p in found.traits]
    assert turned.words_one == found.words_other


def test_a_persona_is_not_compared_with_itself(built):
    one = building.listing(built)[0].id
    with pytest.raises(PersonaComparisonError, match="two different personas"):
        comparison.compare(built, one, one)


def test_a_trait_of_one_card_only_comes_last():
    pair = TraitPair("Age", "number", None, None)
    assert pair.gap == 0.0


def test_builds_are_paired_by_the_people_they_share(workspace):
    first, second = building.listing(workspace)
    people, others = members(workspace, first.id), members(workspace, second.id)
    later = another_build(workspace, {"p1": others[:-3], "p2": people[: len(people) // 3]})
    found = comparison.compare_builds(workspace, first.build_id, later)
    by_name = {m.before.name if m.before else None: m for m in found.lived}
    assert by_name[second.name].after.name == "Later p1"
    assert by_name[second.name].jaccard == 1.0  # the three who are in no later persona do not count
    assert by_name[second.name].stayed == len(others) - 3
    assert found.people_in_both == len(others) - 3 + len(people) // 3
    assert by_name[first.name].after.name == "Later p2"


def test_a_persona_whose_people_scattered_is_gone_and_the_others_are_new(workspace):
    first, second = building.listing(workspace)
    people, others = members(workspace, first.id), members(workspace, second.id)
    third = len(people) // 3
    groups = {"a": people[:third], "b": people[third : 2 * third], "c": people[2 * third :], "d": others}
    later = another_build(workspace, groups)
    found = comparison.compare_builds(workspace, first.build_id, later)
    assert [m.before.name for m in found.lived if m.after is None] == [first.name]
    assert {m.after.name for m in found.lived if m.before is None} == {"Later a", "Later b", "Later c"}


def test_builds_without_personas_or_the_same_are_refused(workspace):
    build_id = building.listing(workspace)[0].build_id
    empty = another_build(workspace, {})
    with pytest.raises(PersonaComparisonError, match="two different builds"):
        comparison.compare_builds(workspace, build_id, build_id)
    with pytest.raises(PersonaComparisonError, match=f"Build {empty} has no personas"):
        comparison.compare_builds(workspace, build_id, empty)


def test_people_can_be_chosen_by_what_enough_of_them_share(built):
    found = {a.name: a for a in by_hand.attributes(built, 1)}
    assert found["gender"].levels == ("female", "male")
    assert found["age"].low >= 25
    assert found["age"].high <= 59
    assert "country" not in found  # nobody gave one


def test_a_persona_by_hand_holds_exactly_the_people_chosen(workspace):
    first, second = building.listing(workspace)
    choice = Choice(1, "Women", (first.id, second.id), (Condition("gender", ("female",)),))
    seen = by_hand.preview(workspace, choice)
    assert (seen.people, seen.of) == (50, 120)
    made = building.newest(workspace, hand_made(workspace, choice))
    assert (made.members, made.name, made.build_id) == (50, "Women", 1)
    assert building.card_of(made).share == pytest.approx(50 / 120)
    assert "by hand" in building.card_of(made).why
    assert made.note == f"From “{first.name}” and “{second.name}”; gender is female."
    assert building.card_of(made).confidence == "low"


def test_numbers_count_at_both_ends(workspace):
    ages = [c.split(",")[1] for c in PEOPLE.splitlines()[1:]]
    wanted = sum(26 <= int(a) <= 55 for a in ages)
    choice = Choice(1, "Middle", (), (Condition("age", low=26, high=55),))
    assert by_hand.preview(workspace, choice).people == wanted


def test_the_old_persona_is_put_away_when_the_new_one_takes_its_place(workspace):
    first, second = building.listing(workspace)
    made = hand_made(workspace, Choice(1, "Men of it", (first.id,), (Condition("gender", ("male",)),), first.id))
    assert [p.id for p in building.listing(workspace)] == [second.id, made]


def test_a_job_that_runs_twice_makes_one_persona(workspace):
    task = InPlace()
    choice = Choice(1, "Women", (), (Condition("gender", ("female",)),))
    one = hand_made(workspace, choice, task=task)
    task.done.clear()  # as after a crash before the step was recorded
    assert hand_made(workspace, choice, task=task) == one
    assert len(building.listing(workspace)) == 3


def test_too_few_people_are_not_even_counted(workspace):
    youngest = Choice(1, "Few", (), (Condition("income", low=20_000, high=20_100),))
    people, _ = by_hand.chosen(workspace, youngest)
    assert 0 < len(people) < 10
    assert by_hand.preview(workspace, youngest).people is None
    with pytest.raises(PersonaError, match="at least 10 people"):
        by_hand.make(workspace, LOCAL_USER, youngest)
    nearly_all = Choice(1, "All but few", (), (Condition("income", low=20_100),))
    assert by_hand.preview(workspace, nearly_all).people is None


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (Choice(1, " ", (1,)), "needs a name"),
        (Choice(1, "All"), "Choose personas to start from"),
        (Choice(1, "X", (), (Condition("shoe size", low=1),)), "have no “shoe size”. Choose by: "),
        (Choice(1, "X", (), (Condition("gender", low=1),)), "“gender” is no number"),
    ],
)
def test_what_cannot_be_put_together_is_said(workspace, choice, sentence):
    with pytest.raises((PersonaError, AskingError), match=sentence):
        by_hand.make(workspace, LOCAL_USER, choice)


def test_people_of_another_build_cannot_be_mixed_in(workspace):
    first = building.listing(workspace)[0]
    later = another_build(workspace, {"p1": members(workspace, first.id)})
    with pytest.raises(PersonaError, match=f"is not of build {later}"):
        by_hand.preview(workspace, Choice(later, "X", (first.id,)))


def test_a_viewer_may_not(workspace):
    with pytest.raises(NotAllowedError):
        by_hand.make(workspace, User("Vi", "viewer"), Choice(1, "X", (1,)))


def test_whoever_withdrew_is_not_in_a_new_persona(workspace):
    first = building.listing(workspace)[0]
    before = building.listing(workspace)[0].members
    text = "customer_id,purpose,action\n" + "".join(f"C{i},profiling,withdrawn\n" for i in range(20))
    bring_in(workspace, "consents.csv", text, "consents", Consent())
    people, total = by_hand.chosen(workspace, Choice(1, "X", (first.id,)))
    assert total == 100
    assert len(people) == before - 10  # every other of the first twenty


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("age=30..45", Condition("age", low=30, high=45)),
        ("age = 30..", Condition("age", low=30)),
        ("age=..45", Condition("age", high=45)),
        ("region=West, South", Condition("region", ("West", "South"))),
    ],
)
def test_conditions_are_read_and_said(text, wanted):
    assert condition(text) == wanted
    assert wanted.attribute in wanted.sentence()


@pytest.mark.parametrize("text", ["age", "=3", "age=", "age=..", "age=young..old"])
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(ValueError, match="Write "):
        condition(text)


def test_the_commands_compare_and_put_together(workspace):
    first, second = building.listing(workspace)
    later = another_build(workspace, {"p1": members(workspace, first.id), "p2": members(workspace, second.id)})

    def said(*arguments):
        done = CliRunner().invoke(app, ["--workspace", str(workspace.folder), "--json", "personas", *arguments])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    assert said("compare", str(first.id), str(second.id))["shared"] == 0
    lived = said("compare-builds", "1", str(later))
    assert {m["jaccard"] for m in lived["personas"]} == {1.0}
    assert said("versions", str(first.id))[0]["version"] == 1
    plan = ("by-hand", "--build", "1", "--name", "Women", "--where", "gender=female")
    assert said(*plan, "--dry-run")["people"] == 50


def test_a_card_of_a_newer_version_is_refused_and_never_half_read(built):
    persona = building.listing(built)[0]
    newer = replace(persona, card={**persona.card, "format": 2, "mood": "sunny"})
    with pytest.raises(KeptFormError, match="This persona was written by a newer version"):
        building.card_of(newer)
    with pytest.raises(KeptFormError, match="newer version"):
        persona_brief(newer)


def test_a_build_says_in_the_form_what_it_was_asked(workspace):
    assert building.builds(workspace)[0].settings == {
        "method": "kmeans", "seed": 1, "max_people": 8_000, "basis": "profiles", "sources": [], "format": 1,
    }  # fmt: skip
    assert building.order_of(workspace, 1) == BuildOrder(basis="profiles")
    with workspace.database.writing() as session:
        number = repository.start_build(session, {"seed": 9, "format": 2}, "You")
    with pytest.raises(KeptFormError, match="settings of a persona build was written by a newer version"):
        building.order_of(workspace, number)


def test_a_renamed_persona_keeps_its_card_in_the_form(workspace):
    persona = building.listing(workspace)[0]
    building.edit(workspace, LOCAL_USER, persona.id, persona.version, "Others", "")
    renamed = building.newest(workspace, persona.id)
    assert renamed.card == {**persona.card, "name": "Others"}
    assert renamed.card["format"] == 1
