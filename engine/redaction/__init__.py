"""Find and mask what names a person: the workspace's known identities and general patterns."""

from engine.redaction.known import MIN_DIGITS, KnownIdentities, fold, in_order
from engine.redaction.patterns import pattern_spans
from engine.redaction.redactor import Redactor
from engine.redaction.spans import Span

__all__ = ["MIN_DIGITS", "KnownIdentities", "Redactor", "Span", "fold", "in_order", "pattern_spans"]
