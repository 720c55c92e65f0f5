"""Review."""

from dashboard.components import begin, empty_state

begin("review")
empty_state("Nothing waits for review", "Drafts appear here when a campaign has made them.")
