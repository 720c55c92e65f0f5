"""Comparing choices: single choice and multi-select, option by option."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from analytics.inference import CANNOT_TELL, holm, newcombe, wilson
from analytics.surveys.closed import share_and_n
from analytics.surveys.errors import SurveyError
from analytics.surveys.model import TICK_FAMILY, Flags, Floats, Item
from analytics.surveys.pairing import Waves
from analytics.surveys.proportions import FEWEST, paired_difference, too_few
from analytics.surveys.results import ItemComparison, OptionChange
from analytics.surveys.several import parts_of
from analytics.surveys.ticks import any_mark


def chosen(frame: pd.DataFrame, item: Item) -> tuple[pd.DataFrame, Flags]:
    """Return one 0/1 column an option and which people saw the question."""
    if item.family == TICK_FAMILY or len(item.columns) > 1:
        ticked = {
            x: any_mark(frame, [c], ticked=True).astype(float) for x, c in zip(item.labels, item.columns, strict=True)
        }
        return pd.DataFrame(ticked), _saw(frame, item)
    values = frame[item.columns[0]]
    answered = values.notna().to_numpy()
    if item.kind == "multi":
        cells = [() if v is None or v != v else parts_of(str(v), item.separator, item.labels) for v in values]
        return pd.DataFrame({x: [float(x in p) for p in cells] for x in item.labels}), answered
    answered = answered & values.isin(item.labels).to_numpy()
    return pd.DataFrame({x: (values == x).astype(float) for x in item.labels}), answered


def _saw(frame: pd.DataFrame, item: Item) -> Flags:
    saw = any_mark(frame, item.columns)
    if item.family != TICK_FAMILY and (saw == any_mark(frame, item.columns, ticked=True)).all():
        # Surveys kept before ticks were made plain do not say who saw the question: everybody did.
        return np.ones(len(frame), dtype=bool)
    return saw.to_numpy(dtype=bool)


def compare_choices(item: Item, waves: Waves, level: float, k: int = FEWEST) -> ItemComparison:
    (b, kb), (a, ka) = chosen(waves.before, item), chosen(waves.after, item)
    if min(kb.sum(), ka.sum()) < 1:
        raise SurveyError(f'"{item.question}" has no answers in one of the waves: there is nothing to compare.')
    if few := too_few(item, [int(kb.sum()), int(ka.sum())], k):
        return ItemComparison(item, CANNOT_TELL, "", np.nan, np.nan, warnings=(few,))
    rows = [_option(x, b[x].to_numpy(), a[x].to_numpy(), kb, ka, waves, level) for x in b.columns]
    adjusted = holm([r.p for r in rows]).tolist()
    rows = [replace(r, p_holm=q) for r, q in zip(rows, adjusted, strict=True)]
    p = float(np.nanmin(adjusted)) if rows and not np.isnan(adjusted).all() else np.nan
    return ItemComparison(item, CANNOT_TELL, "", p, np.nan, options=tuple(rows))


def _option(label: str, b: Floats, a: Floats, kb: Flags, ka: Flags, waves: Waves, level: float) -> OptionChange:
    if waves.paired:
        both = kb & ka
        gained, lost = int(((a > b) & both).sum()), int(((b > a) & both).sum())
        difference = paired_difference(gained, lost, int(both.sum()), level)
        p = float(stats.binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
        shares = [wilson(float(x[both].sum()), int(both.sum()), level) for x in (b, a)]
        return OptionChange(label, shares[0], shares[1], difference, p, np.nan)
    w, d = waves.weights or (None, None), waves.design or (None, None)
    parts = []
    for k, (x, known) in enumerate(((b, kb), (a, ka))):
        wk, dk = w[k], d[k]
        parts.append(share_and_n(x[known], None if wk is None else wk[known], None if dk is None else dk[known]))
    (pb, nb), (pa, na) = parts
    difference = newcombe(pb * nb, nb, pa * na, na, level)
    pooled = (pb * nb + pa * na) / (nb + na)
    spread = pooled * (1 - pooled) * (1 / nb + 1 / na)
    p = float(2 * stats.norm.sf(abs(pa - pb) / np.sqrt(spread))) if spread > 0 else 1.0
    return OptionChange(label, wilson(pb * nb, nb, level), wilson(pa * na, na, level), difference, p, np.nan)
