"""How the app looks: one light and one dark theme, system fonts only, nothing fetched from elsewhere."""

from __future__ import annotations

from typing import Any

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', sans-serif"
SERIES = ("#1f6f6b", "#c9822b", "#4f6db0", "#a5516f", "#6b8f3c", "#7c6a9c")

_SHARED: dict[str, Any] = {
    "font": FONT,
    "headingFont": FONT,
    "codeFont": "ui-monospace, 'SF Mono', Menlo, Consolas, 'Liberation Mono', monospace",
    "baseRadius": "0.6rem",
    "buttonRadius": "0.6rem",
    "headingFontSizes": ["1.9rem", "1.35rem", "1.1rem", "1rem", "0.95rem", "0.9rem"],
    "headingFontWeights": [650, 600, 600, 600, 600, 600],
    "showWidgetBorder": True,
    "linkUnderline": True,
}
_LIGHT: dict[str, Any] = {
    "primaryColor": "#1f6f6b",
    "backgroundColor": "#fcfbf8",
    "secondaryBackgroundColor": "#f2f0ea",
    "textColor": "#1d2a2e",
    "linkColor": "#17615d",
    "borderColor": "#dcd8cd",
}
_DARK: dict[str, Any] = {
    "primaryColor": "#3f9c92",
    "backgroundColor": "#11191b",
    "secondaryBackgroundColor": "#1b2528",
    "textColor": "#e7ecea",
    "linkColor": "#7fd0c5",
    "borderColor": "#334145",
}
_LIGHT_SIDE = {"backgroundColor": "#f2f0ea", "secondaryBackgroundColor": "#e7e4da", "borderColor": "#dcd8cd"}
_DARK_SIDE = {"backgroundColor": "#161f22", "secondaryBackgroundColor": "#223033", "borderColor": "#2b383c"}

CSS = """
<style>
.block-container {max-width: 72rem; padding: 3.2rem 2.6rem 5rem;}
[data-testid="stMetric"] {padding: .9rem 1rem; border: 1px solid rgba(128,128,128,.25); border-radius: .6rem;}
[data-testid="stMetricValue"] {font-variant-numeric: tabular-nums; font-size: 1.6rem;}
/* Streamlit rounds the limit (512 MB becomes "1GB"); the page says the true one itself. */
[data-testid="stFileUploaderDropzoneInstructions"] {display: none;}
.dp-purpose {opacity: .78; font-size: 1.05rem; margin: -.4rem 0 1.2rem; max-width: 46rem;}
.dp-demo {border: 1px dashed rgba(160,110,30,.7); background: rgba(201,130,43,.12); border-radius: .6rem;
  padding: .55rem .9rem; margin-bottom: 1.1rem; font-size: .95rem;}
.dp-empty {border: 1px dashed rgba(128,128,128,.45); border-radius: .8rem;
  padding: 1.6rem 1.4rem; margin: .6rem 0 1rem;}
.dp-empty h3 {margin: 0 0 .3rem; padding: 0; font-size: 1.1rem;}
.dp-empty p {margin: 0; opacity: .85;}
.dp-badge {display: inline-block; border: 1px solid currentColor; border-radius: 1rem; padding: .05rem .65rem;
  font-size: .85rem; font-weight: 600; white-space: nowrap;}
.dp-good {color: #1d7a46;} .dp-care {color: #96610a;} .dp-bad {color: #b3352c;} .dp-quiet {opacity: .75;}
@media (prefers-color-scheme: dark) {
  .dp-good {color: #6fcf97;} .dp-care {color: #eab765;} .dp-bad {color: #f1948a;}
  /* As text the dark theme's teal has to be light, but white words on a button need a deeper one. */
  [data-testid="stBaseButton-primary"] {background: #2a766f; border-color: #2a766f; color: #ffffff;}
}
.dp-diff {line-height: 1.7; white-space: pre-wrap; overflow-wrap: anywhere;}
.dp-diff ins {background: rgba(46,160,97,.22); text-decoration: underline; text-underline-offset: 3px;}
.dp-diff del {background: rgba(200,70,60,.18);}
.dp-post {border: 1px solid rgba(128,128,128,.28); border-radius: .8rem; padding: .9rem 1.1rem; line-height: 1.55;
  white-space: pre-wrap; overflow-wrap: anywhere; background: rgba(128,128,128,.05);}
.dp-stale {border-left: .25rem solid #c9822b; padding: .3rem .7rem; background: rgba(201,130,43,.12);}
.dp-post mark {background: rgba(201,130,43,.35); color: inherit; border-radius: .2rem;}
.dp-link {margin-top: .6rem; font-size: .85rem; opacity: .75;}
.dp-line {margin: 0 0 .3rem;}
.dp-chips {line-height: 2.1; margin: .2rem 0;}
.dp-chip {border: 1px solid rgba(128,128,128,.35); border-radius: 1rem; padding: .1rem .6rem; margin-right: .3rem;
  font-size: .88rem; white-space: nowrap;}
.dp-plain {font: inherit; color: inherit; background: none; border: 1px solid rgba(128,128,128,.45);
  border-radius: .5rem; padding: .25rem .8rem; min-height: 2.2rem; cursor: pointer;}
.dp-download {display: inline-block; color: inherit; text-decoration: none; border: 1px solid rgba(128,128,128,.45);
  border-radius: .5rem; padding: .45rem .9rem; margin: .2rem .6rem .2rem 0; min-height: 2.5rem;}
.dp-download:hover, .dp-download:focus-visible {border-color: currentColor; text-decoration: underline;}
.dp-check {display: inline-block; margin: 0 .9rem .5rem 0; font-size: .9rem;}
@media (max-width: 640px) {
  .block-container {padding-left: 1rem; padding-right: 1rem; padding-top: 4.4rem;}
  h1 {font-size: 1.55rem !important;}
}
</style>
"""


def options() -> dict[str, Any]:
    """Return the theme as Streamlit's configuration options."""
    found: dict[str, Any] = {f"theme.{name}": value for name, value in _SHARED.items()}
    found["theme.chartCategoricalColors"] = list(SERIES)
    for prefix, values in (
        ("light", _LIGHT),
        ("dark", _DARK),
        ("light.sidebar", _LIGHT_SIDE),
        ("dark.sidebar", _DARK_SIDE),
    ):
        found.update({f"theme.{prefix}.{name}": value for name, value in values.items()})
    return found
