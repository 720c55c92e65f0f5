"""settings."""

from dashboard.components import begin

begin("settings")
