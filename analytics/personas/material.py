"""Check what comes in and put its rows in one order, so that the order of a file changes nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analytics.personas.model import PersonaBuildError, PersonaInputs

NEEDED = ("review_id", "customer", "rating", "text")


def checked(inputs: PersonaInputs) -> PersonaInputs:
    """Return the same material with people by pseudonym and reviews by id.

    Raises
    ------
    PersonaBuildError
        When a person has two profiles, a column is missing, or vectors and reviews do not belong together.
    """
    profiles, reviews, vectors = inputs.profiles, inputs.reviews, inputs.vectors
    twice = profiles.index[profiles.index.duplicated()]
    if len(twice):
        raise PersonaBuildError(f"{len(twice)} people have more than one profile. Keep one row a person.")
    missing = [name for name in NEEDED if name not in reviews.columns]
    if missing:
        raise PersonaBuildError(f"The reviews lack the column {', '.join(missing)}. Map it on the Data page.")
    if vectors is not None and len(vectors) != len(reviews):
        raise PersonaBuildError(
            f"There are {len(vectors)} review vectors for {len(reviews)} reviews. Encode the reviews again."
        )
    if vectors is not None and not np.isfinite(vectors).all():
        raise PersonaBuildError("Some review vectors hold no numbers. Encode the reviews again.")
    order = np.argsort(reviews["review_id"].to_numpy(), kind="stable")
    return replace(
        inputs,
        profiles=profiles.sort_index(),
        reviews=reviews.iloc[order].reset_index(drop=True),
        vectors=None if vectors is None else vectors[order],
    )
