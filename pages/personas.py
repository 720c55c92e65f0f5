"""Personas."""

from dashboard.components import begin, empty_state

begin("personas")
empty_state(
    "No personas yet",
    "Build personas from the consented profiles and reviews: digital-persona personas build.",
)
