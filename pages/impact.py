"""Impact."""

from dashboard.components import begin, empty_state

begin("impact")
empty_state("No effects measured yet", "Mark when a campaign began, and compare the numbers before and after.")
