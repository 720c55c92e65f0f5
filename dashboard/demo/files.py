"""The invented shop's exports, as a marketer would upload them."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, timedelta
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from dashboard.demo.reviewing import RATING_SHARES, RATINGS, review
from dashboard.demo.shop import PRODUCTS, SEGMENTS
from dashboard.demo.survey import demo_survey

PEOPLE, REVIEWS, WEEKS = 1_200, 1_500, 52
INTERVENTION_WEEKS = 26
PLANTED = {"engagement": 0.18, "click-through": 0.22, "follower growth": 0.16, "sales": 0.18}
PLANTED_YOUNG = 0.30
AGE_GROUPS = {"18-24": 0.25, "25-34": 0.30, "35-49": 0.25, "50+": 0.20}
CHANNELS = ("instagram", "facebook", "x", "pinterest")
_FIRST_NAMES = """Ada Bram Cleo Dara Edda Finn Greta Hugo Ines Jonas Kira Liam Mona Nils Olga Petra Quinn Rosa
Sven Tilda Ugo Vera Wim Xenia Yara Zeno"""
_LAST_NAMES = """Abel Birk Carver Dahl Egger Falk Gruber Holm Ibsen Jansen Koch Lund Meyer Novak Olsen Pohl Quist Renner
Stern Thal Ullman Voss Weber Young Zeller"""
_FIRST, _LAST = _FIRST_NAMES.split(), _LAST_NAMES.split()
_REGIONS = ("North", "South", "East", "West", "Islands")
INTERACTIONS = {"view": 5_000, "basket": 1_800, "purchase": 1_200}


def demo_files(seed: int = 7, today: date | None = None) -> dict[str, bytes]:
    """Return file names and contents: the same for the same seed and day.

    The day only moves the dates, so that the demo always ends last week.
    """
    who, consents, reviews, posts, metrics, clicks, made = np.random.default_rng(seed).spawn(7)
    monday = (today or date.today()) - timedelta(days=(today or date.today()).weekday())
    people = _people(who, monday)
    return {
        "profiles.csv": _csv(people.drop(columns=["segment"])),
        "consents.csv": _csv(_consents(people, consents, monday)),
        "products.csv": _csv(_products(monday)),
        "reviews.csv": _csv(_reviews(people, reviews, monday)),
        "posts.csv": _csv(_posts(posts, monday).assign(**_how_made(made))),
        "metrics.csv": _csv(_metrics(metrics, monday)),
        "interactions.csv": _csv(_interactions(people, clicks, monday)),
        "survey.csv": _csv(demo_survey(seed)[0]),
    }


def _csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False).encode()


def _people(rng: np.random.Generator, monday: date) -> pd.DataFrame:
    names = list(SEGMENTS)
    rows = []
    for number in range(PEOPLE):
        segment = names[rng.choice(len(names), p=[SEGMENTS[n][0] for n in names])]
        _, age, income, likes = SEGMENTS[segment]
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


def _by_category() -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for place, product in enumerate(PRODUCTS):
        places.setdefault(product.category, []).append(place)
    return places


def _planted_personal_data(number: int, person: dict[Hashable, Any]) -> str:
    """Return, for a few reviews, what a careless reviewer adds: the redaction must find all of it."""
    if number % 97 == 0:
        return f" Write to me: {person['email']}"
    if number % 131 == 0:
        return f" Regards, {person['name']}"
    if number % 151 == 0:
        return f" Call me on +49 30 23125 {number % 1000:03d}."
    return ""


def _reviews(people: pd.DataFrame, rng: np.random.Generator, monday: date) -> pd.DataFrame:
    by_category = _by_category()
    reviewers = people.to_dict("records")
    rows = []
    for number in range(REVIEWS):
        person = reviewers[int(rng.integers(len(reviewers)))]
        liked = by_category[person["favourite_category"]]
        product = PRODUCTS[liked[int(rng.integers(len(liked)))]]
        rating = int(rng.choice(RATINGS, p=RATING_SHARES))
        title, text = review(product, person["segment"], rating, rng)
        text += _planted_personal_data(number, person)
        rows.append(
            {
                "review_id": f"R{number:05d}",
                "customer_id": person["customer_id"],
                "product_id": product.key,
                "rating": rating,
                "title": title,
                "text": text,
                "reviewed_at": (monday - timedelta(days=int(rng.integers(7, 360)))).isoformat(),
            }
        )
    return pd.DataFrame(rows)


def _interactions(people: pd.DataFrame, rng: np.random.Generator, monday: date) -> pd.DataFrame:
    """Return what people looked at, put in the basket and bought, mostly in the category they like."""
    by_category = _by_category()
    rows = []
    ids, liked = people["customer_id"].tolist(), people["favourite_category"].tolist()
    for kind, count in INTERACTIONS.items():
        who = rng.integers(len(people), size=count)
        days = rng.integers(1, 360, size=count)
        for person, back in zip(who.tolist(), days.tolist(), strict=True):
            places = by_category[liked[person]] if rng.random() < 0.8 else range(len(PRODUCTS))
            product = PRODUCTS[places[int(rng.integers(len(places)))]]
            value = product.price if kind == "purchase" else None
            day = (monday - timedelta(days=back)).isoformat()
            rows.append((ids[person], product.key, kind, day, value))
    return pd.DataFrame(rows, columns=["customer_id", "product_id", "kind", "at", "value"])


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


def _how_made(rng: np.random.Generator) -> dict[str, list[str]]:
    """Return whether each post was reviewed by a human and its style transferred: by chance and without effect."""
    wide = {"human_review": 0.6, "style_transfer": 0.4}
    return {name: np.where(rng.random(4 * WEEKS) < share, "yes", "no").tolist() for name, share in wide.items()}


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
