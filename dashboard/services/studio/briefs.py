"""From what the workspace holds to the one order that the creator sees.

Only group statements and product facts go in: no person's data, and nothing without consent.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import pandas as pd

from analytics.kept import PERSONA_CARD
from analytics.themes import themes
from dashboard.services.identities import redactor, stamp
from dashboard.workspace import Workspace
from db.repositories import campaigns, personas, products
from db.repositories.campaigns import CampaignRecord
from db.repositories.personas import PersonaRecord
from db.repositories.products import ProductRecord
from engine.content import BrandVoice, Brief, Evidence, Fact, PersonaBrief, Product
from engine.creator import is_web_address
from engine.kept import BRAND_VOICE

DEFAULT_VOICE = BrandVoice(name="Our brand")
MAX_KEPT = 2_000
_found: OrderedDict[str, tuple[Evidence, ...]] = OrderedDict()
_found_lock = threading.Lock()


def brand_voice(workspace: Workspace) -> BrandVoice:
    """Return the brand voice that counts now."""
    with workspace.database.reading() as session:
        record = campaigns.brand(session)
    return DEFAULT_VOICE if record is None else BRAND_VOICE.read(record.voice)


def as_product(record: ProductRecord) -> Product:
    """Return a product with its facts as the creator and the checks read them."""
    names = ("value", "noun_phrase", "verb_phrase", "amount", "currency", "valid_from", "valid_until")
    facts = tuple(Fact(id=f"fact:{f.id}", kind=f.kind, **{n: getattr(f, n) for n in names}) for f in record.facts)
    return Product(
        id=str(record.id),
        name=record.name,
        category=record.category,
        url=record.url if record.url and is_web_address(record.url) else None,
        currency=record.currency,
        facts=facts,
    )


def review_evidence(workspace: Workspace, product: ProductRecord) -> tuple[Evidence, ...]:
    """Return the phrases that at least three consenting reviewers of the product share.

    The reviews are read at each call. Only what was found in the very same reviews is used again: finding it takes
    seconds where a product has many, and an export asks while others wait to write.
    """
    with workspace.database.reading() as session:
        reviews = personas.reviews_of_product(session, product.key)
    if reviews.empty:
        return ()
    text = reviews["title"].fillna("").str.cat(reviews["text"].fillna(""), sep=". ")
    which = _digest((product.id, *stamp(workspace)), reviews.assign(text=text))
    with _found_lock:
        known = _found.get(which)
    if known is None:
        matcher = redactor(workspace)
        known = _shared(product, reviews.assign(text=[matcher.redact(t) for t in text]))
        with _found_lock:
            _found[which] = known
            while len(_found) > MAX_KEPT:
                _found.popitem(last=False)
    return known


def _digest(stamp: tuple[int, ...], reviews: pd.DataFrame) -> str:
    """Return what tells these reviews, and who is masked in them, from all others, without keeping a word."""
    rows = reviews[["review_id", "customer", "rating", "text"]].to_csv(index=False)
    return hashlib.sha256(f"{stamp}\n{rows}".encode()).hexdigest()


def _shared(product: ProductRecord, reviews: pd.DataFrame) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(
            id=f"theme:{product.id}:{number}",
            kind="review_theme",
            text=theme.text,
            product_id=str(product.id),
            support=theme.support,
            of_people=theme.of_people,
            review_ids=tuple(str(i) for i in theme.review_ids),
        )
        for number, theme in enumerate(themes(reviews))
        if theme.polarity == "positive"
    )


def persona_brief(record: PersonaRecord) -> PersonaBrief:
    """Return what of a persona may reach the creator: statements about the group."""
    card = PERSONA_CARD.read(record.card)
    return PersonaBrief(
        id=str(record.id),
        version=record.version,
        name=record.name,
        traits=tuple(t.sentence for t in card.traits if t.verdict in ("higher", "lower"))[:8],
        words=tuple(w.word for w in card.words)[:20],
    )


def brief_for(
    campaign: CampaignRecord,
    brand: BrandVoice,
    product: ProductRecord,
    evidence: Sequence[Evidence],
    persona: PersonaRecord | None,
    channel: str,
) -> Brief:
    """Return the order for one product, persona and channel of a campaign."""
    return Brief(
        campaign_id=str(campaign.id),
        campaign_name=campaign.name,
        objective=campaign.objective,
        channel=channel,
        product=as_product(product),
        brand=brand,
        persona=persona_brief(persona) if persona else None,
        evidence=tuple(evidence),
        key_message=campaign.key_message,
        link=campaign.link or as_product(product).url,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        variants=campaign.variants,
        seed=campaign.seed,
    )


def product_record(workspace: Workspace, product_id: int) -> ProductRecord:
    """Return one product with its facts."""
    with workspace.database.reading() as session:
        return products.get(session, product_id)
