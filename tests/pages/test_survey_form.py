"""The survey form asks what the command can be told: encodings, options with commas inside, who saw the ticks."""

import json

import pytest

from analytics.asking import surveys as reading
from dashboard import cli
from dashboard.services.surveys import waves
from tests.pages.conftest import texts

SHORT = "Answer;Grade\n" + "".join(f"Größe;{k % 5 + 1}\n" for k in range(12))
COMMAS = ["A, B, C", "A, B", "C", "D, C"] * 5
TICKS = "Respondent ID,Buy,What do you follow? - Instagram,What do you follow? - Facebook,Content?\n" + "".join(
    f'p{k},"{COMMAS[k]}",{1 if k % 5 == 0 else ""},{1 if k % 10 == 1 else ""},{k % 5 + 1 if k < 14 else ""}\n'
    for k in range(20)
)


def upload(app, data, name="survey.csv"):
    app.file_uploader[0].upload(name, data, "text/csv").run()
    return app


def widget(kind, start):
    return next(w for w in kind if w.label.startswith(start))


def test_an_encoding_that_nothing_tells_is_asked_and_the_answer_is_taken(visit, workspace):
    app = upload(visit("surveys", view="New survey"), SHORT.encode("cp1252"))
    assert not app.exception
    assert "do not tell in which encoding" in texts(app)
    assert not [b for b in app.button if b.label == "Bring it in"]
    box = widget(app.selectbox, "Encoding of")
    assert any("Größe" in option for option in box.options)
    box.set_value("cp1252").run()
    assert "12 rows of answers" in texts(app)
    widget(app.button, "Bring it in").click().run()
    (kept,) = waves.listing(workspace)
    assert kept.responses == 12


def test_options_and_who_saw_the_ticks_are_said_in_the_form(visit, workspace):
    app = upload(visit("surveys", view="New survey"), TICKS.encode())
    widget(app.multiselect, "Questions with several").set_value(["Buy"]).run()
    widget(app.text_area, "Options of").set_value("A, B\nC\nD").run()
    widget(app.multiselect, "Questions of ticks").set_value(["What do you follow?"]).run()
    assert not app.exception
    assert not app.error
    widget(app.text_area, "Legal basis").set_value("agreed").run()
    widget(app.button, "Bring it in").click().run()
    (kept,) = waves.listing(workspace)
    found = {q.key: q for q in waves.questions(workspace, kept.id)}
    assert set(found["Buy"].details["labels"]) == {"A, B", "C", "D"}
    assert found["What do you follow?"].details["n"] == 20


def test_the_command_takes_an_encoding(tmp_path, capsys):
    path = tmp_path / "s.csv"
    path.write_bytes(SHORT.encode("cp1252"))

    def run(*more):
        cli.run(["--workspace", str(tmp_path / "w"), "--json", "survey", "import", str(path), "--look", *more])
        return json.loads(capsys.readouterr().out)

    with pytest.raises((SystemExit, ValueError)) as stopped:
        run()
    said = capsys.readouterr().err + str(stopped.value)
    assert "--encoding" in said
    assert "cp1252 (" in said
    assert "Größe" in run("--encoding", "cp1252")["items"][0]["labels"]


def test_each_file_can_have_an_encoding_of_its_own(tmp_path):
    for name, encoding in (("a.csv", "cp1252"), ("b.csv", "mac_roman")):
        (tmp_path / name).write_bytes(SHORT.encode(encoding))
    files = tuple((tmp_path / name, name) for name in ("a.csv", "b.csv"))
    found = reading.look(reading.SurveyOrder(files, encodings=("cp1252", "mac_roman")))
    assert set(found.survey.frame["Answer"]) == {"Größe"}
