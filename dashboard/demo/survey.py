"""The invented shop's survey: 200 followers before, 200 others after, with planted shares."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

WAVE_SIZE = 200
SCALE = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
AGES = {"18-24": 50, "25-34": 60, "35-49": 50, "50+": 40}
# Of 200 in each wave, how many give each answer from lowest to highest.
ITEMS: dict[str, dict[str, tuple[int, ...]]] = {
    "The posts are relevant to me": {"before": (10, 32, 54, 74, 30), "after": (4, 10, 26, 92, 68)},
    "I enjoy seeing the posts": {"before": (12, 28, 50, 78, 32), "after": (5, 13, 32, 90, 60)},
    "The posts touch me": {"before": (22, 46, 62, 50, 20), "after": (12, 30, 54, 68, 36)},
    "I am likely to buy something I saw in the posts": {
        "before": (26, 48, 50, 54, 22),
        "after": (16, 32, 44, 72, 36),
    },
    "I would choose this shop again": {"before": (12, 26, 60, 70, 32), "after": (8, 16, 46, 84, 46)},
}
RECOMMEND = "How likely are you to recommend us to a friend? (0-10)"
RECOMMEND_COUNTS = {
    "before": (4, 3, 5, 7, 9, 22, 26, 38, 36, 30, 20),
    "after": (2, 2, 3, 4, 5, 14, 20, 34, 44, 42, 30),
}
OPEN = "What do you think of our posts?"
PLANTED_TOP2 = {item: {wave: sum(n[3:]) / WAVE_SIZE for wave, n in waves.items()} for item, waves in ITEMS.items()}
# How many of 200 answers speak of a theme; an answer may speak of two.
THEMES: dict[str, dict[str, int]] = {
    "feels made for me": {"before": 22, "after": 62},
    "mood and fun": {"before": 34, "after": 48},
    "useful product facts": {"before": 38, "after": 42},
    "too many posts": {"before": 36, "after": 28},
    "impersonal": {"before": 48, "after": 16},
    "how do you know this": {"before": 6, "after": 18},
}
SENTENCES: dict[str, tuple[str, ...]] = {
    "feels made for me": (
        "It feels like the posts are made for people like me.",
        "They show things I was looking for anyway.",
        "Lately the posts match what I like.",
        "More of what interests me than I see elsewhere.",
        "Finally something that fits my age.",
    ),
    "mood and fun": (
        "They make me smile in the morning.",
        "Fun to look at.",
        "Nice pictures and a good mood.",
        "I like the humour.",
        "Pretty, calm pictures; I look forward to them.",
    ),
    "useful product facts": (
        "Good that the price is in the post.",
        "I learn what things are made of.",
        "Clear information about sizes and materials.",
        "The care tips are useful.",
        "I can see at once what it costs.",
    ),
    "too many posts": (
        "Too many posts for me.",
        "Three posts a day is a lot.",
        "I muted you for a while because there was so much.",
        "Fewer posts would do.",
        "It gets too much before holidays.",
    ),
    "impersonal": (
        "The same for everybody, like any other shop.",
        "Could be from any brand.",
        "Rather generic adverts.",
        "Nothing in them speaks to me.",
        "It is advertising, not a conversation.",
    ),
    "how do you know this": (
        "Sometimes I wonder how you know what I like.",
        "A bit strange how well it fits; what data do you use?",
        "I would like to know why I see these.",
        "Please say what you store about me.",
    ),
}
CODES = {
    "feels made for me": "The posts fit what the person likes or was looking for.",
    "mood and fun": "The posts please or amuse.",
    "useful product facts": "Prices, materials or care are helpful.",
    "too many posts": "Fewer posts would be better.",
    "impersonal": "The posts could come from anybody and speak to nobody.",
    "how do you know this": "The person wonders what data is used.",
}
# Theme -> what it means and the codes under it.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "What draws people in": (
        "Reasons to look at the posts.",
        ("feels made for me", "mood and fun", "useful product facts"),
    ),
    "What puts people off": (
        "Reasons to look away or to worry.",
        ("too many posts", "impersonal", "how do you know this"),
    ),
}
NON_ANSWERS = ("Nothing.", "N/A", "-", "no", "none", "?")
NON_ANSWER_EVERY, PERSONAL_EVERY = 12, 67


def demo_survey(seed: int = 7) -> tuple[pd.DataFrame, list[frozenset[str]]]:
    """Return the survey as exported (one row a respondent) and, apart, the themes each open answer holds.

    The counts of every item are exactly those of :data:`ITEMS` and :data:`RECOMMEND_COUNTS`; a common
    attitude makes the items of one respondent agree with each other.
    """
    rng = np.random.default_rng([seed, 4])
    frames, themes = [], []
    for wave, first in (("before", 1), ("after", 1 + WAVE_SIZE)):
        frame = pd.DataFrame({"respondent_id": [f"S{first + n:04d}" for n in range(WAVE_SIZE)], "wave": wave})
        frame["age_group"] = rng.permutation(np.repeat(list(AGES), list(AGES.values())))
        attitude = rng.normal(size=WAVE_SIZE) + np.where(frame["age_group"] == "18-24", 0.4, 0.0)
        for item, counts in ITEMS.items():
            frame[item] = np.array(SCALE)[_ranked(attitude, counts[wave], rng)]
        frame[RECOMMEND] = _ranked(attitude, RECOMMEND_COUNTS[wave], rng)
        held = _held(wave, rng)
        frame[OPEN] = [_answer(number, h, rng) for number, h in enumerate(held)]
        frames.append(frame)
        themes += held
    return pd.concat(frames, ignore_index=True), themes


def _ranked(attitude: NDArray[np.float64], counts: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.intp]:
    """Return an answer (0 = lowest) for each respondent: exact counts, given out by attitude plus noise."""
    order = np.argsort(attitude + rng.normal(scale=0.9, size=len(attitude)), kind="stable")
    answers = np.empty(len(attitude), dtype=np.intp)
    answers[order] = np.repeat(np.arange(len(counts)), counts)
    return answers


def _held(wave: str, rng: np.random.Generator) -> list[frozenset[str]]:
    """Deal the themes out to the respondents who answer, two at most to one."""
    answering = np.array([n for n in range(WAVE_SIZE) if n % NON_ANSWER_EVERY])
    held: list[set[str]] = [set() for _ in range(WAVE_SIZE)]
    for theme, waves in THEMES.items():
        free = rng.permutation([n for n in answering if len(held[n]) < 2])
        fewest_first = sorted(free.tolist(), key=lambda n: len(held[n]) + rng.random())
        for number in fewest_first[: waves[wave]]:
            held[number].add(theme)
    return [frozenset(h) for h in held]


def _answer(number: int, themes: frozenset[str], rng: np.random.Generator) -> str:
    if not themes:
        options = NON_ANSWERS if number % NON_ANSWER_EVERY == 0 else ("All fine.", "I scroll past most of them.", "OK.")
        return options[int(rng.integers(len(options)))]
    said = [SENTENCES[t][int(rng.integers(len(SENTENCES[t])))] for t in sorted(themes)]
    if number % PERSONAL_EVERY == 1:
        said.append(f"You can reach me at reader{number}@example.org.")
    return " ".join(said)
