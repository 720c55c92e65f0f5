"""Ports of the engine: the kinds of work that a model may do, and the register of who does each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.content import Brief, ModelCard, Variant

if TYPE_CHECKING:
    from engine.creator.scoring import Candidate
    from engine.editor.logo import Logo
    from engine.editor.picture import Picture

MAX_NAME = 40
Progress = Callable[[int, int], None]


class PortError(ValueError):
    """An entry of a port that is not there, or a name that is taken."""


class Named(Protocol):
    """Whatever can be registered: it goes by a name of at most 40 characters, kept with what it makes."""

    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


class Registry(Generic[Entry]):
    """The entries of one port by their names, in the order in which they were registered; the first is the default.

    ``what`` names the port in sentences ("text provider").
    """

    def __init__(self, what: str, *entries: Entry) -> None:
        self.what = what
        self.entries: dict[str, Entry] = {}
        for entry in entries:
            self.register(entry)

    def register(self, entry: Entry) -> Entry:
        """Add an entry and return it.

        Raises
        ------
        PortError
            When the name is taken, empty or longer than 40 characters.
        """
        if entry.name in self.entries:
            raise PortError(f"There is a {self.what} “{entry.name}” already. Give this one another name.")
        if not 0 < len(entry.name) <= MAX_NAME:
            raise PortError(
                f"The name of a {self.what} has 1 to {MAX_NAME} characters; “{entry.name}” has {len(entry.name)}."
            )
        self.entries[entry.name] = entry
        return entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __getitem__(self, name: str) -> Entry:
        """Return the entry of this name.

        Raises
        ------
        PortError
            When there is none, with the names there are.
        """
        if name not in self.entries:
            known = ", ".join(self.entries) or "none"
            raise PortError(f"There is no {self.what} “{name}”. There are: {known}.")
        return self.entries[name]

    @property
    def default(self) -> Entry:
        """The entry that was registered first; a :class:`PortError` where there is none."""
        return self[next(iter(self.entries), "")]


class TextProvider(Protocol):
    """Writes posts. Each carries the model card of the provider, whose ``provider`` is the name it goes by here."""

    @property
    def name(self) -> str: ...

    def write(self, brief: Brief) -> tuple[Variant, ...]:
        """Return ``brief.variants`` posts, the first choice first; a ``ValueError`` says why it cannot."""
        ...

    def rewrite(self, variant: Variant, brief: Brief, part_index: int, seed: int) -> Variant:
        """Return the post with one part written anew; a ``ValueError`` says why it cannot."""
        ...


@dataclass(frozen=True)
class ImageOrder:
    """What a picture is asked for: a post that answers a brief, the ``number``-th of its variants from 0.

    ``pictures`` show the product; ``logo`` is the brand's.
    """

    brief: Brief
    variant: Variant
    number: int
    pictures: tuple[Picture, ...]
    logo: Logo | None = None


@dataclass(frozen=True)
class MadeImage:
    """A finished picture, marked as machine-made; ``details`` are plain data of what can be said of it.

    ``with_logo`` says whether the brand's logo is on it.
    """

    data: bytes
    width: int
    height: int
    alt_text: str
    with_logo: bool
    details: dict[str, object]
    card: ModelCard


class ImageProvider(Protocol):
    """Makes the picture of a post."""

    @property
    def name(self) -> str: ...

    def make(self, order: ImageOrder) -> MadeImage | None:
        """Return the picture, or None where there is nothing to make one from, or no room for one."""
        ...


class VideoProvider(Protocol):
    """Cuts a clip from a video: from ``start`` for ``seconds``, the same clip for the same ``seed``."""

    @property
    def name(self) -> str: ...

    def clip(self, source: Path, target: Path, *, start: float, seconds: float, seed: int) -> ModelCard:
        """Write the clip to ``target`` and return what made it."""
        ...


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one vector a text, shape (texts, dimensions); ``progress(done, total)`` in texts."""
        ...

    def forget(self, texts: Sequence[str]) -> int:
        """Delete what was kept of texts; return how many there were."""
        ...

    @property
    def card(self) -> ModelCard: ...


class EncoderMaker(Protocol):
    """Opens an encoder: another model's folder or weights, where vectors are kept, how many cores it may use."""

    @property
    def name(self) -> str: ...

    def __call__(self, path: Path | None, cache_folder: Path | None, threads: int, weights: Path | None) -> Encoder: ...


class EmotionModel(Protocol):
    """Says which emotions texts show; ``labels`` names the columns."""

    @property
    def name(self) -> str: ...
    @property
    def labels(self) -> tuple[str, ...]: ...
    @property
    def card(self) -> ModelCard: ...

    def probabilities(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the probability of each label for each text, shape (texts, labels)."""
        ...


class Ranker(Protocol):
    """Chooses which candidate posts to keep."""

    @property
    def name(self) -> str: ...
    @property
    def card(self) -> ModelCard: ...

    def choose(self, candidates: list[Candidate], count: int) -> list[Candidate]:
        """Return at most ``count`` of them, the first choice first."""
        ...


class Recommender(Protocol):
    """Says what somebody may want next, from what they took before."""

    @property
    def name(self) -> str: ...
    @property
    def card(self) -> ModelCard: ...

    def fit(self, histories: Sequence[Sequence[str]], seed: int) -> None:
        """Learn from sequences of item ids, the oldest first."""
        ...

    def recommend(self, histories: Sequence[Sequence[str]], count: int) -> list[list[str]]:
        """Return for each history ``count`` item ids, the best first."""
        ...
