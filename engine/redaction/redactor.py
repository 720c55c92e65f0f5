"""One matcher for known people and general patterns; it masks what it finds."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from engine.redaction.known import KnownIdentities
from engine.redaction.patterns import pattern_spans, worth_looks
from engine.redaction.spans import Span, without_overlaps


class Redactor:
    """Finds and masks personal data in texts."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = KnownIdentities(known)

    def spans(self, text: str) -> list[Span]:
        """Return where personal data stands, without overlaps, in order."""
        return without_overlaps([*self._known.spans(text), *pattern_spans(text)])

    def redact(self, text: str) -> str:
        """Return the text with every find replaced by its kind in brackets, such as ``[email]``."""
        for span in reversed(self.spans(text)):
            text = f"{text[: span.start]}[{span.kind}]{text[span.end :]}"
        return text

    def redact_all(self, texts: pd.Series) -> pd.Series:
        """Return a column of texts masked; missing ones stay missing."""
        plain = [t if isinstance(t, str) else None for t in texts]
        worth = worth_looks(plain) if len(self._known) == 0 else [t is not None for t in plain]
        masked = [self.redact(t) if look and t is not None else t for t, look in zip(plain, worth, strict=True)]
        return pd.Series(masked, index=texts.index, dtype=object)
