"""What goes along with better posts, and which variant of an A/B test does better, from past posts one by one.

All of it speaks of posts, none of it of people. The statistics are loaded at the first question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from analytics.asking.posts import POST_METRICS, total
from dashboard.services.impact.series import ImpactServiceError
from dashboard.workspace import Workspace
from db.repositories.effects import POST_COUNTS
from db.repositories.post_results import post_results

if TYPE_CHECKING:
    from analytics.impact.ab_tests import ABReport, Family
    from analytics.impact.factors import FactorReport

OUTCOMES = tuple(name for name, (_, below, _) in POST_METRICS.items() if below == ("impressions",))
FAMILIES: dict[Family, str] = {"all": "All comparisons", "campaign": "Each campaign", "test": "Each test"}
EACH_ROW = "each row"
MIN_CAMPAIGNS = 10
_SAYS = {"yes": True, "y": True, "true": True, "1": True, "1.0": True}
_SAYS |= {"no": False, "n": False, "false": False, "0": False, "0.0": False}


@dataclass(frozen=True)
class PostColumns:
    """What past posts can be asked about.

    Attributes
    ----------
    factors : columns that say yes or no. tests : columns that put posts with clicks into groups of two or more.
    variants : columns that may tell variants apart, ``EACH_ROW`` first. n : posts with impressions.
    """

    factors: tuple[str, ...]
    tests: tuple[str, ...]
    variants: tuple[str, ...]
    n: int


def _posts(workspace: Workspace) -> pd.DataFrame:
    """Past posts with every column of the file they came from."""
    with workspace.database.reading() as session:
        frame = post_results(session)
    extra = pd.DataFrame(frame.pop("attributes").tolist(), index=frame.index)
    return frame.join(extra[[name for name in extra if name not in frame]])


def _yes_no(column: pd.Series) -> pd.Series:
    """True, False, or None where it says neither."""
    return column.map(lambda cell: _SAYS.get(str(cell).strip().lower())).astype(object)


def _says_yes_or_no(column: pd.Series) -> bool:
    said = _yes_no(column.dropna())
    return bool(said.notna().all()) and said.nunique() == 2


def post_columns(workspace: Workspace) -> PostColumns:
    """List the columns of past posts that can be asked about."""
    posts = _posts(workspace)
    posts = posts[posts["impressions"] > 0]
    named = [str(name) for name in posts if name not in ("date", *POST_COUNTS) and posts[name].notna().any()]
    factors = [name for name in named if _says_yes_or_no(posts[name])]
    words = [name for name in named if name not in factors]
    clicked = posts[posts["clicks"].notna()]
    tests = [name for name in words if clicked[name].value_counts().median() >= 2]
    return PostColumns(tuple(factors), tuple(tests), (EACH_ROW, *words), len(posts))


def factors(
    workspace: Workspace, outcome: str, names: tuple[str, ...], *, randomised: bool = False, cluster: str | None = None
) -> FactorReport:
    """Relate yes/no columns of past posts to their engagement or click-through rate, channel, time and format held.

    Parameters
    ----------
    outcome
        One of ``OUTCOMES``.
    cluster
        A column of related posts; by default the campaign where there are ten or more, or else the week.

    Raises
    ------
    ImpactServiceError, ImpactError
        With a sentence, where a column is unknown or the posts are too few.
    """
    from analytics.impact.factors import content_factors

    if outcome not in OUTCOMES:
        raise ImpactServiceError(f"“{outcome}” is no rate of posts. Use {' or '.join(OUTCOMES)}.")
    if not names:
        raise ImpactServiceError("Choose one or more yes/no columns of the posts, such as human review.")
    posts = _posts(workspace)
    _check_columns(posts, names)
    for name in names:
        if not _says_yes_or_no(posts[name]):
            raise ImpactServiceError(f"The column “{name}” must say yes on some posts and no on others, nothing else.")
    table = posts.assign(
        value=total(posts, POST_METRICS[outcome][0]),
        denominator=posts["impressions"],
        **{name: _yes_no(posts[name]) for name in names},
    )
    if cluster is None and table["campaign"].nunique() >= MIN_CAMPAIGNS:
        cluster = "campaign"
    return content_factors(table, names, cluster=cluster, randomised=randomised)


def ab_tests(
    workspace: Workspace,
    test: str,
    variant: str = EACH_ROW,
    control: str | None = None,
    family: Family = "all",
) -> ABReport:
    """Compare the clicks over impressions of the variants of randomised tests.

    Parameters
    ----------
    test, variant
        Columns of past posts that name the test and the variant; ``EACH_ROW`` makes every row a variant.
    family
        What is corrected together: each test, each campaign, or all comparisons.

    Raises
    ------
    ImpactServiceError, ImpactError
        With a sentence, where a column is unknown or nothing can be compared.
    """
    from analytics.impact.ab_tests import ab_tests as compared

    posts = _posts(workspace)
    _check_columns(posts, (test,) if variant == EACH_ROW else (test, variant))
    rows = posts[posts["impressions"].notna() & posts["clicks"].notna() & posts[test].notna()]
    if variant == EACH_ROW:
        names = "variant " + (rows.groupby(test).cumcount() + 1).astype(str)
    else:
        rows = rows[rows[variant].notna()]
        names = rows[variant].astype(str)
    table = pd.DataFrame(
        {"test": rows[test], "variant": names, "clicks": rows["clicks"], "impressions": rows["impressions"]}
    )
    if family == "campaign":
        table["campaign"] = rows["campaign"]
    return compared(table, control=control, family=family)


def _check_columns(posts: pd.DataFrame, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in posts or not posts[name].notna().any():
            have = ", ".join(str(n) for n in posts if n not in ("date", *POST_COUNTS) and posts[n].notna().any())
            raise ImpactServiceError(f"Past posts have no column “{name}”. They have: {have or 'none'}.")
