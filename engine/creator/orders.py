"""What a marketer orders: a campaign for products, personas and channels, and what no order may ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import get_args

from engine.channels import channels
from engine.content import Objective
from engine.creator.links import is_web_address

MAX_DRAFTS = 2_000
MAX_WORDS = 200
OBJECTIVES: tuple[str, ...] = get_args(Objective)


class CampaignError(ValueError):
    """A brief that cannot be carried out, and how to mend it."""


@dataclass(frozen=True)
class CampaignOrder:
    """What the marketer asks for."""

    name: str
    objective: str
    product_ids: tuple[int, ...]
    channels: tuple[str, ...]
    persona_ids: tuple[int, ...] = ()
    key_message: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    link: str | None = None
    variants: int = 5
    seed: int = 1
    thumbnails: bool = True


def check_order(order: CampaignOrder) -> None:
    """Refuse an order that cannot be carried out.

    Raises
    ------
    CampaignError
        When something is missing, no choice, too long, or more is asked for than a review can bear.
    """
    if not order.name.strip():
        raise CampaignError("Give the campaign a name.")
    if not order.product_ids:
        raise CampaignError("Choose at least one product.")
    if not order.channels:
        raise CampaignError("Choose at least one channel.")
    if order.objective not in OBJECTIVES:
        raise CampaignError(f"There is no objective “{order.objective}”. Use {', '.join(OBJECTIVES)}.")
    for what, said in (("name", order.name), ("key message", order.key_message)):
        if len(said) > MAX_WORDS:
            raise CampaignError(f"The {what} has {len(said):,} characters; at most {MAX_WORDS} are taken.")
    check_link(order.link)
    unknown = set(order.channels) - set(channels())
    if unknown:
        raise CampaignError(f"Unknown channel: {', '.join(sorted(unknown))}. Use {', '.join(channels())}.")
    if order.starts_on and order.ends_on and order.ends_on < order.starts_on:
        raise CampaignError("The campaign ends before it starts. Swap the dates.")
    count = len(order.product_ids) * len(order.channels) * max(1, len(order.persona_ids)) * order.variants
    if count > MAX_DRAFTS:
        raise CampaignError(
            f"That makes {count:,} drafts, more than anybody can review. Choose fewer (at most {MAX_DRAFTS:,})."
        )


def check_link(link: str | None) -> None:
    """Refuse a link that is no web address.

    Raises
    ------
    CampaignError
        When it is another kind of address, such as a script, or none at all.
    """
    if link is not None and not is_web_address(link):
        raise CampaignError("The link is no web address. Write it in full, such as https://shop.example/coats.")
