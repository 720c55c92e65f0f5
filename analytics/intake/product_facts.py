"""Typed facts from the columns of a product file, phrased so that a sentence can carry them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

FACT_COLUMNS = (
    "price",
    "was_price",
    "was_price_from",
    "was_price_until",
    "materials",
    "stock",
    "features",
    "allowed_claims",
)
_VERB = re.compile(
    r"^(is|are|has|comes|can|dries|keeps|holds|fits|folds|packs|resists|repels|stays|washes|stretches|works|"
    r"lasts|opens|closes|charges|weighs|feels|hangs|moves|protects|supports|breathes|wicks|includes|uses|"
    r"needs|runs|sits|stands|stacks|seals|shuts|locks|rolls|warms|cools|glows|looks|makes|gives|takes|wears|"
    r"softens|absorbs|blocks|carries|connects|converts|covers|cuts|fills|grips|hides|lets|lights|plays|pours|"
    r"reduces|saves|slips|snaps|soaks|tunes|turns|wipes)\b",
    re.IGNORECASE,
)
_LIST = re.compile(r"\s*[;|\n]\s*")


@dataclass(frozen=True)
class StatedFact:
    """One thing that a product's row says of it: a price, a material, a feature, and until when it holds."""

    kind: str
    value: str
    noun_phrase: str | None = None
    verb_phrase: str | None = None
    amount: float | None = None
    currency: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


def fact_of(kind: str, text: str) -> StatedFact:
    """Return a fact whose phrase follows "with" (noun phrase) or the product's name (verb phrase)."""
    plain = text.strip().rstrip(".")
    if _VERB.match(plain):
        return StatedFact(kind, plain, verb_phrase=plain)
    return StatedFact(kind, plain, noun_phrase=plain)


def listed(text: object) -> list[str]:
    """Split a cell that lists several things."""
    if not isinstance(text, str):
        return []
    return [part for part in (p.strip().rstrip(".") for p in _LIST.split(text)) if part]


def facts_of(row: Mapping[Any, Any]) -> tuple[StatedFact, ...]:
    """Return the facts that a product's row states."""
    currency = _text(row.get("currency"))
    facts: list[StatedFact] = []
    price, was = _number(row.get("price")), _number(row.get("was_price"))
    if price is not None:
        facts.append(StatedFact("price", f"{price:.2f}", amount=price, currency=currency))
    if was is not None:
        facts.append(
            StatedFact(
                "was_price",
                f"{was:.2f}",
                amount=was,
                currency=currency,
                valid_from=_day(row.get("was_price_from")),
                valid_until=_day(row.get("was_price_until")),
            )
        )
    facts += [StatedFact("material", m, noun_phrase=m) for m in listed(row.get("materials"))]
    facts += [fact_of("feature", f) for f in listed(row.get("features"))]
    facts += [fact_of("claim", c) for c in listed(row.get("allowed_claims"))]
    stock = _number(row.get("stock"))
    if stock is not None:
        facts.append(StatedFact("stock", f"{stock:.0f}", amount=stock))
    category = _text(row.get("category"))
    if category:
        facts.append(StatedFact("category", category, noun_phrase=category))
    return tuple(facts)


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload,arg-type]


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _day(value: object) -> date | None:
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()  # type: ignore[call-overload,arg-type]
