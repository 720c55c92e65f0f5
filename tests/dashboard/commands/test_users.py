"""``digital-persona users``: add, list, take access away."""

import json

import pytest

from dashboard import cli
from dashboard.sessions import begin_session, signed_in

PASSWORD = "correct horse battery"


@pytest.fixture
def answer(workspace, capsys):
    def run(*words):
        capsys.readouterr()
        cli.run(["--workspace", str(workspace.folder), "--json", "users", *words])
        return json.loads(capsys.readouterr().out)

    return run


def test_a_person_comes_and_goes(answer, workspace):
    answer("set", "Ada", "--role", "editor", "--password", PASSWORD)
    token = begin_session(workspace, "Ada", PASSWORD)
    assert signed_in(workspace, token).role == "editor"
    answer("disable", "Ada")
    assert signed_in(workspace, token) is None
    assert answer("list") == [{"name": "Ada", "role": "editor", "disabled": True}]
    answer("set", "Ada", "--role", "viewer", "--password", PASSWORD)
    assert answer("list") == [{"name": "Ada", "role": "viewer", "disabled": False}]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("disable", "Nobody"), "Nobody is called Nobody"),
        (("set", "Ada", "--role", "owner", "--password", PASSWORD), "There is no role owner"),
        (("set", "Ada", "--role", "editor", "--password", "short"), "12 characters"),
        (("set", " ", "--role", "editor", "--password", PASSWORD), "A name has"),
    ],
)
def test_what_cannot_be_done_is_said(answer, words, said):
    with pytest.raises(ValueError, match=said):
        answer(*words)
    assert answer("list") == []
