"""Personas: groups of consenting people that come back, described with intervals and evidence."""

from analytics.personas.build import build_personas
from analytics.personas.cards import describe
from analytics.personas.model import (
    Fit,
    PersonaBuildError,
    PersonaInputs,
    PersonaSet,
    PersonaSettings,
    Place,
    Stability,
)
from analytics.personas.versions import Match, match_personas

__all__ = [
    "Fit",
    "Match",
    "PersonaBuildError",
    "PersonaInputs",
    "PersonaSet",
    "PersonaSettings",
    "Place",
    "Stability",
    "build_personas",
    "describe",
    "match_personas",
]
