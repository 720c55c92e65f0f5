"""Intake: any table a marketer may bring, turned into typed, checked rows."""

from analytics.intake.errors import IntakeError
from analytics.intake.fields import FIELDS, KINDS, Field, Kind
from analytics.intake.keys import Keys
from analytics.intake.limits import Limits
from analytics.intake.mapping import (
    ColumnMap,
    KindGuess,
    Mapping,
    column_signature,
    detect_kind,
    suggest_mapping,
)
from analytics.intake.model import Chunk, Flag, RejectedRow, Table
from analytics.intake.normalise import Normalised, Options, normalise
from analytics.intake.opening import open_table

__all__ = [
    "FIELDS",
    "KINDS",
    "Chunk",
    "ColumnMap",
    "Field",
    "Flag",
    "IntakeError",
    "Keys",
    "Kind",
    "KindGuess",
    "Limits",
    "Mapping",
    "Normalised",
    "Options",
    "RejectedRow",
    "Table",
    "column_signature",
    "detect_kind",
    "normalise",
    "open_table",
    "suggest_mapping",
]
