"""Data page: products, the facts that posts may state, and their images."""

from __future__ import annotations

from datetime import date
from typing import get_args

import streamlit as st

from dashboard.components import as_text, count, empty_state, failure, told_apart
from dashboard.page_cache import kept
from dashboard.sections.studio.posts import small_picture
from dashboard.services.data import catalogue
from dashboard.services.people import User
from dashboard.workspace import Workspace
from db.repositories.products import FactRecord, NewFact, ProductRecord
from engine.content import FactKind

KINDS = {
    "price": "Price",
    "was_price": "Earlier price",
    "material": "Material",
    "feature": "Feature",
    "stock": "Stock",
    "claim": "Allowed claim",
    "use": "Use",
    "size": "Size",
    "origin": "Origin",
    "care": "Care",
    "category": "Category",
}
SHOWN = 100


def products_section(workspace: Workspace, user: User) -> None:
    """Let one search a product, see its facts and images, and add to them."""
    search = st.text_input(
        "Search products", key="product_search", bind="query-params", icon=":material/search:", max_chars=100
    )
    asked = search.strip()
    found = kept(workspace, ("products", asked), lambda: catalogue.listing(workspace, asked, limit=SHOWN))
    if not found:
        text = "No product has that in its name." if search else "Bring in a file of products, or of reviews."
        empty_state("No products", text)
        return
    by_id = {p.id: p for p in found}
    names = told_apart({p.id: f"{p.name} · {count(p.reviews, 'review')}" for p in found})
    chosen = st.selectbox(
        f"Product ({'first ' if len(found) == SHOWN else ''}{len(found)})",
        list(by_id),
        format_func=names.__getitem__,
        key="product",
        bind="query-params",
    )
    if chosen in by_id:
        _product(workspace, user, by_id[chosen])


def _product(workspace: Workspace, user: User, product: ProductRecord) -> None:
    st.subheader(as_text(product.name), anchor=False)
    if product.known_from == "reviews":
        st.caption("Known from reviews only: give it a name and facts, so that posts can speak of it.")
    if product.description:
        st.write(as_text(product.description))
    _facts(workspace, user, product)
    _images(workspace, user, product)
    with st.expander("Rename"), st.form(f"rename-{product.id}", border=False):
        name = st.text_input("Name", value=product.name, max_chars=300)
        if st.form_submit_button("Save the name"):
            with failure():
                catalogue.rename(workspace, user, product.id, name)
                st.rerun()


def _facts(workspace: Workspace, user: User, product: ProductRecord) -> None:
    st.markdown(f"**{count(len(product.facts), 'fact')}** that posts may state")
    for fact in product.facts:
        with st.container(horizontal=True, vertical_alignment="center", wrap=False, gap="small"):
            st.markdown(f"{as_text(KINDS.get(fact.kind, fact.kind))}: {as_text(fact_words(fact))}", width="stretch")
            gone = st.button("Remove", key=f"fact-{fact.id}", type="tertiary", help="Posts may no longer state it")
        if gone:
            with failure():
                catalogue.remove_fact(workspace, user, fact.id)
                st.rerun()
    with st.expander("Add a fact", icon=":material/add:"):
        _new_fact(workspace, user, product)


def fact_words(fact: FactRecord) -> str:
    """Return a fact as people read it, safe to show as Markdown."""
    said = fact.value if fact.amount is None else f"{fact.amount:,.2f} {fact.currency or ''}".strip()
    until = f" (until {fact.valid_until:%-d %B %Y})" if fact.valid_until else ""
    plain = f"{said}{until}"
    return "".join(f"\\{c}" if c in r"\`*_{}[]()<>#+-.!|~$:" else c for c in plain)


def _new_fact(workspace: Workspace, user: User, product: ProductRecord) -> None:
    kind = st.selectbox("Kind", get_args(FactKind), format_func=KINDS.__getitem__, key=f"kind-{product.id}")
    priced = kind in ("price", "was_price")
    with st.form(f"new-fact-{product.id}", border=False, clear_on_submit=True):
        amount = st.number_input("Amount", min_value=0.0, step=0.01) if priced else None
        currency = st.text_input("Currency", value=product.currency or "EUR", max_chars=3) if priced else None
        value = "" if priced else st.text_input("What it says", placeholder="organic cotton", max_chars=300)
        noun = verb = None
        if not priced:
            noun = st.text_input("After “with …” (optional)", placeholder="deep side pockets", max_chars=120)
            verb = st.text_input("After the name (optional)", placeholder="dries in an hour", max_chars=120)
        until = st.date_input("True until (optional)", value=None, min_value=date.today())
        if st.form_submit_button("Add the fact"):
            fact = NewFact(
                kind=kind,
                value=value.strip() or (f"{amount:.2f}" if amount else ""),
                noun_phrase=(noun or "").strip() or None,
                verb_phrase=(verb or "").strip() or None,
                amount=amount,
                currency=(currency or "").upper() or None,
                valid_until=until if isinstance(until, date) else None,
            )
            with failure():
                catalogue.add_fact(workspace, user, product.id, fact)
                st.rerun()


def _images(workspace: Workspace, user: User, product: ProductRecord) -> None:
    images = kept(workspace, ("images", product.id), lambda: catalogue.images(workspace, product.id))
    st.markdown(f"**{count(len(images), 'image')}**")
    if images:
        st.image(
            [small_picture(workspace, image.digest) for image in images[:8]],
            width=160,
            caption=[f"{i.width:d} × {i.height:d}" for i in images[:8]],
        )
    with st.form(f"image-{product.id}", border=False, clear_on_submit=True):
        upload = st.file_uploader(
            "Add an image (JPEG, PNG or WebP)", type=["jpg", "jpeg", "png", "webp"], max_upload_size=50
        )
        if st.form_submit_button("Add the image") and upload is not None:
            with failure():
                catalogue.add_image(workspace, user, product.id, upload.getvalue())
                st.rerun()
