"""The invented shop's exports, as a marketer would upload them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from dashboard.demo.shop import PRODUCTS, SEGMENTS

PEOPLE, REVIEWS, WEEKS = 1_200, 1_500, 52
INTERVENTION_WEEKS = 26
PLANTED = {"engagement": 0.18, "click-through": 0.22, "follower growth": 0.16, "sales": 0.11}
PLANTED_YOUNG = 0.30
AGE_GROUPS = {"18-24": 0.25, "25-34": 0.30, "35-49": 0.25, "50+": 0.20}
CHANNELS = ("instagram", "facebook", "x", "pinterest")
_FIRST = [
    "Ada",
    "Bram",
    "Cleo",
    "Dara",
    "Edda",
    "Finn",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kira",
    "Liam",
    "Mona",
    "Nils",
    "Olga",
    "Petra",
    "Quinn",
    "Rosa",
    "Sven",
    "Tilda",
    "Ugo",
    "Vera",
    "Wim",
    "Xenia",
    "Yara",
    "Zeno",
]
_LAST = [
    "Abel",
    "Birk",
    "Carver",
    "Dahl",
    "Egger",
    "Falk",
    "Gruber",
    "Holm",
    "Ibsen",
    "Jansen",
    "Koch",
    "Lund",
    "Meyer",
    "Novak",
    "Olsen",
    "Pohl",
    "Quist",
    "Renner",
    "Stern",
    "Thal",
    "Ullman",
    "Voss",
    "Weber",
    "Young",
    "Zeller",
]
_REGIONS = ("North", "South", "East", "West", "Islands")
_NEGATIVE = ("runs small", "runs large")


def demo_files(seed: int = 7, today: date | None = None) -> dict[str, bytes]:
    """Return file names and contents: the same for the same seed and day.

    The day only moves the dates, so that the demo always ends last week.
    """
    rng = np.random.default_rng(seed)
    monday = (today or date.today()) - timedelta(days=(today or date.today()).weekday())
    people = _people(rng, monday)
    return {
        "profiles.csv": _csv(people.drop(columns=["segment"])),
        "consents.csv": _csv(_consents(people, rng, monday)),
        "products.csv": _csv(_products(monday)),
        "reviews.csv": _csv(_reviews(people, rng, monday)),
        "posts.csv": _csv(_posts(rng, monday)),
        "metrics.csv": _csv(_metrics(rng, monday)),
    }


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def _people(rng: np.random.Generator, monday: date) -> pd.DataFrame:
    names = list(SEGMENTS)
    rows = []
    for number in range(PEOPLE):
        segment = names[rng.choice(len(names), p=[SEGMENTS[n][0] for n in names])]
        _, age, income, likes, _ = SEGMENTS[segment]
        first, last = rng.choice(_FIRST), rng.choice(_LAST)
        rows.append(
            {
                "customer_id": f"C{number:05d}",
                "name": f"{first} {last}",
                "email": f"{first}.{last}{number}@example.org".lower(),
                "birth_year": monday.year - int(np.clip(rng.normal(age, 5), 18, 88)),
                "gender": rng.choice(["female", "male", "other"], p=[0.58, 0.40, 0.02]),
                "income": round(float(rng.lognormal(np.log(income), 0.18)), -2),
                "region": rng.choice(_REGIONS),
                "favourite_category": rng.choice(likes, p=[0.6, 0.25, 0.15]),
                "orders_last_year": int(rng.poisson({"office": 7, "outdoor": 5, "home": 4, "student": 2}[segment]) + 1),
                "newsletter": rng.choice(["yes", "no"], p=[0.7, 0.3] if segment != "student" else [0.3, 0.7]),
                "app_user": rng.choice(["yes", "no"], p=[0.85, 0.15] if segment == "student" else [0.3, 0.7]),
                "joined_on": (monday - timedelta(days=int(rng.integers(100, 1500)))).isoformat(),
                "segment": segment,
            }
        )
    return pd.DataFrame(rows)


def _consents(people: pd.DataFrame, rng: np.random.Generator, monday: date) -> pd.DataFrame:
    rows: list[tuple[object, ...]] = []
    for customer in people["customer_id"]:
        draw = rng.random()
        if draw < 0.08:
            continue
        at = monday - timedelta(days=int(rng.integers(30, 400)))
        for purpose in ("profiling", "personalisation", "analytics"):
            rows.append((customer, purpose, "grant", at, at + timedelta(days=730), "sign-up form"))
        if draw < 0.14:
            rows.append(
                (
                    customer,
                    "profiling",
                    "withdraw",
                    monday - timedelta(days=int(rng.integers(1, 25))),
                    None,
                    "settings page",
                )
            )
    return pd.DataFrame(rows, columns=["customer_id", "purpose", "action", "at", "expires_at", "source"])


def _products(monday: date) -> pd.DataFrame:
    start, end = monday - timedelta(days=60), monday + timedelta(days=120)
    return pd.DataFrame(
        {
            "product_id": p.key,
            "name": p.name,
            "category": p.category,
            "url": f"https://shop.example.org/{p.key.lower()}",
            "price": f"{p.price:.2f}",
            "currency": "EUR",
            "was_price": f"{p.was:.2f}" if p.was else "",
            "was_price_from": start if p.was else "",
            "was_price_until": end if p.was else "",
            "materials": p.materials,
            "stock": p.stock,
            "features": p.features,
            "allowed_claims": p.claims,
        }
        for p in PRODUCTS
    )


def _reviews(people: pd.DataFrame, rng: np.random.Generator, monday: date) -> pd.DataFrame:
    by_category: dict[str, list[int]] = {}
    for place, product in enumerate(PRODUCTS):
        by_category.setdefault(product.category, []).append(place)
    rows = []
    for number in range(REVIEWS):
        person = people.iloc[int(rng.integers(len(people)))]
        product = PRODUCTS[int(rng.choice(by_category[person["favourite_category"]]))]
        rating = int(rng.choice([5, 4, 3, 2], p=[0.5, 0.3, 0.12, 0.08]))
        text = _review_text(product.themes, SEGMENTS[person["segment"]][4], rating, rng)
        if number % 97 == 0:
            text += f" Write to me: {person['email']}"
        rows.append(
            {
                "review_id": f"R{number:05d}",
                "customer_id": person["customer_id"],
                "product_id": product.key,
                "rating": rating,
                "title": str(
                    rng.choice(["Happy with it", "As described", "Good buy", "Would order again", "Mixed feelings"])
                ),
                "text": text,
                "reviewed_at": (monday - timedelta(days=int(rng.integers(7, 360)))).isoformat(),
            }
        )
    return pd.DataFrame(rows)


def _review_text(themes: tuple[str, ...], notices: tuple[str, ...], rating: int, rng: np.random.Generator) -> str:
    """Write a short review: one or two of the product's themes and what this kind of customer speaks of."""
    good = [t for t in themes if t not in _NEGATIVE]
    bad = [t for t in themes if t in _NEGATIVE] or ["a bit thin"]
    said = list(rng.choice(good, size=min(len(good), int(rng.integers(1, 3))), replace=False))
    first, second = rng.choice(notices, size=2, replace=False)
    opener = rng.choice(["I bought this for", "Got it for", "Perfect for", "I use it for", "Took it along for"])
    parts = [f"{opener} {first} and {second} days.", _statement(said, rng)]
    if rating <= 3:
        parts.append(f"But it is {bad[0]}." if not bad[0].startswith("run") else f"But it {bad[0]}.")
    if rating == 5:
        parts.append(str(rng.choice(["Would buy it again.", "Very happy.", "Five stars from me."])))
    return " ".join(parts)


def _statement(said: list[str], rng: np.random.Generator) -> str:
    words = " and ".join(said)
    form = rng.choice(["It is {}.", "Honestly {}.", "It feels {}.", "I find it {}."])
    return str(form).format(words)


def _posts(rng: np.random.Generator, monday: date) -> pd.DataFrame:
    rows = []
    for week in range(WEEKS):
        start = monday - timedelta(weeks=WEEKS - week)
        after = week >= WEEKS - INTERVENTION_WEEKS
        for number in range(4):
            product = PRODUCTS[int(rng.integers(len(PRODUCTS)))]
            channel = CHANNELS[number]
            impressions = int(rng.lognormal(9.0, 0.35))
            rate = 0.031 * (1.18 if after else 1.0) * float(rng.lognormal(0, 0.25))
            clicks = rng.binomial(
                impressions, min(0.9, 0.012 * (1.22 if after else 1.0) * float(rng.lognormal(0, 0.2)))
            )
            likes = rng.binomial(impressions, min(0.9, rate))
            rows.append(
                {
                    "post_id": f"P{week:02d}{number}",
                    "channel": channel,
                    "posted_at": (start + timedelta(days=number + 1)).isoformat(),
                    "text": f"{product.name}: {product.features.split(';')[0]}.",
                    "format": str(rng.choice(["image", "video", "carousel"])),
                    "impressions": impressions,
                    "clicks": clicks,
                    "likes": likes,
                    "comments": rng.binomial(likes, 0.05),
                    "shares": rng.binomial(likes, 0.08),
                    "spend": round(float(rng.gamma(8, 5)), 2),
                    "personalised": "yes" if after else "no",
                }
            )
    return pd.DataFrame(rows)


def _noise(rng: np.random.Generator, rho: float = 0.35, deviation: float = 0.035) -> np.ndarray:
    """Return AR(1) noise on the log scale with the given marginal deviation."""
    values = np.empty(WEEKS)
    values[0] = rng.normal(0, deviation)
    for week in range(1, WEEKS):
        values[week] = rho * values[week - 1] + rng.normal(0, deviation * np.sqrt(1 - rho**2))
    return values


def _metrics(rng: np.random.Generator, monday: date) -> pd.DataFrame:
    """Return weekly counts over 26 weeks before and 26 after, with the planted effects.

    Engagement is planted by age group (+30% for 18 to 24) so that the whole rises by 18%.
    """
    weeks = [monday - timedelta(weeks=WEEKS - w) for w in range(WEEKS)]
    after = np.arange(WEEKS) >= WEEKS - INTERVENTION_WEEKS
    rows: list[tuple[object, ...]] = []
    add = partial(_series, rows, weeks)
    reach = 240_000 * np.exp(_noise(rng, deviation=0.02))
    young = AGE_GROUPS["18-24"]
    rest = (PLANTED["engagement"] - young * PLANTED_YOUNG) / (1 - young)
    total = np.zeros(WEEKS)
    for group, share in AGE_GROUPS.items():
        lift = np.where(after, 1 + (PLANTED_YOUNG if group == "18-24" else rest), 1.0)
        engaged = reach * share * 0.032 * lift * np.exp(_noise(rng))
        total += engaged
        add("engagement", engaged, reach * share, "age group", group)
    add("engagement", total, reach, None, None)
    for metric, base, denominator in (
        ("click-through", 0.013, reach),
        ("follower growth", 0.006, np.full(WEEKS, 85_000.0)),
        ("sales", 41_000.0, None),
    ):
        level = (denominator if denominator is not None else 1.0) * base
        values = level * np.where(after, 1 + PLANTED[metric], 1.0) * np.exp(_noise(rng))
        add(metric, values, denominator, None, None)
    add("cost", 5_200 * np.where(after, 0.86, 1.0) * np.exp(_noise(rng)), None, None, None)
    columns = ["date", "metric", "value", "denominator", "segment_kind", "segment"]
    return pd.DataFrame(rows, columns=columns)


def _series(
    rows: list[tuple[object, ...]],
    weeks: list[date],
    metric: str,
    values: np.ndarray,
    denominator: np.ndarray | None,
    kind: str | None,
    segment: str | None,
) -> None:
    below = [None] * len(weeks) if denominator is None else np.round(denominator).astype(int).tolist()
    for week, value, base in zip(weeks, np.round(values).astype(int).tolist(), below, strict=True):
        rows.append((week.isoformat(), metric, value, base, kind, segment))
