"""The shape and the calendar of a question about a change, as the statistics take them."""

from __future__ import annotations

from dataclasses import replace

from analytics.asking.changes import Question, parse_event
from analytics.impact.errors import ImpactError
from analytics.impact.events import Event, EventCalendar
from analytics.impact.power import EPOCH
from analytics.impact.shapes import EffectShape


def held_calendar(question: Question) -> EventCalendar:
    """Return the holidays and events that are held beside the effect.

    Raises
    ------
    AskingError
        When a line is no event.
    """
    own = tuple(Event(name, spans) for name, spans in map(parse_event, question.events))
    return EventCalendar(question.country or None, own, question.year_end)


def stated_shape(question: Question) -> EffectShape:
    """The stated shape; a burst that ends before its change begins is refused."""
    if question.until is not None and question.until < question.on:
        raise ImpactError(f"The burst ends on {question.until}, before the change on {question.on}.")
    return EffectShape(question.shape, question.until, question.ramp_days)


def planned_shape(question: Question) -> EffectShape:
    """The stated shape as the planner takes it: a burst by its length alone."""
    shape = stated_shape(question)
    return shape if shape.until is None else replace(shape, until=EPOCH + (shape.until - question.on))
