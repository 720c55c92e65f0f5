"""Personas: groups of consenting people that come back, described with intervals and evidence."""

from analytics.personas.build import build_personas
from analytics.personas.cards import describe
from analytics.personas.model import (
    Fit,
    PersonaBuildError,
    PersonaCard,
    PersonaInputs,
    PersonaSet,
    PersonaSettings,
    Place,
    Quote,
    Stability,
    Trait,
    Word,
)
from analytics.personas.versions import Match, match_personas

__all__ = [
    "Fit",
    "Match",
    "PersonaBuildError",
    "PersonaCard",
    "PersonaInputs",
    "PersonaSet",
    "PersonaSettings",
    "Place",
    "Quote",
    "Stability",
    "Trait",
    "Word",
    "build_personas",
    "describe",
    "match_personas",
]
