"""Encoders: texts to vectors, on this machine alone."""

from engine.encoders.cache import VectorCache
from engine.encoders.minilm import DIMENSIONS, ENCODERS, EncoderError, TextEncoder

__all__ = ["DIMENSIONS", "ENCODERS", "EncoderError", "TextEncoder", "VectorCache"]
