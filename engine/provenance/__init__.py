"""Marks that say how a picture was made, readable by machines."""

from engine.provenance.xmp import DIGITAL_SOURCE_TYPES, read_source_type, write_source_type

__all__ = ["DIGITAL_SOURCE_TYPES", "read_source_type", "write_source_type"]
