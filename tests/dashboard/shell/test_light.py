"""What the web process must not load, and what its settings must not lack."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from dashboard.cli import PARTS, needed
from dashboard.navigation import PAGES
from dashboard.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "diffusers",
    "spacy",
    "sklearn",
    "scipy",
    "statsmodels",
    "cv2",
)
START = (
    "import sys; from pathlib import Path\n"
    "from dashboard.app import create_app; from dashboard.startup import prepare, warm_up\n"
    "from dashboard.settings import Settings\n"
    "s = Settings(workspace=Path(sys.argv[1]), demo=False); create_app(s, prepare(s)); warm_up()\n"
)
RUN_PAGES = (
    "from dashboard.app import SHELL; from streamlit.testing.v1 import AppTest\n"
    "app = AppTest.from_file(SHELL, default_timeout=60).run()\n"
    "for page in sys.argv[2:]:\n"
    "    app.switch_page(f'../pages/{page}.py').run()\n"
    "    assert app.title[0].value.lower() == page and not app.exception, (page, app.exception)\n"
)
COMMAND = "from dashboard.cli import build, needed; build(needed(['--workspace', 'x', 'serve']))\n"
# What importing, filling the demo and the other commands need; a server that nobody visits needs none of it.
ELSEWHERE = (
    "openpyxl",
    "phonenumbers",
    "pyarrow.parquet",
    "analytics.intake",
    "dashboard.demo",
    "dashboard.services.demo.filling",
    "dashboard.commands.imports",
)
TELL = f"print(sorted(n for n in {HEAVY!r} if n in sys.modules))"


def loaded_by(script, *arguments, tell=TELL):
    done = subprocess.run(
        [sys.executable, "-c", script + tell, *map(str, arguments)], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_watched_is_there(name):
    assert find_spec(name) is not None


def test_starting_the_app_loads_no_model_library(tmp_path):
    assert loaded_by(START, tmp_path / "w") == "[]"


def test_no_page_loads_a_model_library(tmp_path):
    assert loaded_by(START + RUN_PAGES, tmp_path / "w", *(page.name for page in PAGES)) == "[]"


def test_a_server_that_nobody_visits_loads_only_what_serving_needs(tmp_path):
    tell = f"print(sorted(n for n in {ELSEWHERE!r} if n in sys.modules))"
    script = COMMAND + START.replace("demo=False", "demo=True")
    assert loaded_by(script, tmp_path / "w", tell=tell) == "[]"


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (["serve"], ("serving",)),
        (["--workspace", "import", "serve", "--port", "80"], ("serving",)),
        (["--json", "--workspace=w", "worker"], ("serving",)),
        (["--workspace", "serve", "import"], PARTS),
        (["import", "serve"], PARTS),
        (["--help"], PARTS),
        ([], PARTS),
    ],
)
def test_only_the_lasting_commands_are_loaded_alone(line, parts):
    assert needed(line) == parts


def test_every_module_of_commands_is_part_of_the_command_line():
    modules = {
        path.stem for path in (ROOT / "dashboard" / "commands").glob("*.py") if "def register(app: " in path.read_text()
    }
    assert set(PARTS) == modules


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name):
    lines = (ROOT / "docs" / "settings.md").read_text().splitlines()
    row = next((line for line in lines if line.startswith(f"| `DIGITAL_PERSONA_{name.upper()}` ")), None)
    assert row is not None, f"docs/settings.md says nothing of {name}"
    assert Settings.model_fields[name].description in row


def test_no_setting_is_documented_that_is_gone():
    lines = (ROOT / "docs" / "settings.md").read_text().splitlines()
    told = {line.split("`")[1] for line in lines if line.startswith("| `DIGITAL_PERSONA_")}
    assert told == {f"DIGITAL_PERSONA_{name.upper()}" for name in Settings.model_fields}
