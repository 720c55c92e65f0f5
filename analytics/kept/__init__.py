"""Kept shapes: what is kept as JSON for good, typed both ways, each with its format's number.

Light on purpose: pages read what is kept without loading what made it.
"""

from analytics.kept.effect import EFFECT, KeptEffect, KeptReport
from analytics.kept.form import KeptForm, KeptFormError
from analytics.kept.persona import PERSONA_CARD, PersonaCard, Quote, Trait, TraitKind, TraitVerdict, Word

__all__ = [
    "EFFECT",
    "PERSONA_CARD",
    "KeptEffect",
    "KeptForm",
    "KeptFormError",
    "KeptReport",
    "PersonaCard",
    "Quote",
    "Trait",
    "TraitKind",
    "TraitVerdict",
    "Word",
]
