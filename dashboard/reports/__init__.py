"""Reports: one model, written as a page that needs nothing else, or as a workbook."""

from dashboard.reports.document import to_html
from dashboard.reports.model import Cell, Figure, Report, Section, Step, Table, Trail
from dashboard.reports.workbook import to_xlsx

__all__ = ["Cell", "Figure", "Report", "Section", "Step", "Table", "Trail", "to_html", "to_xlsx"]
