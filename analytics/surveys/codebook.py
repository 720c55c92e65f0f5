"""A codebook that people make: codes, themes and who gave which answer which code, as a list of steps.

Every change is one step, kept as plain data, so that a codebook can be stored line by line, replayed, and any
step taken back. Undoing is a step too: nothing is ever lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from analytics.surveys.codebook_steps import STEP, Code, SplitPart, Step, apply_step, holding, replayed, step_by
from analytics.surveys.errors import SurveyError


class Codebook:
    """Codes and codings of one open question.

    Parameters
    ----------
    events
        Plain data as ``events`` gave it; replayed in order.

    Raises
    ------
    SurveyError
        A step does not fit those before it.
    KeptFormError
        A step was kept by a newer version.
    """

    def __init__(self, events: Iterable[Mapping[str, Any]] = ()) -> None:
        self._steps = list(STEP.read_all(events))
        self._state = replayed(step for _, step in holding(self._steps))

    @property
    def events(self) -> tuple[dict[str, Any], ...]:
        """Every step so far as it is kept (JSON can hold it)."""
        return tuple(STEP.write_all(self._steps))

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes in use, in the order they were made."""
        return tuple(self._state.codes.values())

    @property
    def themes(self) -> dict[str, str]:
        """Theme -> its definition ("" where none is written yet)."""
        named = {c.theme: "" for c in self.codes if c.theme}
        return named | {k: v for k, v in self._state.themes.items() if k in named}

    @property
    def starred(self) -> dict[str, str]:
        """Answer -> the note it was starred with while reading."""
        return dict(self._state.starred)

    @property
    def coders(self) -> tuple[str, ...]:
        """Everybody who gave a code."""
        return tuple(dict.fromkeys(coder for _, coder in self._state.given))

    def code(self, code_id: str) -> Code:
        """Return one code by id; SurveyError where there is none."""
        if code_id not in self._state.codes:
            raise SurveyError(f'There is no code "{code_id}" in this codebook.')
        return self._state.codes[code_id]

    def named(self, name: str) -> Code | None:
        """Return the code with that name, whatever its capitals, or None."""
        return next((c for c in self.codes if c.name.casefold() == name.strip().casefold()), None)

    def create(self, name: str, *, by: str, description: str = "", theme: str = "", draft: bool = False) -> Code:
        """Make a code and return it; SurveyError where the name is empty or taken."""
        self._free(name)
        code_id = f"c{self._made() + 1}"
        self._take(step_by("create", by, code=code_id, name=name, description=description, theme=theme, draft=draft))
        return self.code(code_id)

    def rename(self, code_id: str, name: str, *, by: str, description: str | None = None) -> None:
        """Give a code another name (and description)."""
        self._free(name, but=code_id)
        told = self.code(code_id).description if description is None else description
        self._take(step_by("rename", by, code=code_id, name=name, description=told))

    def accept(self, code_id: str, *, by: str) -> None:
        """Take a suggested code over: from now on it is a person's code."""
        self._take(step_by("accept", by, code=code_id))

    def remove(self, code_id: str, *, by: str) -> None:
        """Take a code out of the book and off every answer."""
        self._take(step_by("remove", by, code=code_id))

    def merge(self, code_ids: Iterable[str], into: str, *, by: str) -> None:
        """Fold codes into one: every answer that had any of them has ``into``."""
        self._take(step_by("merge", by, codes=tuple(c for c in dict.fromkeys(code_ids) if c != into), into=into))

    def split(self, code_id: str, parts: Mapping[str, Iterable[str]], *, by: str) -> tuple[Code, ...]:
        """Split a code: new name -> the answers that move to it; answers named nowhere keep the old code."""
        for name in parts:
            self._free(name)
        start = self._made()
        moves = [
            SplitPart(f"c{start + i}", name.strip(), tuple(answers))
            for i, (name, answers) in enumerate(parts.items(), start=1)
        ]
        self._take(step_by("split", by, code=code_id, parts=tuple(moves)))
        return tuple(self.code(m.code) for m in moves)

    def group(self, code_ids: Iterable[str], theme: str, *, by: str) -> None:
        """Put codes under a theme ("" takes them out)."""
        self._take(step_by("group", by, codes=tuple(code_ids), theme=theme.strip()))

    def define(self, theme: str, definition: str, *, by: str) -> None:
        """Write down what a theme means."""
        if theme not in self.themes:
            raise SurveyError(f'There is no theme "{theme}" in this codebook.')
        self._take(step_by("define", by, theme=theme, definition=definition))

    def assign(self, answer: str, code_ids: Iterable[str], *, by: str) -> None:
        """Say which codes an answer has for one coder; an empty list means "read, none fits"."""
        self._take(step_by("assign", by, answer=answer, codes=tuple(sorted(set(code_ids)))))

    def resolve(self, answer: str, code_ids: Iterable[str], *, by: str) -> None:
        """Settle an answer on which coders disagreed."""
        self._take(step_by("resolve", by, answer=answer, codes=tuple(sorted(set(code_ids)))))

    def star(self, answer: str, *, by: str, note: str = "") -> None:
        """Mark an answer as worth coming back to."""
        self._take(step_by("star", by, answer=answer, note=note))

    def exemplify(self, code_id: str, answer: str, *, by: str) -> None:
        """Mark an answer as a good example of a code."""
        self._take(step_by("exemplify", by, code=code_id, answer=answer))

    def undo(self, *, by: str) -> Step:
        """Take back this person's newest step that still holds and return it; others' steps stay.

        Raises
        ------
        SurveyError
            There is nothing of theirs to take back, or somebody built on it since.
        """
        held = holding(self._steps)
        mine = [(n, event) for n, event in held if event.by == by]
        if not mine:
            raise SurveyError("There is nothing to undo.")
        number, event = mine[-1]
        try:
            state = replayed(e for n, e in held if n != number)
        except SurveyError:
            raise SurveyError(
                f'Your last step ("{event.kind}") cannot be taken back: somebody has built on it since.'
            ) from None
        self._state = state
        self._steps.append(step_by("undo", by, step=number))
        return event

    def may_undo(self, by: str) -> bool:
        """Tell whether a person has a step to take back."""
        return any(event.by == by for _, event in holding(self._steps))

    def coded_before(self, coder: str | None = None) -> tuple[str, ...]:
        """Return the answers that a coder (or anybody) coded before the newest code was there to be given.

        Nobody asked whether that code fits them, so that they count as "no" although nobody said so. A code that
        was split off another is not new: its answers were moved by a person.
        """
        kept = {c.id for c in self.codes if not c.draft}
        newest, seen = -1, {}
        for number, event in holding(self._steps):
            if event.kind in ("create", "accept") and event.code in kept:
                newest = number
            elif event.kind == "assign" and coder in (None, event.by):
                seen[(event.answer, event.by)] = number
            elif event.kind == "resolve":
                seen = {key: number if key[0] == event.answer else n for key, n in seen.items()}
        return tuple(dict.fromkeys(answer for (answer, _), number in seen.items() if number < newest))

    def codings(self, coder: str | None = None) -> dict[str, frozenset[str]]:
        """Return answer -> codes: one coder's, or all coders' with what was resolved on top.

        Without a coder, answers on which coders disagree and nobody settled are left out. Codes still in
        draft are left out too.
        """
        kept = {c.id for c in self.codes if not c.draft}
        if coder is not None:
            return {a: codes & kept for (a, by), codes in self._state.given.items() if by == coder}
        seen: dict[str, set[frozenset[str]]] = {}
        for (answer, _), codes in self._state.given.items():
            seen.setdefault(answer, set()).add(codes & kept)
        agreed = {answer: next(iter(sets)) for answer, sets in seen.items() if len(sets) == 1}
        return agreed | {a: codes & kept for a, codes in self._state.resolved.items()}

    def resolved(self) -> dict[str, frozenset[str]]:
        """Return answer -> codes for the answers somebody settled."""
        return dict(self._state.resolved)

    def exemplars(self, code_id: str) -> tuple[str, ...]:
        """Return the answers marked as good examples of a code."""
        return self._state.exemplars.get(code_id, ())

    def _free(self, name: str, but: str = "") -> None:
        if not name.strip():
            raise SurveyError("A code needs a name.")
        taken = self.named(name)
        if taken is not None and taken.id != but:
            raise SurveyError(f'There already is a code "{taken.name}". Merge the two, or pick another name.')

    def _take(self, step: Step) -> None:
        apply_step(self._state, step)
        self._steps.append(step)

    def _made(self) -> int:
        """Return the highest number that any code ever had: an undone code's number is not given again."""
        made = [e.code for e in self._steps if e.kind == "create"]
        made += [part.code for e in self._steps if e.kind == "split" for part in e.parts]
        return max((int(code[1:]) for code in made), default=0)
