"""Impact: whether a change made a difference, how sure that is, and what could be wrong."""

from dashboard.components import begin, empty_state
from dashboard.sections.impact.answer import answer, segments_section
from dashboard.sections.impact.asking import (
    ask,
    before_anything,
    changes_section,
    planner_section,
    saved_section,
    what_is_here,
)
from dashboard.sections.impact.posts_and_costs import costs_section, posts_sections

workspace, user = begin("impact")
stamp, found = what_is_here(workspace)
question = ask(workspace, found) if found else None
if not found:
    empty_state(
        "No numbers over time yet",
        "Bring in a table with a date and numbers, or past posts with their dates and counts.",
        link="data",
        link_label="Go to Data",
    )
if question:
    if before_anything(workspace, stamp, question):
        answer(workspace, user, stamp, question)
        segments_section(workspace, stamp, question, found)
    costs_section(workspace, stamp, question, found)
    planner_section(workspace, stamp, question)
    changes_section(workspace, user)
    saved_section(workspace)
posts_sections(workspace, stamp)
