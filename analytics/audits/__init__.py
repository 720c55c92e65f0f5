"""Audits: who is in a persona and who is missing, against everybody it could have been made from."""

from analytics.audits.representation import (
    AGE_BANDS,
    AuditError,
    Representation,
    age_band,
    hypergeometric_p,
    representation,
)

__all__ = [
    "AGE_BANDS",
    "AuditError",
    "Representation",
    "age_band",
    "hypergeometric_p",
    "representation",
]
