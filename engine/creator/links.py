"""Campaign links: the same address with the five UTM parameters that analytics tools read."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MAX_LINK = 2_000
_HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]+|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\]")


def is_web_address(url: str) -> bool:
    """Say whether a text is an address that a reader may safely be sent to: http or https, a host, no tricks."""
    if len(url) > MAX_LINK or not url.isprintable() or any(c in url for c in ' "<>\\^`{|}'):
        return False
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    named = parts.username is not None or parts.password is not None
    return parts.scheme in ("http", "https") and not named and _HOST.fullmatch(host or "") is not None


def _slug(text: str) -> str:
    return re.sub(r"[\W_]+", "-", text.lower()).strip("-")[:100] or "none"


def utm_link(url: str, campaign: str, channel: str, variant: str) -> str:
    """Return ``url`` with utm_source, utm_medium, utm_campaign and utm_content.

    Other parameters and the fragment stay; UTM parameters that were there are replaced.
    """
    parts = urlsplit(url)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.lower().startswith("utm_")]
    ours = [
        ("utm_source", _slug(channel)),
        ("utm_medium", "social"),
        ("utm_campaign", _slug(campaign)),
        ("utm_content", _slug(variant)),
    ]
    return urlunsplit(parts._replace(query=urlencode(kept + ours)))
