"""Themes of reviews: short phrases that several distinct people share, never a quote of one."""

from analytics.themes.lexicon import theme_grammar, theme_is_plural
from analytics.themes.themes import MIN_PEOPLE, ThemePhrase, ThemesError, themes

__all__ = ["MIN_PEOPLE", "ThemePhrase", "ThemesError", "theme_grammar", "theme_is_plural", "themes"]
