"""Columns that are no questions: what a survey tool writes about the person, the device and the answering itself.

Names come from the tools' own pages, read 2026-11: SurveyMonkey "Exporting results" (Respondent ID, Collector ID,
Custom Data), Qualtrics "Understanding your data set" (Status, Progress, Finished, DistributionChannel, SC0,
NPS_GROUP, display order, timing), LimeSurvey manual "Exporting results" (lastpage, startlanguage, seed,
interviewtime), Alchemer "Export fields" (SessionID, Referer, Legacy Comments), Typeform "CSV results" (Network ID,
Stage Date, Response Type), Google and Microsoft Forms (Timestamp; Start time, Completion time, Total points).
Everything else is told by the shape of its values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from analytics.surveys.labels import ordered_labels
from analytics.surveys.model import LeftOut

_BY_NAME: tuple[tuple[str, str], ...] = (
    (
        "says who answered",
        r"(recipient ?)?(e-?mail( ?address)?|first ?name|last ?name|sur ?name|full ?name|your name|username|user ?name"
        r"|name|phone( ?number)?|telephone|mobile|address|external ?(data )?ref(erence)?)",
    ),
    (
        "is an id",
        r"((response|respondent|record|participant|collector|contact|session|network|submission|user|customer|panel"
        r"|panelist|survey|order|client|member|transaction|case|visit|ticket|device|cookie|tracking|account|store|shop"
        r"|branch|campaign|ad|post|row) ?)?(ids?|uuid|guid|token|seed)|#|custom ?data ?\d*|client ?id"
        r"|(order|customer|member|invoice|account|ticket|respondent|loyalty ?card|card) ?(number|no|nr|code|ref)"
        r"|postal|(zip|post(al)?) ?code|zip",
    ),
    (
        "says how the survey was answered",
        r"status|response ?(type|status)|survey ?status|completion ?status|finished|complete|completed|is ?complete"
        r"|progress|distribution ?channel|(user|start|survey)? ?language|last ?page( ?seen)?|stage|ending|tags?"
        r"|legacy comments|link ?name|quality|flagged|survey ?version|(q_)?recaptcha ?score|ballot ?box ?stuffing"
        r"|(q_)?(relevantid|fraud|duplicate|bot|totalduration)\w*|\w+_do(_\d+)?|.+ - display order"
        r"|grade posted time|quiz feedback|(feedback|points) - .+|.+ - (parent )?topics|.+ - sentiment( .*)?",
    ),
    (
        "says when or how long",
        r"(start|end|recorded|submit|submission|completion|created?|modified|stage|saved|last modified|last action"
        r"|completed|finish|begin|response|interview)[ _]?(date|time|at|on)( ?\(?(utc|gmt|local)\)?)?( ?stamp)?"
        r"|(date|time) (started|submitted|created|modified|completed|last action|stamp)|date ?stamp|time ?stamp"
        r"|submitted?( at| on)?|started( at| on)?|duration|interview ?time|total ?time|(group|question) time\b.*"
        r"|time (taken|spent)( to complete)?|time to (complete|submit)|completion time|response time"
        r"|(.+ - |\w+_)?(first click|last click|page submit|click count)",
    ),
    (
        "says where or on what device",
        r"(user ?|device ?)?ip( ?addr(ess)?)?|(location ?)?(latitude|longitude)|location|geo ?location|user ?agent"
        r"|(extended ?)?referr?er( ?url)?|ref ?url|url|landing ?page|browser|device( ?type)?"
        r"|platform|operating ?system|os"
        r"|(screen )?resolution|utm_?\w*|utm ?(source|medium|campaign|term|content)|gclid|fbclid|msclkid|source ?url"
        r"|(.+ - |\w+_)?(browser|version|operating system|flash version|java support|user agent)",
    ),
    (
        "is a score the tool worked out",
        r"sc_?\d+|(total ?|quiz ?)?scores?|total ?points|points|max ?score|nps ?(group|category|segment)"
        r"|.+[_ ]nps_group"
        r"|calculated ?score|percent(age)? ?score",
    ),
)
_PATTERNS = tuple((why, re.compile(pattern, re.I)) for why, pattern in _BY_NAME)
STATE = re.compile(
    r"status|response ?(type|status)|survey ?status|completion ?status|finished|complete|completed|is ?complete"
    r"|distribution ?channel",
    re.I,
)
PREVIEW = re.compile(
    r"(survey )?(preview|test)( response| data)?|spam|(preview|spam)[ -]\w+|\w*[ -](preview|spam|test)|preview spam"
    r"|generated|deleted",
    re.I,
)
UNFINISHED = re.compile(
    r"partial(ly complete(d)?)?|incomplete|in ?progress|not (finished|complete|completed)|unfinished|abandoned|started"
    r"|disqualified|screened ?out|terminated?|over ?quota|quota ?full|dropped ?out|drop-?out|saved",
    re.I,
)
DONE = re.compile(
    r"complete(d)?|finished|ip address|anonymous|done|submitted|full|email|imported|qualified|offline|gl|sms|social"
    r"|web|link|personal link|uniquelink|mturk|qr ?code",
    re.I,
)
"""Columns that say how an answer came to be, and the words that the tools put there."""
_UNSURE = re.compile(
    r"stage|ending|tags?|quality|flagged|language|location|platform|device( ?type)?|browser|os|name|address"
    r"|points|url",
    re.I,
)
_GROUP = re.compile(r".+ - group|.+ \(group\)", re.I)
_NPS_GROUPS = frozenset(["promoter", "passive", "detractor", "promoters", "passives", "detractors", "neutral"])
_GEO = re.compile(r"country|city|state/region|state|region|postal", re.I)
_GEO_COMPANY = re.compile(r"session ?id|user ?agent|longitude|latitude|(location ?)?(latitude|longitude)", re.I)
_ID_NAME = re.compile(
    r"(^|[\s_.-])(ids?|uuid|guid|identifier|number|nr|no|code|ref|reference|token|key|isbn|sku)[.:)?]?$", re.I
)
_QUESTION_WORDS = re.compile(
    r"\?$|^(how|what|which|when|where|why|who|do|does|did|are|is|was|were|have|has|would|will)\b", re.I
)
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("holds e-mail addresses", re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.I)),
    ("holds network addresses", re.compile(r"(\d{1,3}\.){3}(\d{1,3}|[x*]+)|([0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}", re.I)),
    ("holds web addresses", re.compile(r"(https?://|www\.)\S+", re.I)),
    ("is an id", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|R_[0-9A-Za-z]{10,}|[0-9a-f]{20,}", re.I)),
    (
        "holds dates or times",
        re.compile(
            r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}([ T].*)?|\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d{2})([ ,T].*)?"
            r"|([A-Za-z]{3,9},? )?[A-Za-z]{3,9}\.? \d{1,2},? \d{4}.*|\d{1,2}:\d{2}(:\d{2})?( ?[ap]m)?",
            re.I,
        ),
    ),
)


def no_questions(
    table: pd.DataFrame, columns: Iterable[str], other_names: dict[str, tuple[str, ...]] | None = None
) -> tuple[LeftOut, ...]:
    """Return the columns that are no questions, by their name or the shape of their values.

    Parameters
    ----------
    table
        Cells as text or None.
    columns
        The columns to judge.
    other_names
        Column -> what else its header rows call it (Qualtrics writes a short name, the question and an id).
    """
    names = other_names or {}
    judged = list(columns)
    sure = sum(_by_name(c, table[c], False) != "" and not _UNSURE.fullmatch(plain_name(c)) for c in table.columns)
    geo = any(_GEO_COMPANY.fullmatch(plain_name(c)) for c in table.columns)
    found = []
    for column in judged:
        why = next((w for name in (column, *names.get(column, ())) if (w := _by_name(name, table[column], geo))), "")
        if why and sure < 2 and _UNSURE.fullmatch(plain_name(column)):
            why = ""
        why = why or _by_shape(column, table[column])
        if why:
            found.append(LeftOut(column, why))
    return tuple(found)


def plain_name(name: str) -> str:
    """Return a column's name without LimeSurvey's code before it, brackets of units and marks at its ends."""
    text = re.sub(r"\s+", " ", str(name)).strip()
    text = re.sub(r"^[A-Za-z]\w*\. (?=\w)", "", text)
    text = re.sub(r"\s*\((?:in )?(?:seconds?|minutes?|sec|min|ms|s|%|utc|gmt|local time)\)", "", text, flags=re.I)
    return text.strip(" ?:.*").replace("_id", " id") if text.strip() != "#" else "#"


def _by_name(name: str, values: pd.Series, geo: bool) -> str:
    plain = plain_name(name)
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    for why, pattern in _PATTERNS:
        if pattern.fullmatch(plain) or pattern.fullmatch(spaced):
            return why if _agrees(plain, why, values) else ""
    if _GROUP.fullmatch(plain) and {str(v).casefold() for v in values.dropna().unique()} <= _NPS_GROUPS:
        return "is a score the tool worked out"
    return "says where or on what device" if geo and _GEO.fullmatch(plain) else ""


def _agrees(plain: str, why: str, values: pd.Series) -> bool:
    """Keep what only shares its name with a tool's column: "Quality" in scale words, "Status" in other words."""
    seen = [str(v).strip() for v in values.dropna().unique()]
    if STATE.fullmatch(plain) and plain.casefold().split()[-1] == "status":
        return not seen or any(p.fullmatch(v) for v in seen for p in (PREVIEW, UNFINISHED, DONE)) or _codes_only(seen)
    if why in ("says how the survey was answered", "is a score the tool worked out") and 3 <= len(seen) <= 11:
        ordered = ordered_labels(seen)
        return ordered is None or ordered[0] == "bands"
    return True


def _codes_only(seen: list[str]) -> bool:
    return all(v.isdigit() for v in seen)


def _by_shape(name: str, values: pd.Series) -> str:
    seen = values.dropna().astype(str).str.strip()
    if seen.empty:
        return ""
    sample = seen.head(500)
    for why, pattern in _SHAPES:
        if sum(len(v) <= 400 and bool(pattern.fullmatch(v)) for v in sample) >= 0.9 * len(sample):
            return why
    return "is an id" if _is_id(name, seen) else ""


def _is_id(name: str, seen: pd.Series) -> bool:
    """Tell an id: named as one, or whole numbers too long and too different to be amounts."""
    whole = seen.str.fullmatch(r"\d+(\.0)?").mean() >= 0.95
    if not whole:
        return bool(_ID_NAME.search(name.strip()) and seen.nunique() >= 0.9 * len(seen) and len(seen) >= 10)
    if _ID_NAME.search(name.strip(" ?:*")) and not _QUESTION_WORDS.search(name.strip()):
        return True
    digits = seen.str.replace(".0", "", regex=False)
    long = digits.str.len()
    padded = bool((digits.str.startswith("0") & (long > 1)).any())
    unique = len(seen) >= 10 and seen.nunique() == len(seen)
    return bool(
        (long >= 9).mean() > 0.9
        or (padded and long.nunique() == 1)
        or (unique and long.min() >= 6 and long.nunique() == 1)
    )
