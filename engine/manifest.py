"""What an export says of itself: for every post what it is, what it came from and who approved it."""

from __future__ import annotations

from pydantic import Field

from engine.content import Frozen, ModelCard, Part, PostContent


class CampaignNamed(Frozen):
    """The campaign that a post belongs to."""

    id: int
    name: str
    objective: str


class ProductNamed(Frozen):
    """The product that a post is about."""

    id: int | None
    name: str | None


class PersonaNamed(Frozen):
    """The persona, in the version that a post was written for."""

    id: int
    name: str | None
    version: int | None


class MadeBy(Frozen):
    """How a post came about; ``models`` is empty where the cards of what made it were not kept yet."""

    method: str
    seed: int | None
    ai_generated: bool
    models: tuple[ModelCard, ...] = ()


class Approval(Frozen):
    """The decision that let a post leave; ``waived`` maps a rule to the reason that was given for it."""

    reviewer: str
    at: str
    sequence: int
    waived: dict[str, str]


class ExportedPost(Frozen):
    """One post of an export.

    ``checks`` maps a check to its verdict, ``check_digests`` to the digest of the rules that it followed.
    """

    version_id: int
    content_hash: str
    content: PostContent
    published_text: str
    campaign: CampaignNamed
    product: ProductNamed
    persona: PersonaNamed | None = None
    persona_lost_members_since: bool = False
    made_by: MadeBy
    parts: tuple[Part, ...] = ()
    checks: dict[str, str]
    check_digests: dict[str, str] = Field(default_factory=dict)
    approval: Approval


class ExportManifest(Frozen):
    """All that left in one ZIP, when (ISO, UTC) and by whom."""

    exported_at: str
    exported_by: str
    items: tuple[ExportedPost, ...]
