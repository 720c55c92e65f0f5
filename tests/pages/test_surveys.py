"""The Surveys page as people meet it, and the commands beside it."""

import json

import pytest

from analytics.asking.surveys import SurveyOrder
from dashboard import cli
from dashboard.demo import demo_files
from dashboard.services.people import LOCAL_USER
from dashboard.services.surveys import importing, open_answers, waves
from tests.pages.conftest import texts


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "survey.csv"
    path.write_bytes(demo_files(7)["survey.csv"])
    return path


@pytest.fixture
def survey(workspace, file):
    return importing.bring_in(workspace, LOCAL_USER, SurveyOrder(((file, file.name),), basis="agreed"))


def test_results_come_first_and_carry_n_and_intervals(visit, survey):
    app = visit("surveys")
    said = texts(app)
    assert not app.exception
    assert not app.error
    assert "6 of 6 questions changed" in said
    assert "P(after &gt; before) 67.2% [62.1, 72.0], n=400" in said or "67.2% [62.1, 72.0], n=400" in said
    assert "Newcombe" in said
    assert len(app.get("plotly_chart")) == 6


def test_weights_and_what_they_cost_are_said_at_the_top(visit, survey):
    app = visit("surveys")
    assert "design effect" not in texts(app)
    next(r for r in app.radio if r.label.startswith("The mix of ages")).set_value("Always even out").run()
    assert "200 people tell as much as 200" in texts(app)
    assert "design effect 1.00" in texts(app)
    next(m for m in app.multiselect if m.label.startswith("Hold equal")).set_value(["age group"]).run()
    assert "After against before, the rest held equal" in texts(app)
    assert not app.exception


def test_without_a_basis_the_page_asks_for_one(visit, workspace, file):
    importing.bring_in(workspace, LOCAL_USER, SurveyOrder(((file, file.name),)))
    app = visit("surveys")
    assert "0 of 400 responses may be used" in texts(app)
    app.text_area[0].set_value("agreed on the first page")
    next(b for b in app.button if b.label == "State it").click().run()
    assert "6 of 6 questions changed" in texts(app)


def test_a_code_is_made(visit, workspace, survey):
    (item,) = waves.questions(workspace, survey, "open")
    app = visit("surveys", view="Open answers", step="Codebook")
    assert "366 answers" in texts(app)
    next(t for t in app.text_input if t.label == "New code").set_value("Mood")
    next(b for b in app.button if b.label == "Add code").click().run()
    assert open_answers.codebook(workspace, item.id).named("Mood") is not None


def test_coding_takes_a_key_and_can_be_taken_back(visit, workspace, survey):
    (item,) = waves.questions(workspace, survey, "open")
    open_answers.change(workspace, LOCAL_USER, item.id, lambda b: b.create("Mood", by="You"))
    app = visit("surveys", view="Open answers", step="Code")
    next(b for b in app.button if b.label == "None fits").click().run()
    assert len(open_answers.codebook(workspace, item.id).codings("You")) == 1
    next(b for b in app.button if b.label == "Undo").click().run()
    assert not open_answers.codebook(workspace, item.id).codings("You")


def test_a_taken_name_is_a_sentence(visit, workspace, survey):
    (item,) = waves.questions(workspace, survey, "open")
    open_answers.change(workspace, LOCAL_USER, item.id, lambda b: b.create("Mood", by="You"))
    app = visit("surveys", view="Open answers", step="Codebook")
    next(t for t in app.text_input if t.label == "New code").set_value("mood")
    next(b for b in app.button if b.label == "Add code").click().run()
    assert "There already is a code" in app.error[0].value


def test_the_planner_answers(visit):
    app = visit("surveys", view="Planner")
    assert "ask until 385 people have answered" in texts(app)


def test_the_commands_import_compare_and_plan(tmp_path, file, capsys):
    def run(*arguments):
        cli.run(["--workspace", str(tmp_path / "w"), "--json", "survey", *arguments])
        return json.loads(capsys.readouterr().out)

    looked = run("import", str(file), "--look")
    assert [i["kind"] for i in looked["items"]] == ["likert"] * 5 + ["recommend", "open"]
    assert run("import", str(file), "--basis", "agreed")["usable"] == 400
    assert {c["verdict"] for c in run("compare", "1")["comparisons"]} == {"higher"}
    assert run("items", "1")[0]["n"] == 400
    agreeing = [i["key"] for i in looked["items"] if i["kind"] == "likert"]
    assert 0.5 < run("scale", "1", *(f"--question={key}" for key in agreeing))["alpha"]["value"] < 1
    assert run("plan", "--before", "50", "--after", "60")["n_per_wave"] == 385


def test_the_commands_code_open_answers_from_file_to_themes(tmp_path, file, capsys, monkeypatch):
    import csv

    from dashboard.services.surveys import theme_shares
    from tests.dashboard.conftest import InPlace

    def run(*arguments):
        cli.run(["--workspace", str(tmp_path / "w"), "--json", "survey", *arguments])
        return json.loads(capsys.readouterr().out)

    run("import", str(file), "--basis", "agreed")
    listed = tmp_path / "answers.csv"
    assert run("answers", "1", str(listed))["answers"] == 400
    rows = list(csv.DictReader(listed.open(encoding="utf-8-sig")))
    assert rows[0]["kind"] == "answer"
    for who, until in (("Ann", 120), ("Bob", 60)):
        coded = tmp_path / f"{who}.csv"
        lines = [f"{r['answer']},{'Pictures' if 'picture' in r['text'].lower() else ''}" for r in rows[:until]]
        coded.write_text("answer,codes\n" + "\n".join(lines) + "\n")
        taken = run("take-codes", "1", str(coded), "--by", who)
    assert taken == {"answers": 60, "new_codes": 0}
    assert run("agreement", "1", "Ann", "Bob")["alpha"]["value"] == 1.0

    monkeypatch.setattr(theme_shares.jobs, "enqueue", lambda ws, kind, title, params, by: (ws, params))
    monkeypatch.setattr(
        "dashboard.commands.output.Output.follow", lambda self, job: theme_shares.run_coding(job[0], InPlace(), job[1])
    )
    found = run("code-rest", "1")
    assert [o["name"] for o in found["overall"]] == ["Pictures"]
    assert found["n_hand"] == 120
    book = tmp_path / "book.csv"
    assert run("codebook", "1", str(book))["codes"] == 1
    assert "Pictures" in book.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("compare", "1", "--margin", "age group=18-24:many"), "is no share of a group"),
        (("compare", "1", "--margin", "town=a:1"), 'no question "town"'),
        (("compare", "1", "--mix", "sometimes"), "--mix auto, always or never"),
        (("compare", "1", "--before", "spring"), "spring"),
        (("themes", "1"), "Nothing is coded yet"),
        (("agreement", "1", "Ann", "Bob"), "share 0 coded answers"),
        (("answers", "1", "a.csv", "--question", "Nope"), "is no open question"),
        (("items", "9"), "no survey number 9"),
    ],
)
def test_commands_say_what_is_wrong(tmp_path, file, capsys, arguments, said):
    def run(*given):
        cli.run(["--workspace", str(tmp_path / "w"), "survey", *given])

    run("import", str(file), "--basis", "agreed")
    with pytest.raises((SystemExit, ValueError)) as stopped:
        run(*arguments)
    assert said in capsys.readouterr().err + str(stopped.value)


def test_the_command_names_codes_for_no_answer_and_rows_to_keep(tmp_path, capsys):
    path = tmp_path / "incomes.csv"
    rows = "".join(f"r{k},{'False' if k < 3 else 'True'},{777 if k % 4 == 0 else 1000 + 50 * k}\n" for k in range(40))
    path.write_text(f"Respondent ID,Finished,Income\n{rows}")

    def looked(*options):
        cli.run(["--workspace", str(tmp_path / "w"), "--json", "survey", "import", str(path), "--look", *options])
        found = json.loads(capsys.readouterr().out)
        return found["items"][0]["n"], " ".join(found["remarks"])

    assert looked("--missing", "777")[0] == 28
    assert looked("--missing", "Income=777", "--rows", "unfinished=keep")[0] == 30
    assert looked("--missing", "Income=")[0] == 37
    n, said = looked()
    assert n == 28
    assert 'does 777 mean "no answer"?' in said
    assert "3 rows were not finished and were left out." in said
    with pytest.raises(SystemExit):
        looked("--rows", "unfinished=perhaps")
    assert "names no rows" in capsys.readouterr().err
