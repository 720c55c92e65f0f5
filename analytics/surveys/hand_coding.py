"""How many answers to code by hand before a classifier may code the rest, and what would bend the shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from analytics.surveys.codebook import Codebook
from analytics.surveys.prevalence import answers_to_code


@dataclass(frozen=True)
class HandCoding:
    """How far the coding by hand is: answers coded and wanted in each wave, and what stands in the way.

    ``waves`` maps a wave ("" where there is none) to (coded, wanted). ``doubts`` are sentences on what would
    bend the shares: disagreements left open, answers coded before a code existed.
    """

    waves: dict[str, tuple[int, int]]
    doubts: tuple[str, ...]


def hand_coding(waves: Mapping[str, str], book: Codebook, half_width: float = 0.05) -> HandCoding:
    """Say how many answers of each wave to code so that a theme's share is known within ``half_width``.

    It reckons with a theme that one in five speaks of, and with a classifier that explains a third of the coding.

    Parameters
    ----------
    waves
        The wave of each answer that says something, by the answer's id; "" where there is none.

    Raises
    ------
    SurveyError
        ``half_width`` is not between 0 and one half.
    """
    wanted = answers_to_code(half_width)
    settled = book.codings()
    every = Counter(waves.values())
    done = Counter(wave for answer, wave in waves.items() if answer in settled)
    anyone = {a for coder in book.coders for a in book.codings(coder)}
    doubts = []
    apart = len(anyone - set(settled))
    if apart:
        doubts.append(f"{apart} answers that two people coded differently are left out until somebody settles them.")
    early = [a for a in book.coded_before() if a in settled]
    if early:
        doubts.append(
            f"{len(early)} answers were coded before the newest code was there: read them again, or they count as "
            "not holding it."
        )
    return HandCoding({w: (done[w], min(n, wanted)) for w, n in every.items()}, tuple(doubts))
