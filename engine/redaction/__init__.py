"""Find and mask what names a person: the workspace's known identities and general patterns."""

from engine.redaction.erased import ErasedPeople, kept_forms
from engine.redaction.known import MIN_DIGITS, KnownIdentities, contact_forms, in_order, visible
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
    "in_order",
    "kept_forms",
    "pattern_spans",
    "visible",
]
