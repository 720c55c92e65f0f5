"""What pages are made of: the same few parts everywhere."""

from dashboard.components.badges import verdict_badge, word_diff
from dashboard.components.charts import Chart, chart, drawn, show
from dashboard.components.downloads import download_link
from dashboard.components.framing import begin, empty_state, failure, locked, show_problem
from dashboard.components.jobs import job_progress
from dashboard.components.models import model_cards
from dashboard.components.numbers import count, percent, told_apart, when, with_interval
from dashboard.components.tables import csv_download, table
from dashboard.components.text import as_text, in_chart

__all__ = [
    "Chart",
    "as_text",
    "begin",
    "chart",
    "count",
    "csv_download",
    "download_link",
    "drawn",
    "empty_state",
    "failure",
    "in_chart",
    "job_progress",
    "locked",
    "model_cards",
    "percent",
    "show",
    "show_problem",
    "table",
    "told_apart",
    "verdict_badge",
    "when",
    "with_interval",
    "word_diff",
]
