"""Surveys."""

from dashboard.components import begin, empty_state

begin("surveys")
empty_state("No surveys yet", "A survey asks the same questions before and after a campaign.")
