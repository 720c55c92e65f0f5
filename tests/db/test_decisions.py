"""Decisions and exports as they are kept: who said what about which content, and what left."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from db.repositories import decisions, imports
from db.tables import CampaignRow, DecisionRow, DecisionWordsRow, DraftRow, DraftVersionRow, ExportRow, ProductRow


@pytest.fixture
def session(database):
    """A transaction with three versions of one draft, numbered 1 to 3."""
    with database.writing() as session:
        number = imports.start(session, kind="products", source="s", file_name="f", file_sha256="0" * 64)
        session.add(ProductRow(id=1, import_id=number, row_key="p", row_hash=1, key="P1", name="Coat"))
        session.add(
            CampaignRow(id=1, name="Autumn", objective="sales", product_ids=[1], persona_ids=[], channels=["x"])
        )
        session.flush()
        session.add(DraftRow(id=1, campaign_id=1, product_id=1, channel="x", variant=1, slot="1"))
        session.flush()
        for version in (1, 2, 3):
            kept = {"content": {}, "content_hash": "0" * 64, "parts": [], "brief": {}, "method": "m"}
            session.add(DraftVersionRow(id=version, draft_id=1, number=version, **kept))
        session.flush()
        yield session
        session.rollback()


def decide(session, version, expected=0, verdict="approve", **words):
    said = {"comment": f"About {version}.", "waivers": {"rule": f"Why {version}."}, **words}
    return decisions.add(
        session,
        version_id=version,
        expected_sequence=expected,
        content_hash=str(version) * 64,
        verdict=verdict,
        reviewer=f"Reviewer {version}",
        **said,
    )


def test_a_decision_is_kept_whole_and_comes_back_by_every_way(session):
    before = datetime.now(UTC) - timedelta(minutes=1)
    one, two = decide(session, 1), decide(session, 2, verdict="reject")
    assert (one.version_id, one.sequence, one.content_hash, one.verdict) == (1, 1, "1" * 64, "approve")
    assert (one.comment, one.waivers, one.reviewer) == ("About 1.", {"rule": "Why 1."}, "Reviewer 1")
    assert before < one.at < before + timedelta(minutes=2)
    session.expire_all()
    ids = {row.version_id: row.id for row in session.query(DecisionRow)}
    for made, version in ((one, 1), (two, 2)):
        assert decisions.of_version(session, version) == [made]
        assert decisions.every(session, {version}) == [made]
        assert decisions.by_ids(session, {ids[version]}) == [made]
    assert sorted(decisions.every(session), key=lambda d: d.version_id) == [one, two]
    assert sorted(decisions.every(session, {1, 2, 3}), key=lambda d: d.version_id) == [one, two]
    assert len(decisions.by_ids(session, set(ids.values()))) == 2
    assert decisions.of_version(session, 3) == decisions.every(session, set()) == decisions.by_ids(session, set()) == []


def test_what_a_reviewer_wrote_is_kept_apart_from_the_decision(session):
    decide(session, 1)
    [row], [words] = session.query(DecisionRow).all(), session.query(DecisionWordsRow).all()
    assert (row.comment, row.waivers) == ("", {})
    assert (words.decision_id, words.comment, words.waivers) == (row.id, "About 1.", {"rule": "Why 1."})


def test_a_decision_of_an_older_version_without_words_apart_says_its_own(session):
    row = DecisionRow(
        version_id=1, sequence=1, content_hash="1" * 64, verdict="reject", comment="Old.", waivers={}, reviewer="Ada"
    )
    session.add(row)
    session.flush()
    decide(session, 2)
    for found in (
        decisions.of_version(session, 1),
        decisions.every(session, {1}),
        decisions.by_ids(session, {row.id}),
        [d for d in decisions.every(session) if d.version_id == 1],
    ):
        assert [(d.comment, d.reviewer) for d in found] == [("Old.", "Ada")]
    assert {d.comment for d in decisions.every(session)} == {"Old.", "About 2."}


def test_the_decisions_on_a_version_come_in_the_order_of_their_numbers(session):
    decide(session, 1, expected=2)
    decide(session, 1, expected=0)
    decide(session, 1, expected=1)
    assert [d.sequence for d in decisions.of_version(session, 1)] == [1, 2, 3]


def test_of_two_decisions_upon_the_same_state_one_is_kept(session):
    decide(session, 1)
    with pytest.raises(sa.exc.IntegrityError):
        decide(session, 1)


def leave(session, name="a.zip", **items):
    kept = {int(version): digest for version, digest in items.items()}
    manifest = {"posts": len(kept)}
    return decisions.add_export(
        session, file_name=name, sha256=name[0] * 64, manifest=manifest, author="Ada", items=kept
    )


def test_an_export_is_kept_with_exactly_what_left_in_it(session):
    both, one, none = leave(session, **{"1": "x", "2": "y"}), leave(session, "b.zip", **{"1": "z"}), leave(session)
    assert (both.file_name, both.sha256, both.author) == ("a.zip", "a" * 64, "Ada")
    assert both.manifest == {"posts": 2}
    session.expire_all()
    kept = {record.id: (record, items) for record, items in decisions.every_export(session)}
    assert kept == {both.id: (both, {1: "x", 2: "y"}), one.id: (one, {1: "z"}), none.id: (none, {})}


def test_exports_are_listed_the_newest_first_a_hundred_unless_more_are_asked_for(session):
    session.add_all(ExportRow(file_name=f"{n}.zip", sha256="0" * 64, manifest={}) for n in range(102))
    session.flush()
    newest = [record.id for record in decisions.exports(session, limit=102)]
    assert newest == sorted(newest, reverse=True)
    assert len(newest) == 102
    assert [record.id for record in decisions.exports(session)] == newest[:100]
    assert [record.id for record in decisions.exports(session, 1)] == newest[:1]
