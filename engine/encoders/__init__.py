"""Encoders: texts to vectors, on this machine alone."""

from engine.encoders.cache import VectorCache
from engine.encoders.minilm import DIMENSIONS, EncoderError, TextEncoder

__all__ = ["DIMENSIONS", "EncoderError", "TextEncoder", "VectorCache"]
