"""Surveys: before/after perceptions and themes that can be defended."""

from analytics.surveys.agreement import CoderAgreement, Disagreement, coder_agreement, cohen_kappa, krippendorff_alpha
from analytics.surveys.answers import Answer, Answers, is_non_answer, read_answers
from analytics.surveys.classifier import Coding, answer_features, code_answers, to_code_by_hand
from analytics.surveys.closed import (
    Distribution,
    PanelChange,
    Superiority,
    brunner_munzel,
    codes,
    distribution,
    panel_change,
    top_box_difference,
)
from analytics.surveys.codebook import Code, Codebook
from analytics.surveys.crossings import ThemeChange, ThemeInGroup, themes_before_after, themes_by_group
from analytics.surveys.errors import SurveyError
from analytics.surveys.hand_coding import HandCoding, hand_coding
from analytics.surveys.items import describe_items
from analytics.surveys.layout import Settled, read_survey
from analytics.surveys.matching import Match, join_waves, match_items, split_by_date
from analytics.surveys.model import Item, ShareTable, Survey
from analytics.surveys.odds import OddsRatio, ordinal_logit
from analytics.surveys.planner import Plan, n_for_share, n_for_share_difference, n_for_superiority
from analytics.surveys.prevalence import (
    CodedSample,
    Prevalence,
    PrevalenceChange,
    answers_to_code,
    prevalence,
    prevalence_change,
    sample_of,
)
from analytics.surveys.proportions import net_promoter, net_promoter_change
from analytics.surveys.quality import QualityReport, check_quality
from analytics.surveys.quotes import Quote, choose_quotes
from analytics.surveys.report import compare_waves
from analytics.surveys.results import ItemComparison, OptionChange, SurveyReport
from analytics.surveys.scales import Reliability, cronbach_alpha, mcdonald_omega, reliability, reverse_keyed
from analytics.surveys.themes import SuggestedTheme, Suggestions, add_drafts, suggest_themes
from analytics.surveys.weights import Weights, mix_shift, post_stratify, rake
from analytics.surveys.workflow import Phase, codebook_table, coded_table, not_publishable, phases

__all__ = [
    "Answer",
    "Answers",
    "Code",
    "Codebook",
    "CodedSample",
    "CoderAgreement",
    "Coding",
    "Disagreement",
    "Distribution",
    "HandCoding",
    "Item",
    "ItemComparison",
    "Match",
    "OddsRatio",
    "OptionChange",
    "PanelChange",
    "Phase",
    "Plan",
    "Prevalence",
    "PrevalenceChange",
    "QualityReport",
    "Quote",
    "Reliability",
    "Settled",
    "ShareTable",
    "SuggestedTheme",
    "Suggestions",
    "Superiority",
    "Survey",
    "SurveyError",
    "SurveyReport",
    "ThemeChange",
    "ThemeInGroup",
    "Weights",
    "add_drafts",
    "answer_features",
    "answers_to_code",
    "brunner_munzel",
    "check_quality",
    "choose_quotes",
    "code_answers",
    "codebook_table",
    "coded_table",
    "coder_agreement",
    "codes",
    "cohen_kappa",
    "compare_waves",
    "cronbach_alpha",
    "describe_items",
    "distribution",
    "hand_coding",
    "is_non_answer",
    "join_waves",
    "krippendorff_alpha",
    "match_items",
    "mcdonald_omega",
    "mix_shift",
    "n_for_share",
    "n_for_share_difference",
    "n_for_superiority",
    "net_promoter",
    "net_promoter_change",
    "not_publishable",
    "ordinal_logit",
    "panel_change",
    "phases",
    "post_stratify",
    "prevalence",
    "prevalence_change",
    "rake",
    "read_answers",
    "read_survey",
    "reliability",
    "reverse_keyed",
    "sample_of",
    "split_by_date",
    "suggest_themes",
    "themes_before_after",
    "themes_by_group",
    "to_code_by_hand",
    "top_box_difference",
]
