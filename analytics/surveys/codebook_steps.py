"""The steps of a codebook as plain data, and what each does to the codes and codings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from pydantic import ConfigDict, with_config

from analytics.kept import KeptForm
from analytics.surveys.errors import SurveyError

Kind = Literal[
    "create",
    "rename",
    "accept",
    "remove",
    "merge",
    "split",
    "group",
    "define",
    "assign",
    "resolve",
    "star",
    "exemplify",
    "undo",
]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class SplitPart:
    """A code that another was split into, and the answers that moved to it."""

    code: str
    name: str
    answers: tuple[str, ...]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True)
class Step:
    """One step that somebody took in a codebook; each kind uses some of the fields.

    ``step`` is the number of the step that an undo took back; None in what the first version kept, where it took
    back the newest.
    """

    kind: Kind
    by: str
    code: str = ""
    name: str = ""
    description: str = ""
    theme: str = ""
    draft: bool = False
    codes: tuple[str, ...] = ()
    into: str = ""
    parts: tuple[SplitPart, ...] = ()
    definition: str = ""
    answer: str = ""
    note: str = ""
    step: int | None = None


STEP = KeptForm("step of a codebook", Step, sparse=True)


@dataclass(frozen=True)
class Code:
    """One code. A ``draft`` was suggested by the machine and counts for nothing until a person accepts it."""

    id: str
    name: str
    description: str = ""
    theme: str = ""
    draft: bool = False


@dataclass
class State:
    """Codes, codings, stars and examples after some steps."""

    codes: dict[str, Code] = field(default_factory=dict)
    given: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    resolved: dict[str, frozenset[str]] = field(default_factory=dict)
    starred: dict[str, str] = field(default_factory=dict)
    exemplars: dict[str, tuple[str, ...]] = field(default_factory=dict)
    themes: dict[str, str] = field(default_factory=dict)


def step_by(kind: Kind, by: str, **data: Any) -> Step:
    """Return a step; SurveyError where nobody is named for it."""
    if not by.strip():
        raise SurveyError("Every step in a codebook needs the name of the person who took it.")
    return Step(kind, by, **data)


def holding(steps: Iterable[Step]) -> list[tuple[int, Step]]:
    """Return the steps that nobody took back, each with its number."""
    held: dict[int, Step] = {}
    for number, step in enumerate(steps):
        if step.kind == "undo":
            held.pop(max(held, default=-1) if step.step is None else step.step, None)
        else:
            held[number] = step
    return list(held.items())


def replayed(steps: Iterable[Step]) -> State:
    """Return where a codebook stands after these steps; SurveyError where one does not fit those before it."""
    state = State()
    for step in steps:
        apply_step(state, step)
    return state


def _known(state: State, codes: Iterable[str]) -> list[str]:
    wanted = list(codes)
    for code in wanted:
        if code not in state.codes:
            raise SurveyError(f'There is no code "{code}" in this codebook.')
    return wanted


def apply_step(state: State, step: Step) -> None:
    """Take one step; SurveyError where it does not fit."""
    _STEPS[step.kind](state, step)


def _create(state: State, e: Step) -> None:
    state.codes[e.code] = Code(e.code, e.name.strip(), e.description, e.theme, e.draft)


def _rename(state: State, e: Step) -> None:
    (code,) = _known(state, [e.code])
    state.codes[code] = replace(state.codes[code], name=e.name.strip(), description=e.description)


def _accept(state: State, e: Step) -> None:
    (code,) = _known(state, [e.code])
    state.codes[code] = replace(state.codes[code], draft=False)


def _swap(state: State, old: frozenset[str], new: frozenset[str]) -> None:
    for table in (state.given, state.resolved):
        for key, codes in list(table.items()):
            if codes & old:
                table[key] = (codes - old) | new  # type: ignore[index]


def _remove(state: State, e: Step) -> None:
    (code,) = _known(state, [e.code])
    del state.codes[code]
    state.exemplars.pop(code, None)
    _swap(state, frozenset([code]), frozenset())


def _merge(state: State, e: Step) -> None:
    old, into = _known(state, e.codes), _known(state, [e.into])[0]
    _swap(state, frozenset(old), frozenset([into]))
    for code in old:
        marked = state.exemplars.pop(code, ())
        state.exemplars[into] = tuple(dict.fromkeys((*state.exemplars.get(into, ()), *marked)))
        del state.codes[code]


def _split(state: State, e: Step) -> None:
    (old,) = _known(state, [e.code])
    source = state.codes[old]
    for part in e.parts:
        state.codes[part.code] = replace(source, id=part.code, name=part.name, description="")
        moved = set(part.answers)
        for key, codes in list(state.given.items()):
            if key[0] in moved and old in codes:
                state.given[key] = (codes - {old}) | {part.code}
        for answer, codes in list(state.resolved.items()):
            if answer in moved and old in codes:
                state.resolved[answer] = (codes - {old}) | {part.code}


def _group(state: State, e: Step) -> None:
    for code in _known(state, e.codes):
        state.codes[code] = replace(state.codes[code], theme=e.theme)


def _define(state: State, e: Step) -> None:
    state.themes[e.theme] = e.definition


def _assign(state: State, e: Step) -> None:
    state.given[(e.answer, e.by)] = frozenset(_known(state, e.codes))


def _resolve(state: State, e: Step) -> None:
    state.resolved[e.answer] = frozenset(_known(state, e.codes))


def _star(state: State, e: Step) -> None:
    state.starred[e.answer] = e.note


def _exemplify(state: State, e: Step) -> None:
    (code,) = _known(state, [e.code])
    state.exemplars[code] = tuple(dict.fromkeys((*state.exemplars.get(code, ()), e.answer)))


_STEPS = {
    "create": _create,
    "rename": _rename,
    "accept": _accept,
    "remove": _remove,
    "merge": _merge,
    "split": _split,
    "group": _group,
    "define": _define,
    "assign": _assign,
    "resolve": _resolve,
    "star": _star,
    "exemplify": _exemplify,
}
