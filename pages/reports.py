"""Reports."""

from dashboard.components import begin, empty_state

begin("reports")
empty_state("No reports yet", "A report gathers results into one document.")
