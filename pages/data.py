"""data."""

from dashboard.components import begin

begin("data")
