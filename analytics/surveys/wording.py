"""Saying a comparison in one plain sentence, and no more than the numbers allow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analytics.inference import ALPHA, CANNOT_TELL, Estimate
from analytics.surveys.closed import top_labels
from analytics.surveys.results import ItemComparison, Verdict


def percent(value: float) -> str:
    """Return a share as people read it: 18.2%."""
    return f"{100 * value:.1f}%"


def points(estimate: Estimate, scale: float = 100) -> str:
    """Return a difference of shares in points with its interval: +6.3 points [1.2, 11.4]."""
    value, low, high = (scale * x for x in (estimate.value, estimate.low, estimate.high))
    return f"{value:+.1f} points [{low:.1f}, {high:.1f}]"


def share_of(estimate: Estimate) -> str:
    """Return a share with its interval and the people behind it: 80.0% [73.9, 84.9] of 200."""
    return f"{percent(estimate.value)} [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}] of {estimate.n:,.0f}"


def quoted(labels: Sequence[str]) -> str:
    """Return labels as people list them: "Agree" or "Strongly agree"."""
    return " or ".join(f'"{label}"' for label in labels)


def judged(found: ItemComparison, names: tuple[str, str]) -> ItemComparison:
    """Return the comparison with its verdict and sentence; ``p_holm`` decides."""
    verdict = _verdict(found)
    if found.options:
        return replace(found, verdict=verdict, sentence=_choices(found, verdict, names))
    return replace(found, verdict=verdict, sentence=_scale(found, verdict, names))


def _verdict(found: ItemComparison) -> Verdict:
    if found.warnings or not found.p_holm < ALPHA:
        return CANNOT_TELL
    if found.options:
        return "different"
    if found.panel is not None:
        up = float(found.panel.rose - found.panel.fell)
    else:
        up = found.test.chance.value - 0.5 if found.test else 0.0
    return "higher" if up > 0 else "lower" if up < 0 else "different"


def _scale(found: ItemComparison, verdict: Verdict, names: tuple[str, str]) -> str:
    question, (before, after) = found.item.question, names
    if found.warnings:
        return found.warnings[0]
    if verdict == CANNOT_TELL:
        start = f'"{question}": we cannot tell whether answers changed between {before} and {after}'
    else:
        start = f'"{question}": answers are {verdict} {after} than {before}'
    return f"{start}. {_evidence(found, names)}{_spread(found, names)}"


def _evidence(found: ItemComparison, names: tuple[str, str]) -> str:
    if found.panel is not None:
        p = found.panel
        return (
            f"Of {p.rose + p.fell + p.same} people, {p.rose} went up, {p.fell} down and {p.same} stayed "
            f"({points(p.difference)})."
        )
    if found.test is None:
        return ""
    if found.test.note:
        return found.test.note
    c = found.test.chance
    return (
        f"A random answer {names[1]} is higher than one {names[0]} in {percent(c.value)} of pairs "
        f"[{100 * c.low:.1f}, {100 * c.high:.1f}], ties counted half."
    )


def _spread(found: ItemComparison, names: tuple[str, str]) -> str:
    """Say when the top boxes moved and the answers as a whole did not: a spread, no rise."""
    box = found.top_box
    if found.promoters is not None:
        box = None
        change = found.promoters[2]
        return f" Net promoter score {points(change, 1)}."
    if box is None:
        return ""
    text = f" Top answers: {points(box)}."
    if found.top_shares is not None:
        shares = [f"{share_of(e)} {name}" for e, name in zip(found.top_shares, names, strict=True)]
        text = f" Top answers ({quoted(top_labels(found.item))}): {', '.join(shares)}: {points(box)}."
    moved = box.low > 0 or box.high < 0
    if moved and not found.p_holm < ALPHA and found.test is not None:
        text += " Look at all answers: they may have spread rather than moved."
    return text


def _choices(found: ItemComparison, verdict: Verdict, names: tuple[str, str]) -> str:
    question = found.item.question
    if found.warnings:
        return found.warnings[0]
    if verdict == CANNOT_TELL:
        return f'"{question}": we cannot tell whether the choices changed between {names[0]} and {names[1]}.'
    most = min(found.options, key=lambda o: o.p_holm)
    return (
        f'"{question}": the choices changed. "{most.label}" went from {percent(most.before.value)} to '
        f"{percent(most.after.value)} ({points(most.difference)})."
    )
