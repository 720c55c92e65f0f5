"""After an edit: which evidence still stands in the text, under the numbers that it has now."""

from __future__ import annotations

import hashlib
import re

from engine.content import Brief, Evidence, Fact, Frozen, Part, PartRole, PostContent
from engine.grounds import identity, rests_on, standing, words_of


class Matched(Frozen):
    """The parts of an edited post and the brief that they rest on.

    The brief holds what is true now, and beside it what the text still says though it is kept no longer: so the
    version stays visibly out of date until that is taken out.
    """

    parts: tuple[Part, ...]
    brief: Brief


def rematched(content: PostContent, parts: tuple[Part, ...], kept: Brief, now: Brief) -> Matched:
    """Match an edited content with its evidence anew.

    A part whose words still stand keeps its evidence. What no longer stands is no evidence: of a part that was
    rewritten only those facts and themes stay that the new words state, and those that they state newly join.

    Parameters
    ----------
    parts : tuple of Part
        The parts of the version that was edited, citing ids of ``kept``.
    kept, now : Brief
        The brief of that version, and the same order as it is now.
    """
    numbers = _numbers_now(kept, now)
    lost_facts = [f.model_copy(update={"id": numbers[f.id]}) for f in kept.product.facts if _lost(numbers, f.id)]
    lost_themes = [e.model_copy(update={"id": numbers[e.id]}) for e in kept.evidence if _lost(numbers, e.id)]
    every = _with(now, lost_facts, lost_themes)
    matched = _parts(content, parts, numbers, every)
    used = rests_on(content, matched, every)
    brief = _with(now, [f for f in lost_facts if f.id in used], [e for e in lost_themes if e.id in used])
    return Matched(parts=matched, brief=brief)


def _lost(numbers: dict[str, str], old: str) -> bool:
    return numbers[old].startswith("was:")


def _with(brief: Brief, facts: list[Fact], themes: list[Evidence]) -> Brief:
    product = brief.product.model_copy(update={"facts": (*brief.product.facts, *facts)})
    return brief.model_copy(update={"product": product, "evidence": (*brief.evidence, *themes)})


def _numbers_now(kept: Brief, now: Brief) -> dict[str, str]:
    """Return the id that each fact and theme of a brief has now; ``was:…``, from its content, where it has none."""
    facts = {identity(f, now): f.id for f in now.product.facts}
    themes = {_same(e): e.id for e in now.evidence}
    found = {f.id: facts.get(identity(f, kept)) or _was(identity(f, kept)) for f in kept.product.facts}
    return found | {e.id: themes.get(_same(e)) or _was(_same(e)) for e in kept.evidence}


def _same(theme: Evidence) -> tuple[object, ...]:
    return (words_of(theme.text), theme.support, theme.of_people)


def _was(what: tuple[object, ...]) -> str:
    return f"was:{hashlib.sha256(repr(what).encode()).hexdigest()[:12]}"


def _parts(content: PostContent, parts: tuple[Part, ...], numbers: dict[str, str], brief: Brief) -> tuple[Part, ...]:
    """Return the parts that still stand and, where the first of the others stood, one with the words that remain."""
    rest, out, gone = content.text, list[Part](), list[tuple[int, PartRole]]()
    for part in parts:
        before, found, after = _taken_out(rest, part.text)
        if found:
            rest = f"{before}\n{after}"
            out.append(part.model_copy(update={"evidence_ids": tuple(numbers.get(i, i) for i in part.evidence_ids)}))
        else:
            gone.append((len(out), part.role))
    if re.search(r"\w", rest):
        place, role = gone[0] if gone else (len(out), "body")
        text = " ".join(rest.split())
        cited = standing(PostContent(channel=content.channel, text=text), brief)
        new = Part(role=role if len(gone) == 1 else "body", text=text, evidence_ids=tuple(sorted(cited)))
        out.insert(place, new)
    return tuple(out)


def _taken_out(text: str, words: str) -> tuple[str, bool, str]:
    """Find a part in a text, however its spaces and lines were set; return what stands before and after."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    found = re.search(rf"(?<!\w){pattern}(?!\w)", text) if pattern else None
    return (text[: found.start()], True, text[found.end() :]) if found else (text, False, "")
