"""Suggested themes: groups of answers that say similar things, named by their distinctive words.

Suggestions are drafts. On real comments no clustering comes near the themes people make, so a suggestion is
a place to start reading, never a result.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.surveys.answers import Answers, plain_text
from analytics.surveys.codebook import Code, Codebook
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Floats

FEWEST_ANSWERS = 20
"""Fewer answers are read, not clustered."""
MOST_ANSWERS = 3000
"""More answers than this are grouped from a random part; the rest join the group they are nearest to."""

_NEIGHBOURS = 15
_PULL = 2.0
_WORD = re.compile(r"[^\W\d_][\w'-]*[^\W_]")


@dataclass(frozen=True)
class SuggestedTheme:
    """A draft: its words, the answers in it (by id, the most typical first) and its share of all answers.

    ``together`` is the mean cosine likeness of its answers to their centre: how much they are of one mind.
    """

    name: str
    words: tuple[str, ...]
    answers: tuple[str, ...]
    share: float
    together: float


@dataclass(frozen=True)
class Suggestions:
    """Draft themes of one open question; every answer that says something is in exactly one of them."""

    themes: tuple[SuggestedTheme, ...]
    non_answers: tuple[str, ...]
    n: int
    note: str


def default_count(n: int) -> int:
    """Return how many themes to suggest for n answers: a person can review 4 to 12."""
    return int(min(12, max(4, round(math.sqrt(n) / 2))))


def suggest_themes(answers: Answers, vectors: Floats, *, count: int | None = None, seed: int = 7) -> Suggestions:
    """Group the answers that say something into draft themes.

    Vectors are first drawn towards their nearest neighbours, then joined by Ward's method (average linkage
    fits human themes a shade better, but puts most answers in one group, which helps nobody). A group of
    fewer than 2% of the answers joins its nearest, so that nobody is left in a heap of outliers.

    Parameters
    ----------
    answers
        As ``read_answers`` gave them.
    vectors
        Shape (k, d): one text vector for each of ``answers.spoken``, rows of length 1.
    count
        How many themes to aim for; fewer may come where small ones were joined.
    seed
        Of the random part that is grouped first where there are very many answers.

    Raises
    ------
    SurveyError
        Vectors and answers do not fit, or there are too few answers to group.
    """
    spoken = answers.spoken
    silent = tuple(a.id for a in answers.non_answers)
    if len(vectors) != len(spoken):
        raise SurveyError(f"There are {len(spoken)} answers and {len(vectors)} text vectors. Make one for each answer.")
    if len(spoken) < FEWEST_ANSWERS:
        raise SurveyError(
            f"{len(spoken)} answers are too few to suggest themes from ({FEWEST_ANSWERS} or more). Read them instead."
        )
    texts = [plain_text(a.text[:5000]) for a in spoken]
    label = group_vectors(np.asarray(vectors, float), texts, count or default_count(len(spoken)), seed)
    words = distinctive_words(texts, label)
    themes = []
    for group in np.unique(label):
        members = np.flatnonzero(label == group)
        centre = _unit(vectors[members].mean(axis=0)[None])[0]
        near = vectors[members] @ centre
        ids = tuple(spoken[int(members[i])].id for i in np.argsort(-near))
        found = words[int(group)]
        name = ", ".join(found[:3]) if found else f"Theme {int(group) + 1}"
        themes.append(SuggestedTheme(name, found, ids, members.size / len(spoken), float(near.mean())))
    themes.sort(key=lambda t: -t.share)
    note = (
        f"{len(themes)} drafts from {len(spoken)} answers. They are a start for reading: give them names, merge, "
        "split or remove them before anything is reported."
    )
    return Suggestions(tuple(themes), silent, len(spoken), note)


def _unit(x: Floats) -> Floats:
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)


def group_vectors(vectors: Floats, texts: Sequence[str], count: int, seed: int) -> np.ndarray:
    """Return a group number (0 to count - 1) for each answer; equal texts are always together."""
    distinct = {t: i for i, t in enumerate(dict.fromkeys(texts))}
    place = np.array([distinct[t] for t in texts])
    first = np.array([texts.index(t) for t in distinct]) if len(distinct) < len(texts) else np.arange(len(texts))
    unique, weight = _unit(vectors[first]), np.bincount(place)
    if len(unique) <= count:
        return place
    part = np.arange(len(unique))
    if len(unique) > MOST_ANSWERS:
        part = np.sort(np.random.default_rng(seed).choice(len(unique), MOST_ANSWERS, replace=False))
    near = _drawn_together(unique[part])
    from sklearn.cluster import AgglomerativeClustering  # 25 MiB that a page without themes does not need

    tree = AgglomerativeClustering(min(count, len(part)), linkage="ward")
    label = _joined(tree.fit_predict(near), near, weight[part], max(2.0, 0.02 * len(texts) * len(part) / len(unique)))
    centres = _unit(np.stack([unique[part][label == g].mean(axis=0) for g in np.unique(label)]))
    whole = (unique @ centres.T).argmax(axis=1)
    whole[part] = np.searchsorted(np.unique(label), label)
    return whole[place]


def _drawn_together(x: Floats) -> Floats:
    """Add to each vector twice the mean of its nearest neighbours: single odd words weigh less."""
    k = min(_NEIGHBOURS, len(x) - 1)
    likeness = x @ x.T
    np.fill_diagonal(likeness, -1.0)
    nearest = np.argpartition(-likeness, k - 1, axis=1)[:, :k]
    return _unit(x + _PULL * x[nearest].mean(axis=1))


def _joined(label: np.ndarray, x: Floats, weight: np.ndarray, least: float) -> np.ndarray:
    """Join groups lighter than ``least`` answers to the group whose centre is nearest."""
    label = label.copy()
    while True:
        groups = np.unique(label)
        sizes = np.array([weight[label == g].sum() for g in groups])
        small = int(sizes.argmin())
        if len(groups) < 3 or sizes[small] >= least:
            return label
        centres = _unit(np.stack([x[label == g].mean(axis=0) for g in groups]))
        likeness = centres @ centres[small]
        likeness[small] = -2.0
        label[label == groups[small]] = groups[int(likeness.argmax())]


def _words(text: str) -> set[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return {w for w in _WORD.findall(text) if w not in ENGLISH_STOP_WORDS and len(w) > 2 and len(set(w)) > 1}


def distinctive_words(texts: Sequence[str], label: np.ndarray, most: int = 6) -> dict[int, tuple[str, ...]]:
    """Return for each group the words said by more of its people than elsewhere.

    Words are ranked by the log odds of being said with an informative prior (Monroe, Colaresi and Quinn
    2008), each person counted once; a word said by fewer than three people of a group does not name it, and
    no word names two groups.
    """
    said: dict[int, Counter[str]] = {int(g): Counter() for g in np.unique(label)}
    sizes = Counter(int(g) for g in label)
    for text, group in zip(texts, label, strict=True):
        said[int(group)].update(_words(text))
    total: Counter[str] = sum(said.values(), Counter())
    n, out, taken = len(texts), {}, set()
    for group in sorted(said, key=lambda g: -sizes[g]):
        scored = []
        for word, here in said[group].items():
            if here >= min(3, sizes[group]):
                scored.append((_log_odds(here, sizes[group], total[word], n), word))
        scored.sort(reverse=True)
        names = [w for z, w in scored if z > 1 and w not in taken][:most] or [w for _, w in scored[:3]]
        taken.update(names[:3])
        out[group] = tuple(names)
    return out


def _log_odds(here: int, size: int, total: int, n: int) -> float:
    """Return the z of a word's log odds in the group against the rest, with all answers as the prior."""
    elsewhere, others = total - here, n - size
    prior = 10 * total / n
    a, b = here + prior, elsewhere + prior
    odds = math.log(a / max(0.5, size + 10 - a)) - math.log(b / max(0.5, others + 10 - b))
    return odds / math.sqrt(1 / a + 1 / b)


def add_drafts(book: Codebook, suggestions: Suggestions, *, by: str) -> tuple[Code, ...]:
    """Put the suggested themes into a codebook as drafts for a person to accept, rename or remove.

    No answer gets a code: people code answers, suggestions only point at what to read.
    """
    made = []
    for theme in suggestions.themes:
        name, again = theme.name, 2
        while book.named(name) is not None:
            name, again = f"{theme.name} ({again})", again + 1
        made.append(book.create(name, by=by, description="Suggested from words: " + ", ".join(theme.words), draft=True))
    return tuple(made)
