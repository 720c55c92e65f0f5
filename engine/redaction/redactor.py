"""One matcher for known people and general patterns; it masks what it finds."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from engine.redaction.erased import ErasedPeople
from engine.redaction.known import KnownIdentities
from engine.redaction.patterns import pattern_spans, worth_looks
from engine.redaction.spans import Span, without_overlaps


class Redactor:
    """Finds and masks personal data in texts.

    Parameters
    ----------
    known : iterable of str
        Names, e-mails, phones and addresses of people.
    erased : ErasedPeople, optional
        People of whom only tokens are kept.
    patterns : bool
        Whether general patterns count too; without them only these people are masked.
    """

    def __init__(self, known: Iterable[str] = (), *, erased: ErasedPeople | None = None, patterns: bool = True) -> None:
        self._known, self._patterns = KnownIdentities(known), patterns
        self._erased = ErasedPeople({}, str) if erased is None else erased

    def spans(self, text: str) -> list[Span]:
        """Return where personal data stands, without overlaps, in order."""
        general = pattern_spans(text) if self._patterns else []
        return without_overlaps([*self._known.spans(text), *self._erased.spans(text), *general])

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

    @property
    def _nobody(self) -> bool:
        return len(self._known) == len(self._erased) == 0

    def places(self, texts: pd.Series) -> np.ndarray:
        """Return the positions of the texts that are worth a look: all that may hold something to mask."""
        plain = texts.astype(object).where(texts.notna(), None).to_numpy()
        return np.flatnonzero(worth_looks(plain) if self._nobody else texts.notna().to_numpy())
