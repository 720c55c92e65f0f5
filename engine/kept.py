"""The forms in which posts, briefs, parts, findings, model cards and the brand's voice are kept."""

from __future__ import annotations

from analytics.kept import KeptForm
from engine.content import BrandVoice, Brief, Finding, ModelCard, Part, PostContent

POST = KeptForm("post", PostContent)
BRIEF = KeptForm("brief", Brief)
PART = KeptForm("part of a post", Part)
FINDING = KeptForm("finding of a check", Finding)
MODEL_CARD = KeptForm("model card", ModelCard)
BRAND_VOICE = KeptForm("brand voice", BrandVoice)
