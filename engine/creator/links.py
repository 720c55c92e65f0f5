"""Campaign links: the same address with the five UTM parameters that analytics tools read."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "none"


def utm_link(url: str, campaign: str, channel: str, variant: str) -> str:
    """Return ``url`` with utm_source, utm_medium, utm_campaign and utm_content.

    Other parameters and the fragment stay; UTM parameters that were there are replaced.
    """
    parts = urlsplit(url)
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not k.startswith("utm_")]
    ours = [
        ("utm_source", _slug(channel)),
        ("utm_medium", "social"),
        ("utm_campaign", _slug(campaign)),
        ("utm_content", _slug(variant)),
    ]
    return urlunsplit(parts._replace(query=urlencode(kept + ours)))
