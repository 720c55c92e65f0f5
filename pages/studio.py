"""Studio."""

from dashboard.components import begin, empty_state

begin("studio")
empty_state("No campaigns yet", "Create a campaign from the command line: digital-persona campaign create.")
