"""The words of a post: what the creator writes, the checks read, a human signs and an export carries.

Everything here is plain, frozen data. It knows nothing of databases, pages or models, so that a
draft can be rebuilt from storage and hashed to the same value anywhere.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """Base of the value objects at the engine's border: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


FactKind = Literal[
    "price", "was_price", "material", "feature", "stock", "claim", "use", "size", "origin", "care", "category"
]


class Fact(Frozen):
    """One typed, checkable statement about a product, as the marketer supplied it.

    ``noun_phrase`` fits after "with" ("deep side pockets"); ``verb_phrase`` fits after the product's
    name ("dries in an hour"). At least one of them is set for facts the composer may use.
    """

    id: str
    kind: FactKind
    value: str
    noun_phrase: str | None = None
    verb_phrase: str | None = None
    amount: float | None = None
    currency: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None


class Product(Frozen):
    """A product with every fact that a post may state."""

    id: str
    name: str
    category: str | None = None
    url: str | None = None
    currency: str | None = None
    facts: tuple[Fact, ...] = ()


class Evidence(Frozen):
    """What a sentence rests on: a fact, a theme many reviewers share, or a persona's trait.

    ``support`` counts distinct people; a ``review_theme`` is used only from 3 of them on.
    ``text`` is a phrase, not a recognisable quote ("true to size").
    """

    id: str
    kind: Literal["fact", "review_theme", "trait"]
    text: str
    product_id: str | None = None
    support: int = 0
    of_people: int = 0
    review_ids: tuple[str, ...] = ()


class BrandVoice(Frozen):
    """How the brand speaks. Palette colours are ``#rrggbb`` and are never altered."""

    name: str
    tone: Literal["warm", "plain", "playful", "expert", "bold"] = "warm"
    words_to_use: tuple[str, ...] = ()
    words_never: tuple[str, ...] = ()
    palette: tuple[str, ...] = ("#1f4e5f", "#f2b134", "#f7f4ea")
    disclosure: str = "Made with AI, checked by people."
    hashtags: tuple[str, ...] = ()


class PersonaBrief(Frozen):
    """What of a persona may reach the creator: group statements, never a person's data."""

    id: str
    version: int
    name: str
    traits: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    interests: tuple[str, ...] = ()


Objective = Literal["awareness", "engagement", "traffic", "sales", "loyalty", "launch"]


class Brief(Frozen):
    """One order to the creator: this product, for this persona, on this channel."""

    campaign_id: str
    campaign_name: str
    objective: Objective
    channel: str
    product: Product
    brand: BrandVoice
    persona: PersonaBrief | None = None
    evidence: tuple[Evidence, ...] = ()
    key_message: str = ""
    link: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    variants: int = Field(default=5, ge=1, le=20)
    seed: int = 0


PartRole = Literal["hook", "body", "proof", "offer", "call_to_action"]


class Part(Frozen):
    """One sentence or two with one job, and the evidence it rests on."""

    role: PartRole
    text: str
    evidence_ids: tuple[str, ...] = ()


class PostContent(Frozen):
    """The exact content that a human approves. Any change to it is another content.

    ``media`` holds SHA-256 digests of the image files, in order. ``alt_texts`` runs beside it.
    ``first_form`` names the fields that the first format hashed, also where empty. It never changes:
    a field added later has a default and enters the hash only where it differs from it.
    """

    first_form: ClassVar[frozenset[str]] = frozenset(
        {"channel", "text", "title", "hashtags", "link", "disclosure", "media", "alt_texts"}
    )

    channel: str
    text: str
    title: str = ""
    hashtags: tuple[str, ...] = ()
    link: str | None = None
    disclosure: str = ""
    media: tuple[str, ...] = ()
    alt_texts: tuple[str, ...] = ()


class ModelCard(Frozen):
    """What made a result: who provides it, which model, and all that it takes to make it again.

    ``digest`` is the SHA-256 of its weights, or of rules and code where it has none; empty where what is at work is
    a published method of a library. ``post_filters`` say in words what was sorted out of what it made.
    """

    port: str
    provider: str
    model: str
    digest: str = ""
    parameters: dict[str, str | int | float | bool] = Field(default_factory=dict)
    seed: int | None = None
    post_filters: tuple[str, ...] = ()


class Variant(Frozen):
    """A post as the creator proposes it: the content, its parts, how it was made and by what."""

    content: PostContent
    parts: tuple[Part, ...]
    seed: int
    method: str
    score: float = 0.0
    cards: tuple[ModelCard, ...] = ()


class CheckName(StrEnum):
    """The six fidelity checks (GeneRec, section 4.4)."""

    BIAS = "bias"
    PRIVACY = "privacy"
    SAFETY = "safety"
    AUTHENTICITY = "authenticity"
    LEGAL = "legal"
    IDENTIFIABILITY = "identifiability"


class Verdict(StrEnum):
    """What a check says. Ordered from good to bad by :data:`VERDICT_ORDER`."""

    PASS = "pass"  # noqa: S105
    NEEDS_HUMAN = "needs_human"
    BLOCK = "block"


VERDICT_ORDER = (Verdict.PASS, Verdict.NEEDS_HUMAN, Verdict.BLOCK)


class Finding(Frozen):
    """One thing a check found: where, by which rule, and how to mend it.

    ``field`` names a field of :class:`PostContent`; ``start`` and ``end`` are offsets in code points
    into that field (for ``hashtags``, ``media`` and ``alt_texts``: into the element ``index``).
    """

    check: CheckName
    verdict: Verdict
    rule_id: str
    rule: str
    source: str
    field: str = "text"
    index: int = 0
    start: int = 0
    end: int = 0
    excerpt: str = ""
    remedy: str = ""


class CheckResult(Frozen):
    """The verdict of one check: the worst of its findings, or a pass.

    ``check`` says which of the six it serves; ``digest`` is the SHA-256 of the rules and models it follows from.
    """

    name: str
    check: CheckName
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    digest: str = ""


def worst(verdicts: list[Verdict]) -> Verdict:
    """Return the most severe of the verdicts; no verdict is a pass."""
    return max(verdicts, key=VERDICT_ORDER.index, default=Verdict.PASS)


def content_hash(content: PostContent) -> str:
    """Return the SHA-256 (hex) of the content in canonical JSON, text in Unicode's NFC (UAX #15).

    An approval is bound to this value, so it covers the text, title, hashtags, link, disclosure,
    media digests and alternative texts, and nothing that a reader does not see. A field added after
    the first format is left out while it has its default, so that it voids no approval given before.
    """
    raw = json.dumps(_canonical(content), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(unicodedata.normalize("NFC", raw).encode()).hexdigest()


def _canonical(content: PostContent) -> dict[str, object]:
    """Return what is hashed: every field of the first format, and of later ones what is not the default."""
    fields = type(content).model_fields
    at_default = {
        name
        for name, field in fields.items()
        if name not in content.first_form and getattr(content, name) == field.get_default(call_default_factory=True)
    }
    return content.model_dump(mode="json", exclude=at_default)
