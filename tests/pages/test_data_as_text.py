"""Data is never read as markup: every page over a workspace whose every name, text and answer is hostile."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest

from analytics.asking.surveys import SurveyOrder
from analytics.kept import BuildOrder
from dashboard.app import SHELL
from dashboard.components import as_text, in_chart
from dashboard.demo import demo_files
from dashboard.services.people import LOCAL_USER
from dashboard.services.personas import building
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import QueueFilter, Seen
from dashboard.services.studio import campaigns
from dashboard.services.studio.campaigns import CampaignOrder
from dashboard.services.surveys import importing, open_answers, waves
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from db.repositories import jobs
from tests.dashboard.conftest import InPlace, reviews_csv
from tests.dashboard.signed import PEOPLE, bring_in
from tests.pages.conftest import copy_in_use
from tests.pages.test_reruns import VIEWS

# Each mark comes with the word by which it is found again where a page read it as markup.
HOSTILE = "**zqb** :red[zqr] $zqx^2$ ![i](http://e.zq) <b>zqh</b> [l](x:zql) :material/home: `zqc`"
READ_AS_MARKUP = re.compile(
    r"(?<!\\)\*\*zqb|(?<!\\):red|(?<!\\)\$zqx|(?<!\\)!\[i|://e\.zq|(?<!\\)<b>zqh|(?<!\\)\[l|:material/home|(?<!\\)`zqc"
)
MARKDOWN = {"label", "body", "help", "caption", "text", "delta", "content"}
PLAIN = {"text_input", "text_area", "arrow_data_frame", "html", "plotly_chart"}
SHORT = "**zqb** <b>zqh</b>"


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


PRODUCTS = (
    "product_id,name,category,description,price,currency,material\n"
    f"P1,{quoted(HOSTILE)},{quoted(SHORT)},{quoted(HOSTILE)},49.90,EUR,{quoted(SHORT)}\nP2,Parka,{SHORT},Warm,89,EUR,wool\n"
)


def filled(folder: Path):
    """Return a workspace in which everything happened once, each thing under a hostile name."""
    workspace = open_workspace(Settings(workspace=folder, demo=False))
    bring_in(workspace, "products.csv", PRODUCTS, "products")
    bring_in(
        workspace,
        f"reviews {SHORT.replace('/', '')}.csv",
        reviews_csv(30).replace("comfortable", f"comfortable {SHORT}"),
        "reviews",
    )
    people = PEOPLE.replace("income", quoted(f"income {SHORT}")).replace("female", quoted(f"female {SHORT}"))
    bring_in(workspace, "people.csv", people, "profiles")
    metrics = demo_files(7)["metrics.csv"].decode().replace("engagement", f"engagement {SHORT}")
    bring_in(workspace, "metrics.csv", metrics.replace("18-24", f"18-24 {SHORT}"), "metrics")
    build_id = building.record(workspace, LOCAL_USER, BuildOrder(basis="profiles"))
    building.run_build(workspace, InPlace(), {"build_id": build_id})
    persona = building.listing(workspace)[0]
    building.edit(workspace, LOCAL_USER, persona.id, persona.version, HOSTILE, HOSTILE)
    _campaign(workspace, persona.id)
    _survey(workspace, folder)
    with workspace.database.writing() as session:
        jobs.add(session, "job-9", "import", HOSTILE, {}, SHORT)
        jobs.update(session, "job-9", state="failed", error=HOSTILE)
    return workspace


def _campaign(workspace, persona_id: int) -> None:
    order = CampaignOrder(HOSTILE, "sales", (1,), ("x", "instagram"), persona_ids=(persona_id,), variants=2)
    number = campaigns.record(workspace, LOCAL_USER, order)
    campaigns.run_campaign(workspace, InPlace(), {"campaign_id": number})
    draft = campaigns.drafts(workspace, number)[0]
    campaigns.edit(workspace, LOCAL_USER, draft.id, {"text": draft.content["text"] + " " + HOSTILE})
    versions = deciding.queue(workspace, QueueFilter())
    clean = [v for v in versions if v.verdict == "pass"]
    for version in clean[:1]:
        deciding.decide(workspace, LOCAL_USER, version.id, Seen(version.content_hash, version.sequence), "approve")
        exporting.export(workspace, LOCAL_USER, [version.id])
    last = versions[-1]
    if last.id not in {v.id for v in clean[:1]}:
        seen = Seen(last.content_hash, last.sequence)
        deciding.decide(workspace, LOCAL_USER, last.id, seen, "request_changes", HOSTILE)


def _survey(workspace, folder: Path) -> None:
    text = demo_files(7)["survey.csv"].decode()
    header, rows = text.split("\n", 1)
    columns = [quoted(f"{name.strip(chr(34))} {HOSTILE}") if len(name) > 20 else name for name in _fields(header)]
    path = folder / f"survey {SHORT.replace('/', '')}.csv"
    path.write_text(",".join(columns) + "\n" + rows.replace("Before", SHORT).replace("before", SHORT))
    survey = importing.bring_in(workspace, LOCAL_USER, SurveyOrder(((path, path.name),), basis=HOSTILE))
    for item in waves.questions(workspace, survey, "open")[:1]:
        open_answers.change(workspace, LOCAL_USER, item.id, lambda book: book.create(SHORT, by="You"))


def _fields(header: str) -> list[str]:
    return next(csv.reader([header]))


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return filled(tmp_path_factory.mktemp("hostile") / "w")


@pytest.fixture
def hostile(template, tmp_path):
    with copy_in_use(template, tmp_path / "hostile") as opened:
        yield opened


OPENED = ("more", "planner", "others", "costs", "factors", "ab", "by-hand", "comparison", "lived")
DEEPER = [("surveys", "Open answers", step) for step in ("Read", "Codebook", "Code", "Coders", "Shares")]


def opened_page(name: str, view: str = "", step: str = ""):
    app = AppTest.from_file(SHELL, default_timeout=60).run()
    for key in ("view", "step"):
        if value := {"view": view, "step": step}[key]:
            app.query_params[key] = value
    if name == "impact":
        app.query_params["metric"] = f"engagement {SHORT}"
    app = app.switch_page(f"../pages/{name}.py").run()
    for key in (*OPENED, *(f"{part}-{n}" for part in ("numbers", "editor", "inside") for n in range(1, 9))):
        app.session_state[key] = True
    app = app.run()
    if name == "review" and not view:
        app.session_state["states"] = ["changes", "approved"]
        app = app.run()
    for button in app.button:
        if button.label == "Measure the effect":
            return button.click().run()
    return app


def said(app) -> list[tuple[str, str, str]]:
    """Return (kind, field, words) of everything on the page that Streamlit reads as Markdown."""
    found: list[tuple[str, str, str]] = []
    for place in (app.main, app.sidebar):
        for node in place:
            kind = getattr(node, "type", "")
            proto = getattr(node, "proto", None)
            if proto is not None and hasattr(proto, "ListFields"):
                found += [(kind, name, words) for name, words in _strings(proto) if _is_markdown(kind, name)]
    return found


def _is_markdown(kind: str, name: str) -> bool:
    return name in MARKDOWN and kind not in ("arrow_data_frame", "html", "plotly_chart")


def _strings(proto):
    for field, value in proto.ListFields():
        many = value if not isinstance(value, str | bytes) and hasattr(value, "__iter__") else [value]
        for one in many:
            if isinstance(one, str):
                yield field.name, one
            elif hasattr(one, "ListFields"):
                yield from _strings(one)


@pytest.mark.parametrize(("name", "view", "step"), [(*v, "") for v in VIEWS] + DEEPER)
def test_no_page_reads_data_as_markup(hostile, name, view, step):
    app = opened_page(name, view, step)
    assert not app.exception
    bad = [(kind, field, words) for kind, field, words in said(app) if READ_AS_MARKUP.search(words)]
    assert not bad
    for element in app.get("html"):
        assert "<b>zq" not in element.proto.body
    for element in app.get("plotly_chart"):
        assert "<b>zq" not in element.proto.spec
    assert any("zq" in words for *_, words in said(app)) == ((name, view) in SHOWN)


# Where names stand in labels and sentences; elsewhere they stand in tables and HTML, or there are none.
SHOWN = {
    ("home", ""),
    ("personas", ""),
    ("studio", ""),
    ("review", ""),
    ("impact", ""),
    ("surveys", ""),
    ("data", "Imports"),
    ("data", "Products"),
    ("surveys", "Open answers"),
}


COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(st.text(st.sampled_from(list("*_`[]()<>#|~$:&!\\-+=.1 a\n\t")), max_size=30))
def test_text_is_one_paragraph_of_text_to_a_markdown_reader(words):
    tokens = COMMONMARK.parse(as_text(words))
    assert [t.type for t in tokens] in ([], ["paragraph_open", "inline", "paragraph_close"])
    pieces = [t for token in tokens for t in token.children or ()]
    assert {t.type for t in pieces} <= {"text", "text_special"}
    shown = "".join(t.content for t in pieces).replace("\u2060", "")
    assert shown == " ".join(words.split())


@pytest.mark.parametrize(
    "words", ["http://evil.example", "www.evil.example", "a@b.example", ":material/home:", ":streamlit:", "a -> b -- c"]
)
def test_what_streamlit_finds_after_the_escapes_is_broken_up(words):
    assert "\u2060" in as_text(words)


def test_a_chart_reads_names_as_they_are():
    assert in_chart("<b>x</b> & y") == "&lt;b&gt;x&lt;/b&gt; &amp; y"
