"""What is true now about what posts rest on: facts, prices, stock, dates, counted reviews, people, brand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from dashboard.services.studio.briefs import as_product, brand_voice, product_record, review_evidence
from dashboard.services.studio.judging import check
from dashboard.workspace import Workspace
from db.errors import StoreError
from db.repositories import personas
from db.repositories.campaigns import VersionRecord
from engine.content import BrandVoice, Brief, CheckResult, Evidence, Product
from engine.fidelity import Depth, MediaInfo
from engine.grounds import no_longer_so
from engine.kept import BRIEF, PART, POST


class Present:
    """The workspace as it is at one moment, for any number of posts; each thing is read once.

    Used inside ``writing(alone=True)``, what it says stays true until that transaction ends. ``pictures`` are those
    whose bytes it has read and checked.
    """

    def __init__(self, workspace: Workspace, pictures: dict[str, MediaInfo] | None = None) -> None:
        self._workspace, self._today = workspace, date.today()
        self.pictures = dict(pictures or {})
        self._products: dict[int, tuple[Product, tuple[Evidence, ...]]] = {}
        self._people: dict[int, str | None] = {}
        self._brand: BrandVoice | None = None

    def brief(self, version: VersionRecord) -> Brief:
        """Return the order that a version answers with product, facts, themes, brand and days as they are now."""
        kept = BRIEF.read(version.brief)
        product, evidence = self._product(version.product_id)
        if self._brand is None:
            self._brand = brand_voice(self._workspace)
        first, last = self._days(kept)
        dates = {"starts_on": first, "ends_on": kept.ends_on and last} if kept.starts_on else {}
        return kept.model_copy(update={"product": product, "brand": self._brand, "evidence": evidence, **dates})

    def no_longer_so(self, version: VersionRecord) -> tuple[str, ...]:
        """Say what of that which a version rests on has changed since, with the old and the new."""
        kept = BRIEF.read(version.brief)
        content, parts = POST.read(version.content), PART.read_all(version.parts)
        moved = no_longer_so(content, parts, kept, self.brief(version), self._days(kept))
        too_few = self._too_few(version.persona_id)
        return (*moved, too_few) if too_few else moved

    def check(self, version: VersionRecord, depth: Depth = "cheap") -> tuple[CheckResult, ...]:
        """Run the checks of a depth on a version against what is true now."""
        return check(
            self._workspace,
            POST.read(version.content),
            self.brief(version),
            ai_generated=version.ai_generated,
            depth=depth,
            pictures=self.pictures,
        )

    def _days(self, kept: Brief) -> tuple[date, date]:
        """Return the first and last day on which a post may be out: no day that is over."""
        first = max(kept.starts_on or self._today, self._today)
        return first, max(kept.ends_on or first, first)

    def _product(self, product_id: int) -> tuple[Product, tuple[Evidence, ...]]:
        if product_id not in self._products:
            record = product_record(self._workspace, product_id)
            self._products[product_id] = as_product(record), review_evidence(self._workspace, record)
        return self._products[product_id]

    def _too_few(self, persona_id: int | None) -> str | None:
        """Say that a persona describes too few people now, or None."""
        if persona_id is None:
            return None
        if persona_id not in self._people:
            self._people[persona_id] = self._size(persona_id)
        return self._people[persona_id]

    def _size(self, persona_id: int) -> str | None:
        k = self._workspace.settings.k_min_people
        try:
            with self._workspace.database.reading() as session:
                persona = personas.get(session, persona_id)
        except StoreError:
            return "its persona is no longer kept"
        left = persona.size - persona.lost_members
        if left >= k:
            return None
        return (
            f"“{persona.name}” described {persona.size:,} people and now describes {left:,} who consent, fewer than {k}"
        )


def changed_under(workspace: Workspace, versions: Iterable[VersionRecord]) -> dict[int, tuple[str, ...]]:
    """Return what has changed under each of the versions (by id) that rests on something that has changed."""
    present = Present(workspace)
    found = {version.id: present.no_longer_so(version) for version in versions}
    return {number: moved for number, moved in found.items() if moved}
