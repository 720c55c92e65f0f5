"""The forms in which posts, briefs, parts, findings, model cards, the brand's voice and exports are kept."""

from __future__ import annotations

from analytics.kept import KeptForm
from engine.content import BrandVoice, Brief, Finding, ModelCard, Part, PostContent
from engine.manifest import ExportManifest

POST = KeptForm("post", PostContent)
BRIEF = KeptForm("brief", Brief)
PART = KeptForm("part of a post", Part)
FINDING = KeptForm("finding of a check", Finding)
MODEL_CARD = KeptForm("model card", ModelCard)
BRAND_VOICE = KeptForm("brand voice", BrandVoice)
# Its format is read by others too, in the ZIP: there it says whose format it is.
EXPORT = KeptForm("export", ExportManifest, tag="digital-persona/export/")
