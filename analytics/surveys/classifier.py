"""A classifier that learns a person's codes from a sample and codes the rest of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analytics.inference import Estimate
from analytics.surveys.agreement import cohen_kappa
from analytics.surveys.answers import plain_text
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import Flags, Floats

if TYPE_CHECKING:
    from scipy.sparse import csr_array
    from sklearn.linear_model import LogisticRegression

# scikit-learn is loaded where it is used: a page that compares two waves needs none of its 25 MiB.

FEWEST_EXAMPLES = 5
"""A code with fewer examples than this is not learned; its share is told from the hand-coded answers alone."""

_WORD_TOPICS = 100
_FEW_ANSWERS = 2_000
_PENALTY = 3.0
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Coding:
    """All answers coded by a classifier.

    ``probabilities`` has shape (answers, codes). Rows of hand-coded answers come from models that did not
    see them (cross-fitting), so that they can judge the classifier fairly. ``kappa`` compares them with the
    person's codes (the most probable code where codes exclude each other, else every code as a yes/no).
    ``not_learned`` are codes with too few examples.
    """

    codes: tuple[str, ...]
    probabilities: Floats
    coded: tuple[int, ...]
    human: Floats
    exclusive: bool
    kappa: Estimate
    not_learned: tuple[str, ...]

    def by_machine(self) -> Flags:
        """Return the classifier's choice for every answer, shape (answers, codes)."""
        if not self.exclusive:
            return self.probabilities >= 0.5
        hard = np.zeros(self.probabilities.shape, dtype=bool)
        hard[np.arange(len(hard)), self.probabilities.argmax(axis=1)] = True
        return hard

    def chosen(self) -> tuple[frozenset[str], ...]:
        """Return each answer's codes: a person's where there are any, else the classifier's."""
        hard = self.by_machine()
        hard[list(self.coded)] = self.human.astype(bool)
        return tuple(frozenset(c for c, yes in zip(self.codes, row, strict=True) if yes) for row in hard)


def answer_features(vectors: Floats, texts: Sequence[str]) -> Floats:
    """Return features of all answers: text vectors, topics of words and letter groups, and neighbours.

    The topics are the leading directions of the tf-idf matrix (latent semantic analysis), learned from every
    answer, coded or not. Shape (answers, 2 d + 100), fewer topics where there are few answers.

    Parameters
    ----------
    vectors
        Shape (answers, d), rows of length 1.
    texts
        The answers' redacted texts.

    Raises
    ------
    SurveyError
        There are more texts than vectors or the other way round.
    """
    if len(vectors) != len(texts):
        raise SurveyError(f"There are {len(texts)} answers and {len(vectors)} text vectors. Make one for each answer.")
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    dense = np.asarray(vectors, dtype=np.float64)
    plain = [plain_text(t[:5000]) for t in texts]
    kinds = (
        TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2, max_features=20_000),
        TfidfVectorizer(sublinear_tf=True, analyzer="char_wb", ngram_range=(2, 5), min_df=2, max_features=40_000),
    )
    try:
        words = hstack([kind.fit_transform(plain) for kind in kinds]).tocsr()
    except ValueError:
        # No word comes twice: the vectors alone must do.
        return np.hstack([dense, _among_neighbours(dense)])
    size = min(_WORD_TOPICS, words.shape[0] - 1, words.shape[1] - 1)
    if size < 2 or len(set(plain)) < 3:
        return np.hstack([dense, _among_neighbours(dense)])
    return np.hstack([dense, _unit(_topics(words, size)), _among_neighbours(dense)])


def _topics(words: csr_array, size: int) -> Floats:
    """Return the leading directions of a sparse matrix, shape (rows, size)."""
    if words.shape[0] > _FEW_ANSWERS:
        from sklearn.decomposition import TruncatedSVD

        topics: Floats = TruncatedSVD(size, random_state=0).fit_transform(words)
        return topics
    from scipy.linalg import eigh

    # Of few answers with many words, the products of answers are the smaller matrix, and exact.
    n = words.shape[0]
    squares, directions = eigh((words @ words.T).toarray(), subset_by_index=(n - size, n - 1))
    return np.asarray(directions * np.sqrt(np.clip(squares, 0.0, None)))


def _unit(x: Floats) -> Floats:
    return x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)


def _among_neighbours(vectors: Floats, block: int = 1000) -> Floats:
    """Return each vector plus the mean of its ten nearest: what an answer says among answers like it."""
    k = min(10, len(vectors) - 1)
    if k < 1:
        return vectors
    light = vectors.astype(np.float32)
    out = np.empty_like(vectors)
    for start in range(0, len(light), block):
        part = light[start : start + block]
        likeness = part @ light.T
        likeness[np.arange(len(part)), np.arange(start, start + len(part))] = -2.0
        nearest = np.argpartition(-likeness, k - 1, axis=1)[:, :k]
        out[start : start + block] = part + light[nearest].mean(axis=1)
    return _unit(out)


def to_code_by_hand(
    vectors: Floats, n: int, *, seed: int, among: Sequence[int] | None = None, varied: bool = False
) -> tuple[int, ...]:
    """Pick the answers a person should code.

    Parameters
    ----------
    vectors
        Shape (answers, d).
    n
        How many to pick; all where there are fewer.
    among
        Row numbers to pick from (one wave, or what is not coded yet).
    varied
        False draws a plain random sample, the only kind from which shares may be estimated. True picks answers
        that differ from each other, one from each of n groups: the classifier learns faster from those.

    Returns
    -------
    tuple of int
        Row numbers, in a random order so that stopping early does no harm.
    """
    pool = np.arange(len(vectors)) if among is None else np.asarray(among, dtype=int)
    rng = np.random.default_rng(seed)
    if n >= pool.size:
        return tuple(int(i) for i in rng.permutation(pool))
    if not varied:
        return tuple(int(i) for i in rng.choice(pool, n, replace=False))
    from sklearn.cluster import MiniBatchKMeans

    distances = MiniBatchKMeans(n, n_init=3, random_state=seed, batch_size=2048).fit_transform(vectors[pool])
    picked = list(dict.fromkeys(int(i) for i in distances.argmin(axis=0)))
    others = [int(i) for i in rng.permutation(pool.size) if int(i) not in set(picked)]
    picked += others[: n - len(picked)]
    return tuple(int(pool[i]) for i in rng.permutation(picked))


def code_answers(
    features: Floats,
    by_hand: Mapping[int, frozenset[str]],
    codes: Sequence[str],
    *,
    folds: int = 5,
    seed: int = 7,
    progress: Progress | None = None,
) -> Coding:
    """Learn a person's codes and code every answer.

    Parameters
    ----------
    features
        Shape (answers, d), as ``answer_features`` made them.
    by_hand
        Row number -> the codes a person gave (an empty set: none fits).
    codes
        Every code of the codebook.
    folds
        Parts for cross-fitting: each hand-coded answer is judged by models that did not see it.
    progress
        Called with the share done, 0 to 1.

    Raises
    ------
    SurveyError
        Fewer than 20 answers were coded by hand, or a code is not in the codebook.
    """
    rows = np.array(sorted(by_hand), dtype=int)
    if rows.size < 20:
        raise SurveyError(f"{rows.size} answers are coded by hand; a classifier needs 20, and does well from 100.")
    strangers = {c for given in by_hand.values() for c in given} - set(codes)
    if strangers:
        raise SurveyError(f"The codes {', '.join(sorted(strangers))} are not in the codebook.")
    human = np.array([[float(c in by_hand[int(i)]) for c in codes] for i in rows])
    exclusive = bool((human.sum(axis=1) == 1).all())
    learned = human.sum(axis=0) >= FEWEST_EXAMPLES
    probabilities = _cross_fitted(features, rows, human, exclusive, min(folds, rows.size), seed, progress)
    kappa = _kappa(probabilities[rows], human, exclusive)
    weak = tuple(c for c, ok in zip(codes, learned, strict=True) if not ok)
    return Coding(tuple(codes), probabilities, tuple(map(int, rows)), human, exclusive, kappa, weak)


def _cross_fitted(
    X: Floats, rows: np.ndarray, human: Floats, exclusive: bool, folds: int, seed: int, progress: Progress | None
) -> Floats:
    """Return probabilities (answers, codes): unseen rows get the mean of all folds' models."""
    part = np.random.default_rng(seed).permutation(rows.size) % folds
    out = np.zeros((X.shape[0], human.shape[1]))
    held = np.zeros((rows.size, human.shape[1]))
    for fold in range(folds):
        seen = part != fold
        found = _fit_predict(X, rows[seen], human[seen], exclusive)
        out += found / folds
        held[~seen] = found[rows[~seen]]
        if progress is not None:
            progress((fold + 1) / folds)
    out[rows] = held
    return out


def _model() -> LogisticRegression:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=_PENALTY, class_weight="balanced", max_iter=300)


def _fit_predict(X: Floats, rows: np.ndarray, human: Floats, exclusive: bool) -> Floats:
    out = np.zeros((X.shape[0], human.shape[1]))
    if exclusive:
        label = human.argmax(axis=1)
        if np.unique(label).size > 1:
            model = _model().fit(X[rows], label)
            out[:, model.classes_] = model.predict_proba(X)
        else:
            out[:, label[0]] = 1.0
        return out
    for k in range(human.shape[1]):
        yes = human[:, k]
        out[:, k] = _model().fit(X[rows], yes).predict_proba(X)[:, 1] if 0 < yes.sum() < yes.size else yes.mean()
    return out


def _kappa(probabilities: Floats, human: Floats, exclusive: bool) -> Estimate:
    if exclusive:
        return cohen_kappa(human.argmax(axis=1).tolist(), probabilities.argmax(axis=1).tolist())
    return cohen_kappa(human.ravel().tolist(), (probabilities >= 0.5).astype(float).ravel().tolist())
