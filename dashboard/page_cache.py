"""What pages read once and show again, for exactly as long as nothing in the data has changed.

Every transaction that keeps something adds one to a number in the database; an answer is used again
only while that number is the same and no consent has expired or begun since. So whatever is withdrawn,
by any process, is seen at the next rerun. Pages alone use this: the gate itself reads afresh each time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from dashboard.workspace import Workspace
from db import changes
from db.repositories import consents
from db.types import now

MAX_ANSWERS = 300
T = TypeVar("T")


@dataclass(frozen=True)
class State:
    """The data as of a number of changes; ``until`` is when a consent next changes by itself."""

    number: int
    until: datetime | None

    def holds(self, number: int, moment: datetime) -> bool:
        """Say whether this still describes the data."""
        return self.number == number and (self.until is None or moment < self.until)


FOR_GOOD = State(0, None)


@dataclass
class _Shelf:
    """The answers kept for one database, the one used last at the end."""

    state: State | None = None
    answers: OrderedDict[Hashable, tuple[State, Any]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_shelves: WeakKeyDictionary[Engine, _Shelf] = WeakKeyDictionary()
_shelves_lock = threading.Lock()


def look(workspace: Workspace) -> State:
    """Ask the database whether anything changed, once a rerun; return the state of the data."""
    with workspace.database.reading() as session:
        workspace.database.seen.note(changes.number(session))
    return _state(workspace, _shelf(workspace))


def kept(workspace: Workspace, key: Hashable, read: Callable[[], T]) -> T:
    """Return what ``read`` returned when it was last asked under this key, or ask it when the data changed.

    Parameters
    ----------
    key
        Names the question with everything it depends on beside the data.
    read
        Its answer is shared between reruns and people: nobody may alter it.
    """
    shelf = _shelf(workspace)
    return _answer(shelf, _state(workspace, shelf), key, read)


def kept_for_good(workspace: Workspace, key: Hashable, make: Callable[[], T]) -> T:
    """Return what ``make`` returned under a key that names its content, such as a digest: no change alters it."""
    return _answer(_shelf(workspace), FOR_GOOD, key, make)


def _answer(shelf: _Shelf, state: State, key: Hashable, read: Callable[[], T]) -> T:
    with shelf.lock:
        found = shelf.answers.get(key)
        if found is not None and found[0] == state:
            shelf.answers.move_to_end(key)
            answer: T = found[1]
            return answer
    answer = read()
    with shelf.lock:
        shelf.answers[key] = (state, answer)
        shelf.answers.move_to_end(key)
        while len(shelf.answers) > MAX_ANSWERS:
            shelf.answers.popitem(last=False)
    return answer


def _shelf(workspace: Workspace) -> _Shelf:
    with _shelves_lock:
        return _shelves.setdefault(workspace.database.engine, _Shelf())


def _state(workspace: Workspace, shelf: _Shelf) -> State:
    """Return the newest state this process knows of, with the next moment at which it ends by itself."""
    known, moment = shelf.state, now()
    number = workspace.database.seen.number
    if known is None or not known.holds(number, moment):
        with workspace.database.reading() as session:
            number = changes.number(session)
            known = State(number, consents.next_change(session, moment))
        workspace.database.seen.note(number)
        shelf.state = known
    return known
