"""Kept shapes: what is kept as JSON for good, typed both ways, each with its format's number.

Light on purpose: pages read what is kept without loading what made it.
"""

from analytics.kept.effect import EFFECT, KeptEffect, KeptReport
from analytics.kept.form import KeptForm, KeptFormError
from analytics.kept.persona import PERSONA_CARD, PersonaCard, Quote, Trait, TraitKind, TraitVerdict, Word
from analytics.kept.settings import BUILD_ORDER, EFFECT_SETTINGS, Basis, BuildOrder, EffectSettings, Method, asked_with

__all__ = [
    "BUILD_ORDER",
    "EFFECT",
    "EFFECT_SETTINGS",
    "PERSONA_CARD",
    "Basis",
    "BuildOrder",
    "EffectSettings",
    "KeptEffect",
    "KeptForm",
    "KeptFormError",
    "KeptReport",
    "Method",
    "PersonaCard",
    "Quote",
    "Trait",
    "TraitKind",
    "TraitVerdict",
    "Word",
    "asked_with",
]
