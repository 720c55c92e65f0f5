"""The IPTC digital source type, written as XMP into JPEG and PNG files and read back.

Sources: IPTC Photo Metadata Standard 2023.1, "Digital Source Type"; the NewsCodes vocabulary at
http://cv.iptc.org/newscodes/digitalsourcetype/; Adobe XMP Specification part 3 (JPEG APP1, PNG iTXt).
"""

from __future__ import annotations

import io
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image, PngImagePlugin

VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
DIGITAL_SOURCE_TYPES = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "algorithmicMedia",
    "algorithmicallyEnhanced",
    "compositeSynthetic",
    "humanEdits",
    "digitalCapture",
)
_NAMESPACE = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{rdf}">'
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="{ext}" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
    'xmp:CreatorTool="Digital Persona" Iptc4xmpExt:DigitalSourceType="{value}"/>'
    '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


class ProvenanceError(ValueError):
    """A mark cannot be written."""


def write_source_type(image: bytes, source_type: str) -> bytes:
    """Return the image with its digital source type, its pixels untouched, other metadata gone.

    Parameters
    ----------
    image : bytes
        A JPEG or PNG file.

    Raises
    ------
    ProvenanceError
        When the type is not in the vocabulary or the file is neither JPEG nor PNG.
    """
    if source_type not in DIGITAL_SOURCE_TYPES:
        raise ProvenanceError(f"“{source_type}” is no digital source type of the IPTC.")
    packet = _PACKET.format(rdf=_RDF, ext=_NAMESPACE, value=VOCABULARY + source_type)
    if image.startswith(b"\xff\xd8"):
        return _into_jpeg(image, packet.encode())
    if image.startswith(b"\x89PNG"):
        return _into_png(image, packet)
    raise ProvenanceError("Only JPEG and PNG files can carry the mark.")


def _into_jpeg(image: bytes, packet: bytes) -> bytes:
    """Put one APP1 segment after the start of the file and drop every older XMP and EXIF segment.

    Segments are walked up to the start of the scan (0xFFDA); a broken one ends the walk and the rest is kept.
    """
    header = b"http://ns.adobe.com/xap/1.0/\0"
    segment = b"\xff\xe1" + (len(header) + len(packet) + 2).to_bytes(2, "big") + header + packet
    rest, first, others = image[2:], b"", b""
    while rest[:1] == b"\xff" and rest[1:2] not in (b"\xda", b"\xff", b"") and len(rest) >= 4:
        size = 2 + int.from_bytes(rest[2:4], "big")
        if rest[1:2] == b"\xe0" and not others:
            first += rest[:size]
        elif rest[1:2] != b"\xe1":
            others += rest[:size]
        rest = rest[size:]
    return b"\xff\xd8" + first + segment + others + rest


def _into_png(image: bytes, packet: str) -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_itxt("XML:com.adobe.xmp", packet)
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(image)) as picture:
        picture.save(buffer, "PNG", pnginfo=text)
    return buffer.getvalue()


def read_source_type(image: bytes) -> str | None:
    """Return the digital source type that a file carries, or None."""
    try:
        with Image.open(io.BytesIO(image)) as picture:
            raw = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp")
    except (OSError, Image.DecompressionBombError):
        return None
    if not raw:
        return None
    text = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
    start, end = text.find("<x:xmpmeta"), text.rfind("</x:xmpmeta>")
    if start < 0 or end < 0:
        return None
    try:
        root = fromstring(text[start : end + len("</x:xmpmeta>")])
    except (ParseError, DefusedXmlException):
        return None
    name = f"{{{_NAMESPACE}}}DigitalSourceType"
    for node in root.iter():
        value = node.get(name) or (node.text if node.tag == name else None)
        if value:
            return value.strip().removeprefix(VOCABULARY)
    return None
