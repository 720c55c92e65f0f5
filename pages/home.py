"""Home."""

from dashboard.components import begin, empty_state

begin("home")
empty_state("Start with data", "Bring in a file of customers, reviews or products.", link="data", link_label="Go to Data")
