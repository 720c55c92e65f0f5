"""One matcher for known people and general patterns; it masks what it finds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
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
        masked = texts.astype(object).where(texts.notna(), None).to_numpy(copy=True)
        for place in self.places(texts):
            masked[place] = self.redact(masked[place])
        return pd.Series(masked, index=texts.index, dtype=object)

    def places(self, texts: pd.Series) -> np.ndarray:
        """Return the positions of the texts that are worth a look: all that may hold something to mask."""
        plain = texts.astype(object).where(texts.notna(), None).to_numpy()
        return np.flatnonzero(worth_looks(plain) if len(self._known) == 0 else texts.notna().to_numpy())
