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
        When a person has two profiles or two supplied vectors, a column is missing, or vectors and reviews do not
        belong together.
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
    latent = inputs.latent
    if latent is not None and latent.index.has_duplicates:
        raise PersonaBuildError("The supplied vectors hold a person twice. Give one vector a person.")
    if latent is not None and len(latent) < 2:
        raise PersonaBuildError("The supplied vectors are of fewer than two people. Leave them out.")
    if latent is not None and not np.isfinite(latent.to_numpy(dtype=float)).all():
        raise PersonaBuildError("Some of the supplied vectors hold no numbers. Compute them again.")
    order = np.argsort(reviews["review_id"].to_numpy(), kind="stable")
    return replace(
        inputs,
        profiles=profiles.sort_index(),
        reviews=reviews.iloc[order].reset_index(drop=True),
        vectors=None if vectors is None else vectors[order],
        latent=None if latent is None else latent.sort_index(),
    )
