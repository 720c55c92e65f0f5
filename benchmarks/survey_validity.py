"""Are the surveys' numbers honest? Simulated closed items and real, hand-coded open answers.

Run ``python -m benchmarks.survey_validity``. Writes ``docs/survey-validity.md`` and prints one JSON line. The
open answers need the folder named by DIGITAL_PERSONA_REAL_DATA; without it only the simulation runs and the
document is left as it is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

import pandas as pd

from analytics.surveys import answer_features
from benchmarks.survey_closed import Figure, closed_figures
from benchmarks.survey_open import (
    THREADS,
    Comments,
    ceiling,
    classifier_by_question,
    classifier_scores,
    read_comments,
    share_scores,
    suggestion_scores,
)

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "survey-validity.md"
AMI, KAPPA, COVERAGE, WIDTH, SECONDS = 0.40, {100: 0.53, 200: 0.61}, 0.93, 0.80, 120


def _yes(held: bool) -> str:
    return "yes" if held else "**no**"


def _closed(figures: list[Figure], draws: int) -> str:
    lines = [
        f"## Closed items: {draws:,} simulated surveys of 200 v 200",
        "",
        "Rates in percent. A figure holds where it is within 1.5 points of what it should be.",
        "",
        "| what | rate | should be | holds |",
        "|---|---|---|---|",
    ]
    for f in figures:
        nominal = "shown to compare" if f.nominal is None else f"{f.nominal:.0f}"
        lines.append(f"| {f.what} | {f.rate:.1f} | {nominal} | {'' if f.nominal is None else _yes(f.holds)} |")
    return "\n".join(lines)


def _suggestions(scores: dict[str, tuple[float, float]], top: tuple[float, float]) -> str:
    lines = [
        "## Suggested themes: agreement with human labels at 400 answers",
        "",
        "Adjusted mutual information (1 is the same grouping, 0 is chance), mean and lowest of 12 samples.",
        "",
        f"| answers from | mean | lowest | at least {AMI:.2f} |",
        "|---|---|---|---|",
    ]
    lines += [f"| {q} | {mean:.2f} | {low:.2f} | {_yes(mean >= AMI)} |" for q, (mean, low) in scores.items()]
    lines += [
        "",
        f"A classifier that was shown 7,000 human codes reaches {top[0]:.2f} with the same vectors (kappa "
        f"{top[1]:.2f}): without a single code, the goal asks for most of what 7,000 codes give. Suggestions stay "
        "drafts.",
    ]
    return "\n".join(lines)


def _classifier(scores: dict[tuple[int, str], float], questions: dict[str, tuple[float, float]]) -> str:
    lines = [
        "## A classifier from few human codes (9 codes)",
        "",
        "Cohen's kappa on every answer nobody coded, mean of 12 samples. *Varied* picks answers that differ; shares "
        "may be estimated from *random* ones only.",
        "",
        "| codes given | picked | kappa | goal | reached |",
        "|---|---|---|---|---|",
    ]
    for (n, how), value in scores.items():
        lines.append(f"| {n} | {how} | {value:.2f} | {KAPPA[n]:.2f} | {_yes(value >= KAPPA[n])} |")
    lines += ["", *_by_question(questions)]
    return "\n".join(lines)


def _by_question(questions: dict[str, tuple[float, float]]) -> list[str]:
    lines = [
        "The five questions differ in how well their codes can be told from words. Each coded by itself, random picks, "
        "mean of 6 samples:",
        "",
        f"| question | kappa from 100 | at least {KAPPA[100]:.2f} | kappa from 200 | at least {KAPPA[200]:.2f} |",
        "|---|---|---|---|---|",
    ]
    for question, (few, more) in questions.items():
        lines.append(
            f"| {question} | {few:.2f} | {_yes(few >= KAPPA[100])} | {more:.2f} | {_yes(more >= KAPPA[200])} |"
        )
    return lines


def _summary(table: pd.DataFrame, what: str) -> dict[str, float]:
    mean = table.loc[what].groupby("way").mean()
    narrow = mean.loc["best", "width"] / mean.loc["human_only", "width"]
    return {f"{what}_{way}_coverage": float(mean.loc[way, "covers"]) for way in mean.index} | {
        f"{what}_relative_width": float(narrow)
    }


def _shares(table: pd.DataFrame, draws: int) -> str:
    lines = [
        f"## How common a theme is: {draws} draws, 200 answers coded by hand in each of two waves",
        "",
        "The themes truly differ between the two waves. Coverage: how often the 95% interval holds what all human "
        "labels give. Relative width: the prediction-powered interval's mean width over that of the hand-coded "
        "answers alone; over all codes it is the ratio of the mean widths, so wide intervals (common themes) weigh "
        "most. Rare themes gain next to nothing.",
        "",
        "| | hand-coded only | classify and count | prediction-powered | relative width |",
        "|---|---|---|---|---|",
    ]
    for what in ("share", "change"):
        s = _summary(table, what)
        values = [f"{100 * s[f'{what}_{way}_coverage']:.1f}%" for way in ("human_only", "counted", "best")]
        lines.append(f"| **{what}, all codes** | {' | '.join(values)} | {s[f'{what}_relative_width']:.2f} |")
        for code in table.loc[what].index.get_level_values("code").unique():
            part = table.loc[(what, code)]
            values = [f"{100 * part.loc[way, 'covers']:.0f}%" for way in ("human_only", "counted", "best")]
            ratio = part.loc["best", "width"] / part.loc["human_only", "width"]
            lines.append(f"| {what}: {code} | {' | '.join(values)} | {ratio:.2f} |")
    good = all(_summary(table, w)[f"{w}_best_coverage"] >= COVERAGE for w in ("share", "change"))
    narrow = all(_summary(table, w)[f"{w}_relative_width"] <= WIDTH for w in ("share", "change"))
    own = table["width"].unstack("way")
    plain = (own["best"] / own["human_only"]).mean()
    lines += [
        "",
        f"Coverage of at least {COVERAGE:.0%}: {_yes(good)}. Width of at most {WIDTH:.0%}, by mean widths: "
        f"{_yes(narrow)}; the plain mean of the codes' own ratios is {plain:.2f}.",
    ]
    return "\n".join(lines)


def _speed(seconds: dict[str, tuple[float, float]], n: int) -> str:
    wall, busy = (sum(part[k] for part in seconds.values()) for k in (0, 1))
    lines = [
        "## Speed",
        "",
        f"{n:,} answers coded with {THREADS} threads. Wall time hangs on what else the machine does (load average "
        f"{os.getloadavg()[1]:.0f} on {os.cpu_count()} cores in this run); processor time does not. Vectors were "
        "timed when they were first made.",
        "",
        "| step | wall, s | processor, s |",
        "|---|---|---|",
        *(f"| {name} | {a:.0f} | {b:.0f} |" for name, (a, b) in seconds.items()),
        f"| all | {wall:.0f} | {busy:.0f} |",
        "",
        f"At most {SECONDS} s on {THREADS} cores: by wall time {_yes(wall <= SECONDS)}, by processor time shared by "
        f"{THREADS} cores ({busy / THREADS:.0f} s) {_yes(busy / THREADS <= SECONDS)}. Vectors are kept, so a second "
        "run needs only the rest.",
    ]
    return "\n".join(lines)


def _open(folder: Path, draws: int) -> tuple[list[str], dict[str, object]]:
    comments: Comments = read_comments(folder)
    start, busy = time.perf_counter(), time.process_time()
    features = answer_features(comments.vectors, comments.text)
    words = (time.perf_counter() - start, time.process_time() - busy)
    start, busy = time.perf_counter(), time.process_time()
    classifier = classifier_scores(comments, features)
    # Two sizes, two ways of picking, twelve samples: 48 times learned and coded.
    each = ((time.perf_counter() - start) / 48, (time.process_time() - busy) / 48)
    questions = classifier_by_question(comments)
    suggestions, top = suggestion_scores(comments), ceiling(comments, features)
    shares = share_scores(comments, features, draws)
    seconds = {"vectors": comments.seconds, "words": words, "learning and coding": each}
    sections = [
        _suggestions(suggestions, top),
        _classifier(classifier, questions),
        _shares(shares, draws),
        _speed(seconds, len(comments.text)),
    ]
    numbers: dict[str, object] = {"ami": suggestions, "ceiling": top, "seconds": seconds}
    numbers |= {f"kappa of {question}": pair for question, pair in questions.items()}
    numbers |= {f"kappa_{n}_{how}": value for (n, how), value in classifier.items()}
    return sections, numbers | _summary(shares, "share") | _summary(shares, "change")


def main() -> int:
    """Run everything and write the document."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=4000, help="simulated surveys")
    options.add_argument("--open-draws", type=int, default=500, help="draws of hand-coded answers")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    figures = closed_figures(asked.draws, asked.seed)
    numbers: dict[str, object] = {f.what: f.rate for f in figures}
    folder = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
    if folder:
        sections, more = _open(Path(folder), asked.open_draws)
        numbers |= more
        head = (
            "# How far the survey numbers can be trusted\n\nWritten by `python -m benchmarks.survey_validity`; every "
            "figure is measured, the bad ones too."
        )
        DOCUMENT.write_text("\n\n".join([head, _closed(figures, asked.draws), *sections]) + "\n")
    else:
        print("DIGITAL_PERSONA_REAL_DATA is not set: open answers were not measured.", file=sys.stderr)
    print(json.dumps(numbers))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
