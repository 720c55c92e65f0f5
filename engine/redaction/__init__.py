"""Find and mask what names a person: the workspace's known identities and general patterns."""

from engine.redaction.erased import ErasedPeople, kept_forms
from engine.redaction.known import MIN_DIGITS, KnownIdentities, contact_forms, in_order, visible
from engine.redaction.names import full_names, known_values, other_values, same_forms, without_own_names
from engine.redaction.patterns import pattern_spans
from engine.redaction.redactor import Redactor
from engine.redaction.spans import Span

__all__ = [
    "MIN_DIGITS",
    "ErasedPeople",
    "KnownIdentities",
    "Redactor",
    "Span",
    "contact_forms",
    "full_names",
    "in_order",
    "kept_forms",
    "known_values",
    "other_values",
    "pattern_spans",
    "same_forms",
    "visible",
    "without_own_names",
]
