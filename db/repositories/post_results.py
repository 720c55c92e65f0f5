"""Past posts one by one, with what is known of each: the ground of content factors and A/B tests."""

from __future__ import annotations

import pandas as pd
import sqlalchemy as sa
from sqlmodel import Session

from db.bulk import table_for
from db.repositories.effects import POST_COUNTS, POST_GROUPS
from db.tables import HistoricalPostRow

KNOWN = ("post_key", "title", "paid", "gender", *POST_GROUPS)


def post_results(session: Session) -> pd.DataFrame:
    """Read every past post.

    Returns
    -------
    DataFrame
        Columns date (NaT if unknown), the fields in ``KNOWN``, the counts in ``POST_COUNTS`` (NaN if unknown) and
        ``attributes``: a dict of the columns that have no field of their own, as text.
    """
    table = table_for(HistoricalPostRow)
    names = (*KNOWN, *POST_COUNTS, "attributes")
    query = sa.select(table.c.posted_at, *(table.c[name] for name in names)).order_by(table.c.id)
    frame = pd.DataFrame(session.connection().execute(query).all(), columns=["date", *names])
    frame["date"] = pd.to_datetime(frame["date"], utc=True).dt.tz_localize(None).dt.normalize()
    return frame.astype(dict.fromkeys(POST_COUNTS, float))
