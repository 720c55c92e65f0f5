"""``digital-persona survey``: open answers: suggest themes, take codes in, code the rest, agree, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from dashboard.commands.output import Output, fail, output
from dashboard.components.numbers import with_interval
from dashboard.services.surveys import open_answers, theme_shares, waves
from dashboard.spreadsheet import safe_csv

SurveyNumber = Annotated[int, typer.Argument(help="The survey's number.")]
Question = Annotated[str, typer.Option(help="The open question, where the survey has several.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the group."""
    group.command("suggest")(suggest)
    group.command("answers")(answers)
    group.command("take-codes")(take_codes)
    group.command("agreement")(agreement)
    group.command("code-rest")(code_rest)
    group.command("themes")(themes)
    group.command("codebook")(codebook)


def _item(out: Output, survey_id: int, question: str) -> int:
    """Return the open question that is meant."""
    found = {i.key: i.id for i in waves.questions(out.workspace, survey_id, "open")}
    waves.get(out.workspace, survey_id)
    if question:
        if question not in found:
            fail(
                ValueError(f"“{question}” is no open question of this survey. Open ones: {', '.join(found) or 'none'}.")
            )
        return found[question]
    if len(found) != 1:
        fail(ValueError(f"This survey has {len(found)} open questions: {', '.join(found) or 'none'}. Use --question."))
    return next(iter(found.values()))


def suggest(context: typer.Context, survey_id: SurveyNumber, question: Question = "") -> None:
    """Group the answers into draft themes for people to accept, rename or remove."""
    out = output(context)
    item_id = _item(out, survey_id, question)
    out.follow(open_answers.suggest(out.workspace, out.user, item_id))
    found = open_answers.question(out.workspace, item_id).item.suggestions
    rows = [(t["name"], f"{100 * t['share']:.0f}%", ", ".join(t["words"])) for t in found["themes"]]
    out.table("Drafts of a machine, to be accepted or removed on the page", ("draft", "answers", "words"), rows, found)


def answers(
    context: typer.Context,
    survey_id: SurveyNumber,
    file: Annotated[Path, typer.Argument(help="Where to write them (CSV).", dir_okay=False)],
    question: Question = "",
) -> None:
    """Write the masked answers with their codes, those to code first, one column a code."""
    out = output(context)
    item_id = _item(out, survey_id, question)
    found, book = open_answers.question(out.workspace, item_id), open_answers.codebook(out.workspace, item_id)
    _, coded = theme_shares.export_tables(found, book)
    place = {found.spoken[i].id: n for n, i in enumerate(open_answers.queue(found))}
    order = coded["answer"].map(place).sort_values(na_position="last").index
    _write(file, coded.loc[order])
    out.say(f"{len(coded):,} answers are in {file}.", {"file": str(file), "answers": len(coded)})


def codebook(
    context: typer.Context,
    survey_id: SurveyNumber,
    file: Annotated[Path, typer.Argument(help="Where to write it (CSV).", dir_okay=False)],
    question: Question = "",
) -> None:
    """Write the codebook: codes, what they mean, their themes, how many answers have them."""
    out = output(context)
    item_id = _item(out, survey_id, question)
    found, book = open_answers.question(out.workspace, item_id), open_answers.codebook(out.workspace, item_id)
    table, _ = theme_shares.export_tables(found, book)
    _write(file, table)
    out.say(f"{len(table):,} codes are in {file}.", {"file": str(file), "codes": len(table)})


def _write(file: Path, table: pd.DataFrame) -> None:
    try:
        file.write_bytes(safe_csv(table))
    except OSError as problem:
        fail(ValueError(f"{file} cannot be written: {problem.strerror}."))


def take_codes(
    context: typer.Context,
    survey_id: SurveyNumber,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV with columns answer and codes.")],
    by: Annotated[str, typer.Option(help="Who coded them.")],
    question: Question = "",
) -> None:
    """Take codes in that a person gave elsewhere: several to an answer are separated by a semicolon."""
    out = output(context)
    item_id = _item(out, survey_id, question)
    table = pd.read_csv(file, dtype=str, encoding="utf-8-sig").fillna("")
    if not {"answer", "codes"} <= set(table.columns):
        fail(ValueError(f"{file.name} needs the columns answer and codes."))
    given = {
        str(answer): [c.strip() for c in str(codes).split(";") if c.strip()]
        for answer, codes in zip(table["answer"], table["codes"], strict=True)
    }
    taken, new = open_answers.take_codes(out.workspace, out.user, item_id, given, by)
    out.say(f"{taken:,} answers coded by {by}; {new} new codes.", {"answers": taken, "new_codes": new})


def agreement(
    context: typer.Context, survey_id: SurveyNumber, first: str, second: str, question: Question = ""
) -> None:
    """Say how well two people code alike."""
    out = output(context)
    book = open_answers.codebook(out.workspace, _item(out, survey_id, question))
    found = open_answers.agreement(book, first, second)
    if out.as_json:
        out.say("", found)
        return
    out.say(found.sentence)
    for code, kappa in found.by_code.items():
        out.say(
            f"  {book.code(code).name}: kappa {kappa.value:.2f} [{kappa.low:.2f}, {kappa.high:.2f}], n={kappa.n:.0f}"
        )


def code_rest(context: typer.Context, survey_id: SurveyNumber, question: Question = "") -> None:
    """Let a classifier learn from the answers coded by hand and code the rest."""
    out = output(context)
    item_id = _item(out, survey_id, question)
    out.follow(theme_shares.code_rest(out.workspace, out.user, item_id))
    themes(context, survey_id, question)


def themes(context: typer.Context, survey_id: SurveyNumber, question: Question = "") -> None:
    """Say how common each theme is: coded by hand, counted by the classifier, and corrected (use this)."""
    out = output(context)
    item_id = _item(out, survey_id, question)
    found, book = open_answers.question(out.workspace, item_id), open_answers.codebook(out.workspace, item_id)
    coding = found.item.coding
    if not coding:
        fail(ValueError("Nothing is coded yet. Code answers by hand, then run: digital-persona survey code-rest."))
    if out.as_json:
        out.say("", {name: value for name, value in coding.items() if name != "coded"})
        return
    rows = [
        (o["name"], *(_share(o["share"][way]) for way in ("human_only", "counted", "best"))) for o in coding["overall"]
    ]
    columns = ("theme", "coded by hand", "counted (too sure)", "corrected (use this)")
    out.table(f"{coding['n_hand']:,} of {coding['n']:,} answers coded by hand", columns, rows, None)
    for change in coding["changes"]:
        out.say(change["sentence"])
    for text in (*theme_shares.hand_coding(found, book).doubts, *theme_shares.not_publishable(found, book)):
        out.say(f"  {text}")


def _share(estimate: dict[str, Any]) -> str:
    value, low, high = (None if estimate[n] is None else 100 * estimate[n] for n in ("value", "low", "high"))
    return with_interval(value, low, high)
