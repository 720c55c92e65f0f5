"""Reports: one campaign, from its brief to what left, as a document."""

from dashboard.components import begin
from dashboard.sections.reports.reading import report_section

workspace, user = begin("reports")
report_section(workspace, user)
