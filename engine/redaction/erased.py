"""People who were erased: their names are known by keyed tokens only, never in clear, and still found in texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from engine.redaction.known import accepted, fold, forms, original, phones_in, whole
from engine.redaction.spans import Span

START = "start"
MOST_WORDS = 6
_WORD = re.compile(r"\w+")


def kept_forms(values: Iterable[str]) -> dict[str, str]:
    """Return what is to be kept, as tokens, of an erased person's names and addresses: folded text to its kind.

    Kind ``start`` marks the first word of a form: only where one stands is a text looked at any closer.
    """
    found: dict[str, str] = {}
    for value in values:
        for form, kind in forms(value):
            if kind != "part" or form not in found:
                found[form] = kind
    starts = {f"{START}:{first[0]}" for form in found if (first := _WORD.match(form))}
    return found | dict.fromkeys(starts, START)


class ErasedPeople:
    """A matcher of names of which only tokens are kept.

    Parameters
    ----------
    kinds : mapping
        Token to kind, as made from :func:`kept_forms`.
    token : callable
        Makes the token of a folded text, under the workspace's key.
    """

    def __init__(self, kinds: Mapping[str, str], token: Callable[[str], str]) -> None:
        self._kinds, self._token = dict(kinds), token
        self._starts: dict[str, bool] = {}

    def __len__(self) -> int:
        return len(self._kinds)

    def _kind(self, form: str) -> str | None:
        return self._kinds.get(self._token(form))

    def spans(self, text: str) -> list[Span]:
        """Return where people who were erased are named."""
        if not self._kinds or not text:
            return []
        folded, places = fold(text)
        words = [(m.start(), m.end()) for m in _WORD.finditer(folded)]
        hits = []
        for i, (start, end) in enumerate(words):
            if self._is_start(folded[start:end]):
                ends = [e + dot for _, e in words[i : i + MOST_WORDS] for dot in (0, 1)]
                hits += [
                    (original(start, stop, places, len(text)), kind, folded[start:stop])
                    for stop in ends
                    if whole(folded, start, stop) and (kind := self._kind(folded[start:stop])) is not None
                ]
        return accepted(text, hits, self._kind) + phones_in(text, lambda form: self._kind(form) is not None)

    def _is_start(self, word: str) -> bool:
        if word not in self._starts:
            self._starts[word] = self._kind(f"{START}:{word}") == START
        return self._starts[word]
