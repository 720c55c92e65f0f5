"""Surveys page: a file or two become a survey: look at what was recognised, settle it, state the basis."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analytics.asking import surveys as survey_reading
from analytics.asking.surveys import LEAVE_OUT, SurveyOrder, SurveyPreview
from dashboard.components import as_text, count, failure
from dashboard.sections.data.encoding_box import UNTOLD, encoding_box
from dashboard.services.data import uploads
from dashboard.services.people import User
from dashboard.services.surveys import importing
from dashboard.workspace import Workspace

STATE = "survey_form"
WORDS = {
    "likert": "Scale",
    "recommend": "Recommend, 0 to 10",
    "single": "One choice",
    "multi": "Several choices",
    "number": "Number",
    "open": "Open answer",
    "shares": "Published shares",
    LEAVE_OUT: "Leave out",
}
NONE = "None"


def survey_form(workspace: Workspace, user: User) -> None:
    """Draw the upload and, once there is a file, what was recognised and the import button."""
    state = st.session_state.setdefault(STATE, {"round": 0})
    limit = workspace.settings.max_upload_mb
    one, two = st.columns(2)
    first = one.file_uploader("The survey, or its wave before", key=f"wave1-{state['round']}", max_upload_size=limit)
    second = two.file_uploader("Its wave after, if that is another file", key=f"wave2-{state['round']}")
    if first is None:
        st.caption(
            "CSV, XLSX, Parquet or JSON lines, as your survey tool exports it: one row a person or one row an "
            "answer, one or two header rows. A column may say which wave an answer belongs to."
        )
        return
    with failure():
        kept = [(_kept(workspace, user, state, u), u.name) for u in (first, second) if u is not None]
        mark = "-".join(u.file_id for u in (first, second) if u is not None)
        encodings = _encodings(kept, mark)
        if encodings is None:
            st.warning(UNTOLD)
            return
        order = SurveyOrder(tuple(kept), encodings=encodings)
        order, preview = _settle(order, mark)
        if preview is not None:
            _import(workspace, user, order, preview, mark)


def _kept(workspace: Workspace, user: User, state: dict[str, Any], upload: Any) -> Path:
    """Save an upload once and return where it is."""
    if upload.file_id not in state:
        path, _ = uploads.keep_upload(workspace, user, upload, workspace.settings.max_upload_mb * 2**20)
        state[upload.file_id] = str(path)
    return Path(state[upload.file_id])


def _encodings(kept: list[tuple[Path, str]], mark: str) -> tuple[str, ...] | None:
    """Let people say in which encoding each file is written; None while one has to be said and is not."""
    said = []
    for number, (path, name) in enumerate(kept):
        choices = survey_reading.encoding_choices(path)
        found = encoding_box(choices, key=f"encoding-{number}-{mark}", label=f"Encoding of {name}")
        if choices and found is None:
            return None
        said.append(found or "")
    return tuple(said)


def _settle(order: SurveyOrder, mark: str) -> tuple[SurveyOrder, SurveyPreview | None]:
    """Show what was recognised; return the order with what was changed by hand."""
    preview = survey_reading.look(order)
    n = len(preview.survey.frame)
    people = count(n, "row of answers", "rows of answers") if preview.survey.shape != "shares" else "published shares"
    st.markdown(f"**{people}, {count(len(preview.survey.items), 'question')}**")
    for remark in preview.remarks[:12]:
        st.caption(f":material/info: {as_text(remark)}")
    if preview.survey.shape == "shares":
        return order, preview
    order = replace(order, roles=_roles(preview, mark), confirmed=_confirmed(preview, mark))
    order = replace(order, missing=_missing(preview, mark), rows=_rows(mark))
    order = replace(order, options=_options(preview, mark), everybody=_everybody(preview, mark))
    preview = survey_reading.look(order) if order.missing or order.rows or order.options or order.everybody else preview
    kinds = _kinds(preview, mark)
    order = replace(order, orders=_orders(preview, kinds, mark))
    order = replace(order, kinds={k: v for k, v in kinds.items() if k not in order.orders})
    return order, survey_reading.look(order)


def _roles(preview: SurveyPreview, mark: str) -> dict[str, str]:
    """Let people say which column tells the waves, the person and the age group."""
    found, chosen = preview.survey.roles, {}
    labels = {"wave": "Wave", "respondent": "Person", "age_group": "Age group", "weight": "Weight"}
    with st.expander("Columns that say who answered and when"):
        for role, label in labels.items():
            options = [NONE, *preview.columns]
            now = found.get(role, NONE)  # type: ignore[call-overload]
            picked = st.selectbox(as_text(label), options, index=options.index(now), key=f"role-{role}-{mark}")
            if picked not in (NONE, now):
                chosen[role] = picked
    return chosen


def _missing(preview: SurveyPreview, mark: str) -> dict[str, tuple[str, ...]]:
    """Let people name codes for no answer, and say where a value that looks like one is none."""
    given = st.text_input(
        "Codes that mean no answer, in every question",
        placeholder="For example: -99, 999",
        key=f"missing-{mark}",
    )
    codes = tuple(code.strip() for code in given.split(",") if code.strip())
    real = st.multiselect(
        "Questions without such codes: every value is an answer",
        [item.key for item in preview.survey.items if item.columns],
        key=f"no-codes-{mark}",
    )
    return ({survey_reading.EVERYWHERE: codes} if codes else {}) | dict.fromkeys(real, ())


def _rows(mark: str) -> dict[str, bool]:
    """Let people keep rows that are left out by themselves, or leave out what looks like a test."""
    kept = st.multiselect(
        "Rows to keep all the same",
        [kind for kind in survey_reading.ROW_KINDS if kind != "perhaps test"],
        key=f"keep-rows-{mark}",
    )
    out = st.checkbox("Leave out rows that look like tests", key=f"tests-{mark}")
    return dict.fromkeys(kept, True) | ({"perhaps test": False} if out else {})


def _options(preview: SurveyPreview, mark: str) -> dict[str, tuple[str, ...]]:
    """Let people name a question's options, where several stand in one cell and commas inside them."""
    in_one_cell = [i for i in preview.survey.items if i.kind in ("multi", "single", "open") and len(i.columns) == 1]
    named = {}
    with st.expander("Options with commas inside"):
        asked = st.multiselect(
            "Questions with several choices in one cell", [i.key for i in in_one_cell], key=f"in-one-cell-{mark}"
        )
        for question in asked:
            given = st.text_area(f"Options of “{as_text(question)}”, one a line", key=f"options-{question}-{mark}")
            if options := tuple(line.strip() for line in given.splitlines() if line.strip()):
                named[question] = options
    return named


def _everybody(preview: SurveyPreview, mark: str) -> tuple[str, ...]:
    """Let people say which questions of ticks everybody saw, so that no tick is an answer too."""
    ticks = [item.key for item in preview.survey.items if item.family == "ticks"]
    if not ticks:
        return ()
    return tuple(
        st.multiselect(
            "Questions of ticks that everybody saw",
            ticks,
            help="Else only people count of whom the other answers show that they came to the question.",
            key=f"everybody-{mark}",
        )
    )


def _confirmed(preview: SurveyPreview, mark: str) -> dict[str, str]:
    """Offer renamed questions of two files as pairs; each needs a person's word."""
    pairs = [m for m in preview.matches if m.before and m.after and not m.sure and not m.problem]
    agreed = {}
    for match in pairs:
        if st.checkbox(as_text(match.sentence), key=f"match-{match.before}-{mark}"):
            agreed[match.before] = match.after
    return agreed


def _orders(preview: SurveyPreview, kinds: dict[str, str], mark: str) -> dict[str, tuple[str, ...]]:
    """Ask for the order of labels that do not order themselves, and of what was called a scale by hand."""
    scales = {key for key, kind in kinds.items() if kind == "likert"}
    asked = [i for i in preview.survey.items if i.ask or (i.key in scales and i.labels)]
    orders = {}
    for item in asked:
        given = st.text_area(
            f"Labels of “{as_text(item.question)}”, from the lowest to the highest, one a line",
            placeholder="\n".join(item.labels),
            key=f"order-{item.key}-{mark}",
        )
        if given.strip():
            orders[item.key] = tuple(line.strip() for line in given.splitlines() if line.strip())
    return orders


def _kinds(preview: SurveyPreview, mark: str) -> dict[str, str]:
    """Show every question with what it was taken for, to be changed by hand."""
    kept = {i.key: i for i in preview.survey.items}
    rows = pd.DataFrame(
        [
            {
                "Question": item.question,
                "Taken for": WORDS[item.kind],
                "Answers": item.n,
                "Labels": " < ".join(item.labels[:7]) if item.points else ", ".join(item.labels[:7]),
            }
            for item in kept.values()
        ]
    )
    by_word = {word: kind for kind, word in WORDS.items()}
    edited = st.data_editor(
        rows,
        hide_index=True,
        disabled=["Question", "Answers", "Labels"],
        column_config={
            "Question": st.column_config.TextColumn(width="large"),
            "Taken for": st.column_config.SelectboxColumn(
                options=[WORDS[k] for k in survey_reading.KINDS], required=True
            ),
        },
        key=f"kinds-{mark}-{len(rows)}",
        alt="Each question of the survey, what it was taken for, and its labels.",
    )
    chosen = zip(kept.values(), edited["Taken for"], strict=True)
    return {item.key: by_word[word] for item, word in chosen if by_word[word] != item.kind}


def _import(workspace: Workspace, user: User, order: SurveyOrder, preview: SurveyPreview, mark: str) -> None:
    basis = ""
    if preview.survey.shape != "shares":
        st.markdown("**May these answers be used?**")
        basis = st.text_area(
            "Legal basis, in words",
            placeholder="For example: everybody agreed on the survey's first page",
            max_chars=1_000,
            key=f"basis-{mark}",
        )
        st.caption("Your name and these words go into the ledger. Without them the answers are kept but not used.")
    name = st.text_input("Name of this survey", value=Path(order.files[0][1]).stem, max_chars=200, key=f"name-{mark}")
    if st.button("Bring it in", type="primary", icon=":material/upload:", key=f"go-{mark}"):
        with st.spinner("Masking names and addresses in open answers"):
            survey_id = importing.bring_in(workspace, user, replace(order, name=name, basis=basis))
        st.session_state[STATE] = {"round": uuid.uuid4().hex[:8]}
        st.session_state["open_survey"] = survey_id
        st.rerun()
