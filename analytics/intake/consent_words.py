"""The words and columns in which tools say yes, no, and neither, of a person's consent."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import pandas as pd

from analytics.intake.dates import to_moment
from analytics.intake.values import by_unique

GRANT, WITHDRAW, OBJECT, UNCLEAR = "grant", "withdraw", "object", "unclear"
EVERY_PURPOSE = "every"
LONGEST_WORD = 40
PURPOSE_WORDS = {
    "profiling": "profiling",
    "profile": "profiling",
    "personas": "profiling",
    "personalisation": "personalisation",
    "personalization": "personalisation",
    "marketing": "personalisation",
    "email marketing": "personalisation",
    "direct marketing": "personalisation",
    "newsletter": "personalisation",
    "analytics": "analytics",
    "analysis": "analytics",
    "measurement": "analytics",
    "survey": "survey",
    "surveys": "survey",
    "recommendation": "recommendation",
    "recommendations": "recommendation",
    "product recommendations": "recommendation",
    "recommender": "recommendation",
    "research": "survey",
}
# Statuses of Klaviyo, Mailchimp, Shopify, HubSpot, Brevo and Mautic (their help pages and API references), and
# plain words. Someone who was never asked, has not confirmed yet, or cannot be reached has not said yes.
_NOT_SET = frozenset(["", "nan", "null", "\\n"])
_PLAIN_YES = frozenset(["1", "true", "yes", "y", "t", "x", "on", "ja", "oui", "si", "sim"])
_PLAIN_NO = frozenset(["0", "false", "no", "n", "f", "off", "nein", "non", "nao", "never"])
_YES = _PLAIN_YES | frozenset(
    [
        "granted",
        "grant",
        "given",
        "accept",
        "accepted",
        "accepts",
        "agree",
        "agreed",
        "allowed",
        "confirmed",
        "consented",
        "optin",
        "optedin",
        "subscribed",
    ]
)
_REFUSALS = frozenset(
    [
        "withdraw",
        "withdrawn",
        "revoke",
        "revoked",
        "refuse",
        "refused",
        "deny",
        "denied",
        "decline",
        "declined",
        "reject",
        "rejected",
        "optout",
        "optedout",
        "unsubscribe",
        "unsubscribed",
        "unsubscribedfromallemail",
        "neversubscribed",
        "notsubscribed",
        "nonsubscribed",
        "unconfirmed",
        "cleaned",
        "bounced",
        "hardbounced",
        "softbounced",
        "pending",
        "complained",
        "suppressed",
        "blocked",
        "blocklisted",
        "blacklisted",
        "donotcontact",
        "donotemail",
        "dnc",
        "invalid",
        "redacted",
        "transactional",
        *("abgelehnt", "verweigert", "refuse", "retire", "rechazado", "revocado", "rifiutato", "geweigerd"),
    ]
)
# What only a person who wants no more says, whatever the column is called: "Status: Unsubscribed".
_LEFT = frozenset(
    [
        *("unsubscribe", "unsubscribed", "unsubscribedfromallemail", "neversubscribed", "notsubscribed"),
        *("nonsubscribed", "optout", "optedout", "donotcontact", "donotemail", "dnc", "blocklisted", "blacklisted"),
        *("abgemeldet", "abbestellt", "widerrufen", "nichtkontaktieren", "desabonne", "desabonnee", "desinscrit"),
        *("dadodebaja", "disiscritto", "disiscritta", "uitgeschreven", "afgemeld", "avregistrerad", "wypisany"),
    ]
)
_OBJECTIONS = frozenset(["object", "objected", "objection"])
_OPT_OUT = re.compile(
    r"opt(ed)?out|unsub|donot(contact|e?mail|call|sms|text|send|market)|dontcontact|^dnc$|nomarketing|suppress|cleantime"
    r"|abmeld|abbestell|widerruf|widerspr|desabonn|desinscri|disiscri|uitschrij|afmeld|nichtkontakt|keinewerbung|werbesperre"
    r"|nepascontacter|nocontact|nocontactar|baja$|bl(ock|ack)listed|objected|objection|(consent|permission).*(withdr|revoke|refus|denied|declin)"
    r"|(withdr|revoke|refus|denied|declin).*(consent|permission|marketing)"
)
_MAY_CONSENT = re.compile(
    r"consent|optin|optedin|permission|einwillig|zustimm|consentim|consenso|toestemming|samtyck|samtykk|gdpr|dsgvo|rgpd"
    r"|accepts\w*marketing|marketing(ok|allowed|status|preference)|newsletter$|subscribed$"
    r"|abonniert$|abonnee?$|suscrito$|suscrita$|iscritt[oa]$|inscrite?$|ingeschreven$"
)
_ABOUT_CONSENT = re.compile(r"(date|datum|fecha|time|timestamp|at|on|ip|source|version|text|id|updated|level|method)$")
_CHANNEL = re.compile(r"sms|textmessage|phone|mobile|call|whatsapp|push|postal|letter|fax|directmail|messenger")
_NO_OPT_OUT = re.compile(r"(link|url|token|rate|count|campaign\w*)$")


def is_opt_out(plain: str) -> bool:
    """Say whether a column's plain name ("donotcontact", "optedoutat") says that what it holds is a no."""
    bare = _without_accents(plain)
    return bool(_OPT_OUT.search(bare)) and not _NO_OPT_OUT.search(bare)


def speaks_of_consent(plain: str) -> bool:
    """Say whether a column's plain name may be one of consent, whatever its purpose."""
    bare = _without_accents(plain)
    return bool(_MAY_CONSENT.search(bare)) and not _ABOUT_CONSENT.search(bare) and not is_opt_out(plain)


def is_of_a_channel(plain: str) -> bool:
    """Say whether a column speaks of one channel other than e-mail, which a purpose of ours is not."""
    return bool(_CHANNEL.search(plain))


def to_actions(cells: pd.Series) -> pd.Series:
    """Return a column's words as grant, withdraw, object or unclear; None where a cell says nothing.

    Only an empty cell says nothing: "n/a" or "?" is neither yes nor no, which is unclear and refuses.
    """
    return pd.Series(by_unique(cells, _action), index=cells.index, dtype=object)


def strictest(read: Sequence[pd.Series]) -> pd.Series:
    """Return, row by row, the strictest of what several columns say; None where all say nothing.

    The names of the actions sort by strictness: grant, object, unclear, withdraw.
    """
    every: pd.DataFrame = pd.concat(list(read), axis=1).fillna("")
    return every.max(axis=1).replace("", None)


def to_opt_outs(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return what an opt-out column says: withdraw, unclear or None, and since when (NaT: not known).

    A date says that the person opted out then; where it can be read in two ways, the later counts.
    """
    actions = pd.Series(by_unique(cells, _opt_out), index=cells.index, dtype=object)
    written = cells.where(actions == UNCLEAR, None).astype(object)
    moments = pd.concat([to_moment(written, day_first=first) for first in (True, False)], axis=1).max(axis=1)
    moments = moments.where(written.str.contains(r"\d\D\d|\d{8}", regex=True).fillna(False).astype(bool))
    return actions.mask(moments.notna(), WITHDRAW), moments


def to_leavings(cells: pd.Series) -> pd.Series:
    """Return withdraw where a column of any name says that somebody unsubscribed or opted out; None elsewhere.

    In a column that speaks of subscriptions, every other word of refusal ("Cleaned") counts too.
    """
    words = pd.Series(by_unique(cells, _short_word), index=cells.index, dtype=object)
    if not words.isin(_LEFT | {"subscribed"}).any():
        return pd.Series(None, index=cells.index, dtype=object)
    left = words.isin(_LEFT | _REFUSALS | _OBJECTIONS)
    return pd.Series(WITHDRAW, index=cells.index, dtype=object).where(left, None)


def _short_word(cell: str | None) -> str | None:
    return _word(cell) if isinstance(cell, str) and len(cell) <= LONGEST_WORD else None


def _word(cell: str) -> str:
    plain = unicodedata.normalize("NFKC", cell).strip().casefold()
    return re.sub(r"[\s_\-\u2010-\u2015]", "", _without_accents(plain).removesuffix(".0"))


def _without_accents(text: str) -> str:
    return (
        text
        if text.isascii()
        else "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    )


def _action(cell: str | None) -> str | None:
    word = "" if cell is None or cell is pd.NA else _word(cell)
    if word in _NOT_SET:
        return None
    if word in _OBJECTIONS:
        return OBJECT
    if word in _YES:
        return GRANT
    return WITHDRAW if word in _PLAIN_NO | _REFUSALS else UNCLEAR


def _opt_out(cell: str | None) -> str | None:
    word = "" if cell is None or cell is pd.NA else _word(cell)
    if word in _NOT_SET | _PLAIN_NO | (_YES - _PLAIN_YES) or re.fullmatch(r"[0:./]+", word):
        return None
    return WITHDRAW if word in _PLAIN_YES | _REFUSALS | _OBJECTIONS else UNCLEAR
