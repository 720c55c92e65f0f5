"""Personas: groups of consenting people that come back, described with intervals and evidence."""

from analytics.personas.build import build_personas
from analytics.personas.model import (
    PersonaBuildError,
    PersonaCard,
    PersonaInputs,
    PersonaSet,
    PersonaSettings,
    Quote,
    Stability,
    Trait,
    Word,
)

__all__ = [
    "PersonaBuildError",
    "PersonaCard",
    "PersonaInputs",
    "PersonaSet",
    "PersonaSettings",
    "Quote",
    "Stability",
    "Trait",
    "Word",
    "build_personas",
]
