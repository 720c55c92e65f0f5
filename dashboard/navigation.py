"""The pages: what each is for, who may see it, and what unlocks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.services.people import ROLES, Role
from db.repositories.workspaces import Contents

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

FOLDER = Path(__file__).resolve().parents[1] / "pages"
Lock = Callable[[Contents], str | None]


def _open(_contents: Contents) -> str | None:
    return None


def _needs_people(contents: Contents) -> str | None:
    if contents.profiles or contents.reviews:
        return None
    return "Bring in customer profiles or reviews on the Data page first."


def _needs_products(contents: Contents) -> str | None:
    if contents.products:
        return None
    return "Bring in products, or reviews that name products, on the Data page first."


def _needs_drafts(contents: Contents) -> str | None:
    return None if contents.drafts else "Create a campaign in Studio first. Its drafts come here to be read."


def _needs_numbers(contents: Contents) -> str | None:
    if contents.posts or contents.metrics:
        return None
    return "Bring in past posts with their numbers, or a table of metrics, on the Data page first."


@dataclass(frozen=True)
class PageInfo:
    """One page of the menu. ``locked`` says what has to be done first, or None."""

    name: str
    title: str
    purpose: str
    icon: str
    locked: Lock = _open
    roles: tuple[Role, ...] = ROLES

    @property
    def path(self) -> Path:
        """The page's script."""
        return FOLDER / f"{self.name}.py"


PAGES: tuple[PageInfo, ...] = (
    PageInfo("home", "Home", "What is here, what runs now, and the one next step.", "home"),
    PageInfo("data", "Data", "Bring in customers, reviews, products and past posts, with consent.", "database"),
    PageInfo("personas", "Personas", "Groups of customers, each with its evidence.", "groups", _needs_people),
    PageInfo("studio", "Studio", "Turn a brief into posts and images to choose from.", "edit", _needs_products),
    PageInfo("review", "Review", "Read, compare and sign what may be published.", "fact_check", _needs_drafts),
    PageInfo("impact", "Impact", "See whether a change made a difference.", "query_stats", _needs_numbers),
    PageInfo("surveys", "Surveys", "Ask people before and after, and read what they say.", "ballot"),
    PageInfo("audits", "Audits", "Check fairness, privacy and consent, and read the ledger.", "policy"),
    PageInfo("reports", "Reports", "Put results in a document that others can read.", "description"),
    PageInfo("settings", "Settings", "Brand voice, people and this workspace.", "settings"),
)


def page_info(name: str) -> PageInfo:
    """Return a page by its name."""
    return next(page for page in PAGES if page.name == name)


def allowed(role: Role) -> tuple[PageInfo, ...]:
    """Return the pages that a role may see, in the menu's order."""
    return tuple(page for page in PAGES if role in page.roles)


def streamlit_pages(role: Role) -> list[StreamlitPage]:
    """Return the menu for a role as Streamlit's pages; the first is where one arrives."""
    import streamlit as st

    return [
        st.Page(
            str(page.path),
            title=page.title,
            icon=f":material/{page.icon}:",
            url_path=None if page.name == "home" else page.name,
            default=page.name == "home",
        )
        for page in allowed(role)
    ]
