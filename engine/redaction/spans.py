"""Where in a text something personal stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, order=True)
class Span:
    """A piece of text, in code points, and what it is (name, email, phone, card …).

    ``known`` says that it is one of the workspace's own people, not only the shape of such a thing.
    """

    start: int
    end: int
    kind: str
    known: bool = False


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order; where two overlap, the longer one stays, and stays known."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start, not s.known)):
        meets = [i for i, other in enumerate(kept) if span.start < other.end and other.start < span.end]
        if not meets:
            kept.append(span)
        elif span.known:
            for i in meets:
                kept[i] = replace(kept[i], known=True)
    return sorted(kept)
