"""How large a file may be before it is refused: an upload is hostile until it is parsed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds on a file, in bytes, columns and characters.

    ``max_ratio`` bounds how far a compressed file may grow, once it has grown past ``ratio_from``.
    """

    max_uncompressed: int = 4 * 2**30
    max_ratio: float = 200.0
    ratio_from: int = 50 * 2**20
    max_columns: int = 1_000
    max_cell: int = 200_000
    max_sheet_bytes: int = 400 * 2**20
