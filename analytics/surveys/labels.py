"""Answer labels that carry an order: agreement, frequency, likelihood, satisfaction, quality and more.

A label is read as words, not looked up whole: "Somewhat unlikely" is a degree ("somewhat") of a pole
("unlikely"). Each recognised label gets a position on its own family's line; labels of one item must all
belong to one family and all differ in position, otherwise they do not order themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from analytics.surveys.errors import SurveyError

NO_ANSWER = frozenset(
    """no answer|no response|prefer not to say|prefer not to answer|don't know|dont know|do not know|not sure
|not applicable|n/a|na|refused|skipped|no opinion|unsure|rather not say|does not apply|not asked
|i don't know|can't say|weiß nicht|weiss nicht|keine angabe|keine antwort|k.a|ne sait pas|sans réponse
|no sabe|no sé|no contesta""".replace("\n", "").split("|")
)
"""Answers that say nothing about the question: counted apart, never placed on a scale."""

# Family -> (words of the low pole, words of the high pole, words of the middle). Longer words first.
_POLES: dict[str, tuple[str, str, str]] = {
    "agreement": ("disagree", "agree", "neither agree nor disagree|neither|neutral|undecided"),
    "likelihood": ("unlikely|improbable", "likely|probable|probably", "neither likely nor unlikely|neither|neutral"),
    "satisfaction": (
        "dissatisfied|unsatisfied|unhappy",
        "satisfied|happy",
        "neither satisfied nor dissatisfied|neither|neutral",
    ),
    "importance": (
        "unimportant",
        "important",
        "neither important nor unimportant|neither|neutral",
    ),
    "favour": ("unfavourable|unfavorable|negative", "favourable|favorable|positive", "neither|neutral"),
    "ease": ("difficult|hard", "easy", "neither|neutral"),
}
_DEGREES = {
    "completely": 3.0,
    "totally": 3.0,
    "extremely": 3.0,
    "entirely": 3.0,
    "strongly": 2.5,
    "very": 2.5,
    "definitely": 2.5,
    "highly": 2.5,
    "": 2.0,
    "quite": 1.8,
    "fairly": 1.7,
    "mostly": 1.6,
    "moderately": 1.5,
    "rather": 1.4,
    "tend to": 1.2,
    "somewhat": 1.0,
    "mildly": 0.8,
    "slightly": 0.7,
    "a little": 0.7,
    "a bit": 0.7,
}
# One-ended lines: how much of something there is. Position 0 is none of it.
_AMOUNTS = {
    "not at all": 0.0,
    "not": 0.2,
    "not very": 1.0,
    "not too": 1.0,
    "not so": 1.0,
    "not particularly": 1.0,
    "slightly": 1.5,
    "a little": 1.5,
    "a bit": 1.5,
    "somewhat": 2.5,
    "moderately": 3.0,
    "fairly": 3.2,
    "quite": 3.5,
    "": 3.8,
    "very": 5.0,
    "highly": 5.2,
    "extremely": 6.0,
    "completely": 6.5,
    "totally": 6.5,
}
_LINES: dict[str, tuple[str, ...]] = {
    "frequency": (
        "never, and not open to it|never and not open to it",
        "never, but open to it|never but open to it",
        "never",
        "almost never|hardly ever|very rarely",
        "rarely|seldom",
        "once in a while|occasionally|now and then",
        "sometimes|about half the time",
        "regularly",
        "often|frequently",
        "very often|usually|most of the time|mostly",
        "almost always|nearly always|very frequently",
        "always|all the time|every time",
    ),
    "how often": (
        "never",
        "less than once a year|less often",
        "once a year|yearly",
        "a few times a year|several times a year",
        "less than once a month",
        "once a month|monthly",
        "a few times a month|several times a month|2-3 times a month",
        "once a week|weekly",
        "a few times a week|several times a week|2-3 times a week",
        "once a day|daily|every day",
        "several times a day|more than once a day",
    ),
    "quality": (
        "terrible|awful|extremely poor",
        "very poor|very bad",
        "poor|bad",
        "below average",
        "average|fair|ok|okay|acceptable|neither good nor poor|neither good nor bad|neutral",
        "above average",
        "good",
        "very good",
        "excellent|outstanding",
    ),
    "amount": (
        "none|not at all|nothing|nothing at all|none at all",
        "not much|very little|hardly at all|hardly anything",
        "only a little|a little|a little bit",
        "some|somewhat",
        "a moderate amount|moderately|a fair amount",
        "quite a bit|a good deal",
        "a lot|very much|much",
        "a great deal|completely|extremely",
    ),
    "chance": (
        "definitely not|definitely will not|definitely would not|certainly not",
        "probably not|probably will not|probably would not",
        "maybe|might or might not|possibly|not sure either way|undecided",
        "probably|probably will|probably would|probably yes",
        "definitely|definitely will|definitely would|definitely yes|certainly",
    ),
    "change": (
        "much worse|much less|decreased a lot",
        "somewhat worse|somewhat less|decreased a little",
        "worse|less|decreased",
        "a little worse|slightly worse|slightly less|a little less",
        "about the same|the same|no change|unchanged|stayed the same",
        "a little better|slightly better|slightly more|a little more",
        "better|more|increased",
        "somewhat better|somewhat more|increased a little",
        "much better|much more|increased a lot",
    ),
    "education": (
        "less than high school degree|less than high school|did not complete high school|no high school",
        "high school degree|high school|high school or g.e.d.|high school graduate",
        "some college or associate degree|some college",
        "associate's degree|associate degree|associates degree",
        "bachelor degree|bachelor's degree|bachelors degree|college graduate|college degree",
        "graduate degree|post graduate degree|postgraduate degree|master's degree",
        "doctorate|doctoral degree",
    ),
}
_BAND = re.compile(
    r"^(?P<under><|under|less than|below|up to)?\s*[$€£]?\s*(?P<low>\d[\d.,]*)\s*(?P<k>k)?"
    r"(?:\s*(?:-|to|and|–|—)\s*[$€£]?\s*(?P<high>\d[\d.,]*)\s*k?)?"
    r"\s*(?P<over>\+|or more|or over|or older|and up|and over|and older|plus)?(?:\s*(?:years?(?: old)?|yrs?))?$"
)
_OVER = re.compile(r"^(?:>|over|more than|above|older than)\s*[$€£]?\s*(\d[\d.,]*)\s*k?(?:\s*years?)?$")


def plain_label(label: str) -> str:
    """Return the label in lower case, one space between words, without brackets or end marks."""
    text = str(label).replace("’", "'").replace("_", " ").casefold()
    text = re.sub(r"\(.*?\)", " ", text)
    return re.sub(r"\s+", " ", text).strip(" .:;!*")


def is_no_answer(label: str) -> bool:
    """Tell whether an answer says nothing about the question ("Prefer not to say")."""
    return plain_label(label) in NO_ANSWER


def _bipolar(text: str, family: str) -> float | None:
    low, high, middle = _POLES[family]
    for word in middle.split("|"):
        if text == word or text.startswith("neither " + word):
            return 0.0
    for words, sign in ((low, -1.0), (high, 1.0)):
        for word in words.split("|"):
            if re.search(rf"(?:^|\s){word}(?:$|\s)", text):
                degree = re.sub(rf"(?:^|\s){word}(?:$|\s).*", "", text).strip()
                if degree in _DEGREES:
                    return sign * _DEGREES[degree]
    return None


def _unipolar(text: str) -> tuple[str, float] | None:
    """Return the noun measured and how much of it: "not very masculine" is little of "masculine"."""
    for degree in sorted(_AMOUNTS, key=len, reverse=True):
        if degree and text.startswith(degree + " ") and len(text.split()) - len(degree.split()) <= 2:
            return text[len(degree) + 1 :], _AMOUNTS[degree]
    return (text, _AMOUNTS[""]) if 0 < len(text.split()) <= 2 else None


def _on_line(text: str, family: str) -> float | None:
    for place, words in enumerate(_LINES[family]):
        if text in words.split("|"):
            return float(place)
    return None


def _number(text: str) -> float:
    return float(re.sub(r"[,\s]", "", text).rstrip("."))


def _band(text: str) -> float | None:
    over = _OVER.match(text)
    if over:
        return _number(over.group(1)) + 0.5
    found = _BAND.match(text)
    if not found or not (found["high"] or found["over"] or found["under"]):
        return None
    low = _number(found["low"]) * (1000 if found["k"] else 1)
    return low - 0.5 if found["under"] else low


def _positions(texts: Sequence[str]) -> tuple[str, list[float]] | None:
    for family in _POLES:
        found = [_bipolar(text, family) for text in texts]
        if all(value is not None for value in found) and any(value for value in found):
            return family, [float(value) for value in found if value is not None]
    for family in _LINES:
        found = [_on_line(text, family) for text in texts]
        if all(value is not None for value in found):
            return family, [float(value) for value in found if value is not None]
    found = [_band(text) for text in texts]
    if all(value is not None for value in found):
        return "bands", [float(value) for value in found if value is not None]
    amounts = [_unipolar(text) for text in texts]
    known = [pair for pair in amounts if pair is not None]
    if len(known) == len(texts) and len({noun for noun, _ in known}) == 1:
        return f"how {known[0][0]}", [degree for _, degree in known]
    return None


def ordered_labels(labels: Iterable[str]) -> tuple[str, tuple[str, ...]] | None:
    """Order an item's labels from least to most by their words.

    Parameters
    ----------
    labels
        The distinct labels of one item, in any order; "no answer" labels are left out.

    Returns
    -------
    tuple or None
        ``(family, labels from low to high)``; None where the words do not say an order.
    """
    kept = [label for label in dict.fromkeys(labels) if not is_no_answer(label)]
    texts = [plain_label(label) for label in kept]
    if len(set(texts)) < 2:
        return None
    placed = _positions(texts)
    if placed is None or len({round(p, 6) for p in placed[1]}) < len(set(texts)):
        return None
    order = sorted(range(len(kept)), key=lambda i: placed[1][i])
    return placed[0], tuple(kept[i] for i in order)


def given_order(question: str, labels: Iterable[str], order: Sequence[str]) -> tuple[str, ...]:
    """Check an order that a person gave for an item's labels and return it.

    Raises
    ------
    SurveyError
        A label in the data is missing from the order, or the order names one twice.
    """
    plain = [plain_label(label) for label in order]
    if len(set(plain)) != len(plain):
        raise SurveyError(f'The order given for "{question}" names a label twice. List each label once.')
    missing = [x for x in dict.fromkeys(labels) if plain_label(x) not in plain and not is_no_answer(x)]
    if missing:
        raise SurveyError(
            f'The order given for "{question}" does not place {_listed(missing)}. '
            "List every label from the lowest to the highest."
        )
    return tuple(order)


def ask_for_order(question: str, labels: Iterable[str]) -> str:
    """Return the question to put to a person when labels do not order themselves."""
    return (
        f'The answers to "{question}" ({_listed(list(dict.fromkeys(labels)))}) do not say which is low and '
        "which is high. List them from the lowest to the highest."
    )


def _listed(values: Sequence[str], most: int = 8) -> str:
    shown = ", ".join(f'"{value}"' for value in values[:most])
    return shown + (f" and {len(values) - most} more" if len(values) > most else "")


def partly_ordered(labels: Iterable[str]) -> bool:
    """Tell whether labels look like a scale whose order cannot be told: most of them are on one line."""
    texts = list(dict.fromkeys(plain_label(x) for x in labels if not is_no_answer(x)))
    if not 3 <= len(texts) <= 11:
        return False
    for family in (*_POLES, *_LINES):
        on = [_bipolar(t, family) if family in _POLES else _on_line(t, family) for t in texts]
        if sum(value is not None for value in on) >= max(2, len(texts) / 2):
            return True
    return False
