"""Data page: a file becomes an import: look at it, settle columns and consent, start."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analytics.intake import FIELDS, KINDS, Mapping, Options
from dashboard.components import as_text, count, failure, percent
from dashboard.sections.data.consent_form import consent_form
from dashboard.sections.data.encoding_box import UNTOLD, encoding_box
from dashboard.services.data import imports, uploads
from dashboard.services.data.imports import Order, Preview
from dashboard.services.people import User
from dashboard.workspace import Workspace

ATTRIBUTE, LEAVE_OUT = "Keep as it is", "Leave out"
WHAT = {
    "profiles": "Customer profiles",
    "reviews": "Reviews",
    "products": "Products",
    "posts": "Past posts with their numbers",
    "metrics": "Metrics over time",
    "consents": "Consents",
    "interactions": "Purchases and visits",
    "survey": "Survey",
}
DAY_FIRST = {"Find out from the file": None, "Day first (04/09 is 4 September)": True, "Month first": False}
DECIMAL_COMMA = {"Find out from the file": None, "A comma (1.234,50)": True, "A point (1,234.50)": False}
STATE = "import_form"


def import_form(workspace: Workspace, user: User) -> None:
    """Draw the upload and, once there is a file, everything up to the import button."""
    state = st.session_state.setdefault(STATE, {"round": 0})
    upload = st.file_uploader(
        "A file of profiles, reviews, products, past posts, metrics or consents",
        key=f"upload-{state['round']}",
        max_upload_size=workspace.settings.max_upload_mb,
    )
    if upload is None:
        st.caption(
            "CSV or TSV of any usual kind, XLSX, Parquet or JSON lines, each also as gzip or zip, up to "
            f"{workspace.settings.max_upload_mb:,} MB."
        )
        return
    with failure():
        if state.get("file") != upload.file_id:
            upload.seek(0)
            path, _ = uploads.keep_upload(workspace, user, upload, workspace.settings.max_upload_mb * 2**20)
            preview = imports.look(workspace, path, upload.name)
            state.update(
                file=upload.file_id,
                path=str(path),
                kind=preview.guess and preview.guess.kind,
                preview=preview,
                header_row=None,
                encoding=None,
            )
        preview = _preview(workspace, state, upload.name)
        for note in preview.notes:
            st.caption(f"ⓘ {as_text(note)}")
        if state["kind"]:
            _settle(workspace, user, preview, state)


def _preview(workspace: Workspace, state: dict[str, Any], name: str) -> Preview:
    """Ask what is in the file where its columns do not tell; look again when another kind is chosen."""
    found: Preview = state["preview"]
    sure = {guess.kind: guess.confidence for guess in found.kinds}
    kind = st.selectbox(
        "What is in it?",
        KINDS,
        index=list(KINDS).index(state["kind"]) if state["kind"] else None,
        placeholder="Choose: the columns do not tell",
        format_func=lambda k: WHAT[k] + (f" (looks like it, {percent(sure[k])} sure)" if sure.get(k) else ""),
        key=f"kind-{state['file']}",
    )
    if kind is not None and kind != state["kind"]:
        state["kind"] = kind
        state["preview"] = _look_again(workspace, state, name)
    return _header_row(workspace, state, name)


def _look_again(workspace: Workspace, state: dict[str, Any], name: str) -> Preview:
    said = {"header_row": state.get("header_row"), "encoding": state.get("encoding")}
    return imports.look(workspace, Path(state["path"]), name, state["kind"], **said)


def _header_row(workspace: Workspace, state: dict[str, Any], name: str) -> Preview:
    """Look at the file again when another row is named for the column names."""
    named = st.number_input(
        "Row with the column names",
        min_value=1,
        value=None,
        placeholder="Found by itself",
        help="As a spreadsheet counts it. Name it where a title or remark was taken for the column names.",
        key=f"header-{state['file']}",
    )
    if named != state.get("header_row"):
        state["header_row"] = named
        state["preview"] = _look_again(workspace, state, name)
    return _encoding(workspace, state, name)


def _encoding(workspace: Workspace, state: dict[str, Any], name: str) -> Preview:
    """Look at the file again when its encoding is said."""
    found: Preview = state["preview"]
    said = encoding_box(found.choices, key=f"encoding-{state['file']}")
    if said != state.get("encoding"):
        state["encoding"] = said
        state["preview"] = _look_again(workspace, state, name)
    return state["preview"]


def _settle(workspace: Workspace, user: User, preview: Preview, state: dict[str, Any]) -> None:
    kind = state["kind"]
    if preview.seen_before:
        st.info(
            f"You brought in this very file before (import {preview.seen_before.id:d}). Bringing it in again "
            "changes nothing, unless you map its columns in another way."
        )
    with st.expander(f"First rows of the file ({count(len(preview.columns), 'column')})"):
        st.dataframe(preview.sample.head(8), hide_index=True)
    mapping = _mapping_table(
        kind, preview, f"{state['file']}-{state.get('header_row') or ''}-{state.get('encoding') or ''}"
    )
    options, source = _reading_options(preview, state["file"])
    options, open_ = _answers(kind, preview, mapping, options, state["file"])
    options = replace(options, header_row=state.get("header_row"), encoding=state.get("encoding"))
    consent = consent_form(kind, mapping, state["file"])
    go = st.button("Import", type="primary", icon=":material/upload:", key=f"go-{state['file']}", disabled=open_ > 0)
    if open_:
        st.caption(f"{count(open_, 'question')} above {'has' if open_ == 1 else 'have'} no answer yet.")
    if go:
        order = Order(
            path=preview.path,
            file_name=preview.file_name,
            file_sha256=preview.file_sha256,
            kind=kind,
            mapping=mapping,
            consent=consent,
            options=options,
            source=source or None,
        )
        _, job_id = imports.begin(workspace, order, user)
        st.session_state["import_job"] = job_id
        st.session_state[STATE] = {"round": uuid.uuid4().hex[:8]}
        st.rerun()


def _mapping_table(kind: str, preview: Preview, file_id: str) -> Mapping:
    """Show what every column holds, to be changed by hand."""
    labels = {f.name: f.label for f in FIELDS[kind]}  # type: ignore[index]
    names = {label: name for name, label in labels.items()}
    remembered = " (as you settled it last time)" if preview.remembered else ""
    st.markdown(f"**What each column holds**{remembered}")
    rows = pd.DataFrame(
        [
            {
                "Column": e.column,
                "Holds": LEAVE_OUT if e.skip else labels.get(e.field or "", ATTRIBUTE),
                "Sure": percent(e.confidence) if e.field else f"perhaps {labels[e.maybe]}" if e.maybe in labels else "",
                "Example": _example(preview.sample, e.column),
            }
            for e in preview.mapping.entries
        ]
    )
    edited = st.data_editor(
        rows,
        hide_index=True,
        disabled=["Column", "Sure", "Example"],
        column_config={
            "Column": st.column_config.TextColumn(width="small"),
            "Holds": st.column_config.SelectboxColumn(
                options=[*names, ATTRIBUTE, LEAVE_OUT], required=True, width="medium"
            ),
            "Sure": st.column_config.TextColumn(width="small", help="How sure the suggestion is."),
            "Example": st.column_config.TextColumn(width="medium"),
        },
        key=f"mapping-{file_id}-{kind}",
        alt="Each column of the file and the field it is mapped to.",
    )
    needed = [f.label for f in FIELDS[kind] if f.required]  # type: ignore[index]
    if needed:
        st.caption(f"Needed: {as_text(', '.join(needed))}. What says who somebody is is kept encrypted.")
    mapping = preview.mapping
    for before, after in zip(preview.mapping.entries, edited["Holds"], strict=True):
        settled = replace(before, field=names.get(after), skip=after == LEAVE_OUT)
        if (settled.field, settled.skip) != (before.field, before.skip):
            mapping = mapping.set(before.column, settled.field, skip=settled.skip)
    return mapping


def _example(sample: pd.DataFrame, column: str) -> str:
    if column not in sample:
        return ""
    filled = sample[column].dropna().astype(str)
    filled = filled[filled.str.strip() != ""]
    return str(filled.iloc[0])[:60] if len(filled) else "(empty)"


def _reading_options(preview: Preview, file_id: str) -> tuple[Options, str]:
    with st.expander("How to read dates and numbers"):
        order = st.selectbox("Dates such as 04/09", list(DAY_FIRST), key=f"dates-{file_id}")
        comma = st.selectbox("The decimal mark of numbers", list(DECIMAL_COMMA), key=f"comma-{file_id}")
        currency = st.text_input("Currency of prices", max_chars=3, placeholder="EUR", key=f"cur-{file_id}")
        source = st.text_input(
            "Name of this data set",
            placeholder="Found from earlier files, else the file's name",
            help="Bring a newer file in under the same name and its rows update the older ones.",
            key=f"source-{file_id}",
        )
    return Options(DAY_FIRST[order], DECIMAL_COMMA[comma], currency.strip().upper() or None), source.strip()


def _answers(kind: str, preview: Preview, mapping: Mapping, options: Options, file_id: str) -> tuple[Options, int]:
    """Ask what the file leaves open. Return the options with the answers, and how many are still missing."""
    for remark in preview.remarks(kind, mapping, options):
        st.caption(f"ⓘ {as_text(remark)}")
    asked = preview.questions(kind, mapping, options)
    said: dict[str, list[str]] = {}
    for question in asked:
        if question.about == "encoding":
            st.warning(UNTOLD)
            continue
        st.warning(as_text(question.text.partition(" (on the command line")[0] + "."))
        if question.about == "consent":  # answered in the table of columns
            continue
        labels = dict(question.answers)
        answer = st.radio(
            f"{as_text(question.column)}: which is it?",
            list(labels),
            index=None,
            format_func=labels.__getitem__,
            key=f"ask-{file_id}-{question.about}-{question.column}",
        )
        if answer is not None:
            said.setdefault(answer, []).append(question.column)
    if "day" in said or "month" in said:
        options = replace(options, day_first="day" in said)
    options = replace(options, comma_columns=tuple(said.get("comma", ())), point_columns=tuple(said.get("point", ())))
    return options, len(asked) - sum(map(len, said.values()))
