"""Audits."""

from dashboard.components import begin, empty_state

begin("audits")
empty_state("No audits yet", "Audits look at fairness, privacy and consent over everything in this workspace.")
