"""Find and mask what names a person: the workspace's known identities and general patterns."""

from engine.redaction.known import KnownIdentities
from engine.redaction.patterns import pattern_spans
from engine.redaction.redactor import Redactor
from engine.redaction.spans import Span

__all__ = ["KnownIdentities", "Redactor", "Span", "pattern_spans"]
