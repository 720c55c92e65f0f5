"""The steps of a codebook as plain data, and what each does to the codes and codings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from analytics.surveys.errors import SurveyError

Event = dict[str, Any]


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


def step_event(kind: str, by: str, **data: Any) -> Event:
    """Return a step as plain data; SurveyError where nobody is named for it."""
    if not by.strip():
        raise SurveyError("Every step in a codebook needs the name of the person who took it.")
    return {"kind": kind, "by": by, **data}


def holding(events: Iterable[Event]) -> list[tuple[int, Event]]:
    """Return the steps that nobody took back, each with its number."""
    held: dict[int, Event] = {}
    for number, event in enumerate(events):
        if event.get("kind") == "undo":
            # Steps stored by the first version name no step: they took back the newest.
            held.pop(event.get("step", max(held, default=-1)), None)
        else:
            held[number] = event
    return list(held.items())


def replayed(events: Iterable[Event]) -> State:
    """Return where a codebook stands after these steps; SurveyError where one does not fit those before it."""
    state = State()
    for event in events:
        apply_step(state, event)
    return state


def _known(state: State, codes: Iterable[str]) -> list[str]:
    wanted = list(codes)
    for code in wanted:
        if code not in state.codes:
            raise SurveyError(f'There is no code "{code}" in this codebook.')
    return wanted


def apply_step(state: State, event: Event) -> None:
    """Take one step; SurveyError where it does not fit."""
    step = _STEPS.get(event.get("kind", ""))
    if step is None:
        raise SurveyError(f'A codebook knows no step "{event.get("kind")}".')
    step(state, event)


def _create(state: State, e: Event) -> None:
    state.codes[e["code"]] = Code(e["code"], e["name"].strip(), e["description"], e["theme"], e["draft"])


def _rename(state: State, e: Event) -> None:
    (code,) = _known(state, [e["code"]])
    state.codes[code] = replace(state.codes[code], name=e["name"].strip(), description=e["description"])


def _accept(state: State, e: Event) -> None:
    (code,) = _known(state, [e["code"]])
    state.codes[code] = replace(state.codes[code], draft=False)


def _swap(state: State, old: frozenset[str], new: frozenset[str]) -> None:
    for table in (state.given, state.resolved):
        for key, codes in list(table.items()):
            if codes & old:
                table[key] = (codes - old) | new  # type: ignore[index]


def _remove(state: State, e: Event) -> None:
    (code,) = _known(state, [e["code"]])
    del state.codes[code]
    state.exemplars.pop(code, None)
    _swap(state, frozenset([code]), frozenset())


def _merge(state: State, e: Event) -> None:
    old, into = _known(state, e["codes"]), _known(state, [e["into"]])[0]
    _swap(state, frozenset(old), frozenset([into]))
    for code in old:
        marked = state.exemplars.pop(code, ())
        state.exemplars[into] = tuple(dict.fromkeys((*state.exemplars.get(into, ()), *marked)))
        del state.codes[code]


def _split(state: State, e: Event) -> None:
    (old,) = _known(state, [e["code"]])
    source = state.codes[old]
    for part in e["parts"]:
        state.codes[part["code"]] = replace(source, id=part["code"], name=part["name"], description="")
        moved = set(part["answers"])
        for key, codes in list(state.given.items()):
            if key[0] in moved and old in codes:
                state.given[key] = (codes - {old}) | {part["code"]}
        for answer, codes in list(state.resolved.items()):
            if answer in moved and old in codes:
                state.resolved[answer] = (codes - {old}) | {part["code"]}


def _group(state: State, e: Event) -> None:
    for code in _known(state, e["codes"]):
        state.codes[code] = replace(state.codes[code], theme=e["theme"])


def _define(state: State, e: Event) -> None:
    state.themes[e["theme"]] = e["definition"]


def _assign(state: State, e: Event) -> None:
    state.given[(e["answer"], e["by"])] = frozenset(_known(state, e["codes"]))


def _resolve(state: State, e: Event) -> None:
    state.resolved[e["answer"]] = frozenset(_known(state, e["codes"]))


def _star(state: State, e: Event) -> None:
    state.starred[e["answer"]] = e["note"]


def _exemplify(state: State, e: Event) -> None:
    (code,) = _known(state, [e["code"]])
    state.exemplars[code] = tuple(dict.fromkeys((*state.exemplars.get(code, ()), e["answer"])))


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
