"""Made-up people for the tests: groups that are there, and data without any."""

import numpy as np
import pandas as pd

NO_REVIEWS = pd.DataFrame(columns=["review_id", "customer", "rating", "text"])


def people(count):
    return pd.Index([f"c{i:05d}" for i in range(count)])


def grouped(groups=3, size=70, seed=0, apart=5.0):
    """Return profiles of well separated groups, numbers and levels, and the true group of each person."""
    rng = np.random.default_rng(seed)
    truth = rng.permutation(np.repeat(np.arange(groups), size))
    centres = apart * np.eye(groups, 4)
    frame = pd.DataFrame(centres[truth] + rng.normal(size=(len(truth), 4)), columns=["spend", "visits", "age", "time"])
    frame["plan"] = np.where(rng.random(len(truth)) < 0.85, np.array(["a", "b", "c", "d"])[truth], "e")
    frame["member"] = rng.random(len(truth)) < np.linspace(0.1, 0.9, groups)[truth]
    frame.index = people(len(truth))
    return frame, pd.Series(truth, index=frame.index)


def unrelated_numbers(rng, count):
    return pd.DataFrame(rng.normal(size=(count, 6)), columns=list("abcdef"), index=people(count))


def unrelated_answers(rng, count):
    shares = (0.5, 0.4, 0.3, 0.6)
    return pd.DataFrame({c: rng.random(count) < s for c, s in zip("abcd", shares, strict=True)}, index=people(count))


def unrelated_mixture(rng, count):
    return pd.DataFrame(
        {
            "a": rng.normal(size=count),
            "b": rng.lognormal(size=count),
            "c": rng.choice(["x", "y", "z"], count),
            "d": rng.random(count) < 0.5,
            "e": rng.choice(["u", "v"], count),
            "f": rng.poisson(2, count),
            "g": rng.random(count) < 0.01,
        },
        index=people(count),
    )


def reviews_by(frame, texts, per_person=1, seed=0):
    rng = np.random.default_rng(seed)
    customers = np.repeat(frame.index.to_numpy(), per_person)
    return pd.DataFrame(
        {
            "review_id": np.arange(len(customers)),
            "customer": customers,
            "rating": rng.integers(1, 6, len(customers)).astype(float),
            "text": np.repeat(np.asarray(texts, dtype=object), per_person),
        }
    )
