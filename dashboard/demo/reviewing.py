"""Reviews of the invented shop: plain sentences from a small grammar, told apart by who writes them."""

from __future__ import annotations

import numpy as np

from dashboard.demo.clothes import DemoProduct

RATINGS, RATING_SHARES = (5, 4, 3, 2, 1), (0.46, 0.30, 0.13, 0.08, 0.03)
PLURAL = ("Jeans", "Trousers", "Joggers", "Boots", "Sneakers", "Socks")
TITLES = {
    5: ("Love it", "Very happy", "Would order again", "Just right"),
    4: ("Happy with it", "Good buy", "As described", "Nearly perfect"),
    3: ("Mixed feelings", "It is fine", "Good, with a but"),
    2: ("Not quite", "Expected more", "Sending it back"),
    1: ("Disappointed", "Not for me"),
}
# What each kind of customer does with a thing: {it} is "it" or "them".
OCCASIONS: dict[str, tuple[str, ...]] = {
    "outdoor": (
        "Took {it} hiking in the hills last weekend.",
        "My dog and I walk the trail every morning, and I always have {it} with me.",
        "Two days of rain on the trail and no complaint.",
        "Comes along on every hike, windy or not.",
        "Goes into my pack each weekend.",
        "A windy ridge was the first test.",
        "Muddy trail, wet dog, long hike: all fine.",
        "Bought for a week of hiking in the hills.",
    ),
    "office": (
        "I have {it} with me at the office most days.",
        "Smart enough for a meeting with clients.",
        "Good on the commute and still smart at work.",
        "Two colleagues asked where I got {it}.",
        "From the morning meeting to dinner without a change.",
        "Looks smart at work without any fuss.",
        "My commute is an hour and this helps.",
        "Exactly what I wanted for the office.",
    ),
    "home": (
        "Made for an evening on the sofa.",
        "A gift for my sister, and I kept one for me.",
        "Cosy evenings with a pot of tea are what I bought {it} for.",
        "I sit in the garden with {it} until dark.",
        "My grandchildren noticed at once.",
        "Tea, knitting and this: a cosy afternoon.",
        "A lovely gift for a friend with a garden.",
        "Now a part of every quiet evening at home.",
    ),
    "student": (
        "Seen on campus every day now.",
        "Survived a festival and two parties.",
        "My flatmate wants the same.",
        "Fits a student budget, just.",
        "On the bike to a lecture and back, no trouble.",
        "Bought for the train home from campus.",
        "Three lectures and then a party, all in one day.",
        "On my budget I think twice, and I do not regret this.",
    ),
}
# A theme is a quality ("so warm"), a thing ("soft fabric") or an event ("runs small").
QUALITIES = ("{It} {is} {t}.", "I find {it} {t}.", "Honestly, {it_s} {is} {t}.", "First thing I noticed: {t}.")
THINGS = ("I like the {t}.", "Really {t}.", "{It} {has} a {t}.", "The {t} is why I ordered.")
NO_ARTICLE = ("soft fabric",)
TWO_QUALITIES = ("{It} {is} {t} and {u}.", "{T} and {u}.", "So far {it_s} {is} {t} and {u}.")
CLOSINGS = ("Would buy again.", "Very happy.", "Five stars from me.", "No regrets.", "Thank you.", "")
BUTS = (
    "The delivery took ten days.",
    "The shade on screen was brighter.",
    "I would pay a little less for {it}.",
    "The box came dented.",
)
SEWN_BUTS = (*BUTS, "A loose thread came out in the first week.", "One seam could be neater.")
NOT_SEWN = ("mug", "candle", "bottle")


def review(product: DemoProduct, segment: str, rating: int, rng: np.random.Generator) -> tuple[str, str]:
    """Return the title and text of one review.

    Praise uses the product's own themes, so that several people share a phrase; lower ratings praise
    less and add what was wrong.
    """
    words = _words(product)
    praise = [t for t in product.themes if not t.startswith("runs ")]
    fit = [t for t in product.themes if t.startswith("runs ")]
    count = 2 if rating >= 4 else 1 if rating == 3 else 0
    chosen = [str(t) for t in rng.choice(praise, size=min(count, len(praise)), replace=False)]
    parts = [_pick(OCCASIONS[segment], rng), *_praised(chosen, rng)]
    if rating <= 3 or (fit and rng.random() < 0.25):
        parts.append(f"{{It}} {fit[0] if words['is'] == 'is' else fit[0].replace('runs', 'run')}." if fit else "")
    if rating <= 3:
        parts.append(_pick(BUTS if product.shape in NOT_SEWN else SEWN_BUTS, rng))
    if rating == 5:
        parts.append(_pick(CLOSINGS, rng))
    if rng.random() < 0.3:
        parts[0], parts[1] = parts[1], parts[0]
    return _pick(TITLES[rating], rng), " ".join(part.format(**words) for part in parts if part)


def _words(product: DemoProduct) -> dict[str, str]:
    if product.name.endswith(PLURAL):
        return {"It": "They", "it": "them", "it_s": "they", "is": "are", "has": "have"}
    return {"It": "It", "it": "it", "it_s": "it", "is": "is", "has": "has"}


def _is_thing(theme: str) -> bool:
    return theme.split()[-1] in ("color", "fit", "size", "fabric") and theme != "true to size"


def _praised(themes: list[str], rng: np.random.Generator) -> list[str]:
    """Return sentences, still with their pronoun's gaps, that say each theme in its own words."""
    qualities = [t for t in themes if not _is_thing(t)]
    if len(qualities) == 2 and rng.random() < 0.5:
        t, u = qualities
        return [_filled(_pick(TWO_QUALITIES, rng), t, u)]
    said = []
    for theme in themes:
        forms: tuple[str, ...] = THINGS if _is_thing(theme) else QUALITIES
        if theme in NO_ARTICLE:
            forms = tuple(form for form in forms if " a {t}" not in form)
        said.append(_filled(_pick(forms, rng), theme))
    return said


def _filled(form: str, theme: str, other: str = "") -> str:
    return form.replace("{t}", theme).replace("{T}", theme[:1].upper() + theme[1:]).replace("{u}", other)


def _pick(options: tuple[str, ...], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]
