"""The creator: posts written from typed facts and shared review themes, never from thin air."""

from engine.creator.compose import METHOD, ComposeError, compose
from engine.creator.links import is_web_address, utm_link
from engine.creator.provider import RANKERS, TEXT_PROVIDERS
from engine.creator.rewriting import PartEvidence, explain, rewrite_part

__all__ = [
    "METHOD",
    "RANKERS",
    "TEXT_PROVIDERS",
    "ComposeError",
    "PartEvidence",
    "compose",
    "explain",
    "is_web_address",
    "rewrite_part",
    "utm_link",
]
