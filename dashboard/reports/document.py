"""A report as one HTML file that asks nobody for anything: no script, no font, no picture from elsewhere."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.reports.model import Report

TEMPLATE = "report.html"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def to_html(report: Report) -> str:
    """Return the report as HTML. Whatever it holds is text there, never markup."""
    return _ENVIRONMENT.get_template(TEMPLATE).render(report=report, cell=_shown, number=_is_number)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _shown(value: object) -> str:
    """Return a cell as people read it."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.1f}".replace("-", "−")
    return f"{value:,}" if isinstance(value, int) else str(value)
