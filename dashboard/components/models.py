"""What made something: its model cards, as a page shows them behind the method."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.components.tables import table
from engine.content import ModelCard


def model_cards(cards: Sequence[ModelCard], title: str = "What made it") -> None:
    """Show model cards as one table, each part of the work a row."""
    table(pd.DataFrame([card_row(card) for card in cards]), title)


def card_row(card: ModelCard) -> dict[str, str]:
    """Return a model card in words."""
    return {
        "Part": card.port.capitalize(),
        "Made by": card.provider,
        "Model": card.model,
        "Digest": card.digest or "–",
        "Parameters": ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in card.parameters.items()),
        "Seed": "–" if card.seed is None else str(card.seed),
        "Sorted out afterwards": "; ".join(card.post_filters),
    }
