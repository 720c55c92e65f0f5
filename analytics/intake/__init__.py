"""Intake: any table a marketer may bring, turned into typed, checked rows."""

from analytics.intake.errors import IntakeError
from analytics.intake.exports import Export, recognise
from analytics.intake.fields import FIELDS, IDENTITY_FIELDS, KINDS, Field, Kind
from analytics.intake.keys import Keys
from analytics.intake.limits import Limits
from analytics.intake.mapping import (
    SURE_KIND,
    ColumnMap,
    KindGuess,
    Mapping,
    column_signature,
    detect_kind,
    suggest_mapping,
    with_personal,
)
from analytics.intake.model import Chunk, Flag, RejectedRow, Table
from analytics.intake.normalise import Normalised, normalise
from analytics.intake.opening import open_table, present
from analytics.intake.options import Options, decimal_columns
from analytics.intake.reading import (
    Evidence,
    Question,
    encoding_question,
    gather,
    questions,
    remarks,
    undated,
    unread_consents,
)
from analytics.intake.shapes import Fits

__all__ = [
    "FIELDS",
    "IDENTITY_FIELDS",
    "KINDS",
    "SURE_KIND",
    "Chunk",
    "ColumnMap",
    "Evidence",
    "Export",
    "Field",
    "Fits",
    "Flag",
    "IntakeError",
    "Keys",
    "Kind",
    "KindGuess",
    "Limits",
    "Mapping",
    "Normalised",
    "Options",
    "Question",
    "RejectedRow",
    "Table",
    "column_signature",
    "decimal_columns",
    "detect_kind",
    "encoding_question",
    "gather",
    "normalise",
    "open_table",
    "present",
    "questions",
    "recognise",
    "remarks",
    "suggest_mapping",
    "undated",
    "unread_consents",
    "with_personal",
]
