"""The app in this process: the real shell and pages over a temporary workspace."""

import re
from contextlib import contextmanager

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import context
from dashboard.app import SHELL
from dashboard.settings import Settings
from dashboard.startup import prepare
from tests.dashboard.signed import copy_of


@pytest.fixture
def workspace(tmp_path):
    opened = prepare(Settings(workspace=tmp_path / "shop", demo=False))
    context.use(opened)
    return opened


@contextmanager
def copy_in_use(made, folder):
    """Have the pages show a copy of a workspace, to be changed at will."""
    opened = copy_of(made, folder)
    context.use(opened)
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def visit(workspace):
    """Open a page of the app by its name."""
    app = AppTest.from_file(SHELL, default_timeout=30).run()

    def go(name, **query):
        for key, value in query.items():
            app.query_params[key] = value
        return app.switch_page(f"../pages/{name}.py").run()

    return go


def texts(app):
    """Everything that the page says, in one string, without the marks that keep Markdown from reading it."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.info, app.success, app.warning, app.error)
    html = [element.proto.body for element in app.get("html")]
    said = "\n".join([str(element.value) for kind in kinds for element in kind] + html)
    return re.sub(r"\\(\W)", r"\1", said).replace("\u2060", "")
