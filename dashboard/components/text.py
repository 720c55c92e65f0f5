"""Data shown as text: names, quotes and file names never become markup.

Streamlit reads every label, caption and message as Markdown with additions of its own: colours, icons, emoji,
formulas and a few typographic signs (docs.streamlit.io/develop/api-reference/text/st.markdown, read 2026-11).
"""

from __future__ import annotations

import html
import re

# Streamlit's plug-ins look for these in the text that escapes leave behind, so that only a break stops them:
# addresses, icons, the logo, and signs such as -> and --.
_BREAKS = re.compile(r"(?<=:)(?=//|material[/_]|streamlit:)|(?<=www)(?=\.)|(?<=@)|(?<=[-<>~])(?=[->=])", re.IGNORECASE)
_JOINER = "\u2060"  # takes no room and no line break
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|~$:&]|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|(?<=^\d\d\d)[.)]")
_BLANKS = re.compile(r"[ \t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]+")


def as_text(words: object) -> str:
    r"""Return words as Markdown that shows them as they are, on one line.

    >>> as_text("**bold** :red[x]")
    '\\*\\*bold\\*\\* \\:red\\[x\\]'
    """
    line = _BLANKS.sub(" ", str(words)).strip(" ")
    return _SPECIAL.sub(r"\\\g<0>", _BREAKS.sub(_JOINER, line))


def in_chart(words: object) -> str:
    """Return words for a chart's labels, where Plotly reads ``<b>`` and ``<a>`` as markup."""
    return html.escape(_BLANKS.sub(" ", str(words)).strip(" "), quote=False).replace("$", "&#36;")
