"""Forty and more forgeries by somebody who may write the database but has no key, on both databases: all are found."""

import hashlib
import json
import shutil
import uuid
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from dashboard.services.audits import proof
from dashboard.services.people import LOCAL_USER
from dashboard.services.review import deciding, exporting
from dashboard.services.review.deciding import Seen
from dashboard.services.review.exporting import ExportError
from dashboard.services.studio import campaigns
from dashboard.settings import Settings
from dashboard.workspace import open_workspace
from tests.dashboard.services.test_media_leaving import picture, swap_a_byte
from tests.dashboard.signed import pictured_drafts
from tests.postgres import NO_SERVER, URL

KEY = "grcO7n8aUDm+8H7CNH8GbtCPXcdRJEfjQEMAAmtuVFU="
LAST_ON = "decision_id = (SELECT MAX(id) FROM decision WHERE version_id = :v)"


def settings(folder, url=""):
    return Settings(workspace=folder, demo=False, workspace_key=SecretStr(KEY), database_url=url)


def decide(workspace, version, choice, sequence=0):
    shown = deciding.item(workspace, version.id)
    reasons = {f.rule_id: "It is so." for f in shown.waivable}
    seen = Seen(version.content_hash, sequence)
    deciding.decide(workspace, LOCAL_USER, version.id, seen, choice, "Because." * (choice != "approve"), reasons)


def filled(workspace):
    """Return the versions of a small workspace: approved, open, rejected, exported and approved then rejected."""
    drafts = pictured_drafts(workspace, picture(), variants=7)
    exported, approved, waiting, rejected, turned, edited, revised = drafts
    decide(workspace, exported, "approve")
    exporting.export(workspace, LOCAL_USER, [exported.id])
    decide(workspace, rejected, "reject")
    decide(workspace, turned, "approve")
    newer = {name: edit(workspace, version) for name, version in (("edited", edited), ("revised", revised))}
    decide(workspace, newer["revised"], "reject")
    older = proof.anchor(workspace)
    decide(workspace, approved, "approve")
    decide(workspace, turned, "reject", 1)
    names = {"exported": exported, "approved": approved, "open": waiting, "rejected": rejected, "turned": turned}
    names |= {"edited": edited, "revised": revised} | {f"newer {name}": version for name, version in newer.items()}
    return {name: version.id for name, version in names.items()}, older


def edit(workspace, version):
    """Approve a version, edit it, and return the version that came of it."""
    decide(workspace, version, "approve")
    words = {"text": f"{deciding.item(workspace, version.id).content.text} Come and see."}
    return deciding.item(workspace, campaigns.edit(workspace, LOCAL_USER, version.id, words)).version


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def made(request, tmp_path_factory):
    """Return how to make any number of copies of one signed workspace."""
    folder = tmp_path_factory.mktemp("signed") / "w"
    if request.param == "sqlite":
        workspace = open_workspace(settings(folder))
        ids, older = filled(workspace)
        workspace.database.engine.dispose()

        def copies(name):
            shutil.copytree(folder, name)
            return open_workspace(settings(name))

        yield SimpleNamespace(copy=copies, ids=ids, older=older)
        return
    if not URL:
        pytest.skip(NO_SERVER)
    admin = sa.create_engine(URL, isolation_level="AUTOCOMMIT")
    names = []

    def database(template=None):
        names.append(f"test_{uuid.uuid4().hex[:12]}")
        with admin.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {names[-1]}{f' TEMPLATE {template}' if template else ''}"))
        return sa.engine.make_url(URL).set(database=names[-1]).render_as_string(hide_password=False)

    workspace = open_workspace(settings(folder, database()))
    ids, older = filled(workspace)
    workspace.database.engine.dispose()
    base = names[0]

    def copied(name):
        shutil.copytree(folder, name)
        return open_workspace(settings(name, database(base)))

    yield SimpleNamespace(copy=copied, ids=ids, older=older)
    with admin.connect() as connection:
        for name in names:
            connection.execute(sa.text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def signed(made, tmp_path):
    opened = made.copy(tmp_path / "w")
    yield opened
    opened.database.engine.dispose()


class Forger:
    """Somebody with a connection of their own who goes round the triggers and puts them back."""

    def __init__(self, connection, ids, older, files):
        self.connection, self.ids, self.older, self.files = connection, ids, older, files
        self.json = ":json" if connection.dialect.name == "sqlite" else "CAST(:json AS JSON)"

    def run(self, text, **values):
        return self.connection.execute(sa.text(text.replace(":json", self.json)), values)

    def one(self, text, **values):
        return self.run(text, **values).one()

    def insert_decision(self, version, verdict, sequence, who="you"):
        digest = self.one("SELECT content_hash FROM draft_version WHERE id = :v", v=version)[0]
        number = self.one("SELECT MAX(id) + 1 FROM decision")[0]
        self.run(
            "INSERT INTO decision (id, version_id, sequence, content_hash, verdict, comment, waivers, reviewer, at) "
            "VALUES (:n, :v, :s, :h, :d, '', :json, :w, '2026-11-25 08:00:00.000000')",
            n=number, v=version, s=sequence, h=digest, d=verdict, w=who, json="{}",
        )  # fmt: skip

    def insert_line(self, kind, payload, who="you", head=False):
        """Add a line as a version without keyed lines wrote it: whoever knows the code can."""
        last = self.one("SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1")
        text = json.dumps(payload, sort_keys=True, separators=(",", ":"))
        at, number = "2026-11-25T08:00:00+00:00", last.sequence + 1
        raw = json.dumps([number, at, kind, who, text, last.hash], ensure_ascii=False)
        digest = hashlib.sha256(raw.encode()).hexdigest()
        self.run(
            "INSERT INTO ledger (sequence, at, kind, actor, payload, previous_hash, hash) "
            "VALUES (:n, :at, :k, :w, :p, :b, :h)",
            n=number, at=at, k=kind, w=who, p=text, b=last.hash, h=digest,
        )  # fmt: skip
        if head:
            self.run("UPDATE ledger_head SET sequence = :n, hash = :h", n=number, h=digest)

    def plain_chain(self, since=1):
        """Write the hashes of all lines anew, without the key."""
        previous = "0" * 64
        for row in self.run("SELECT * FROM ledger ORDER BY sequence").all():
            raw = json.dumps([row.sequence, row.at, row.kind, row.actor, row.payload, previous], ensure_ascii=False)
            digest = hashlib.sha256(raw.encode()).hexdigest() if row.sequence >= since else row.hash
            self.run(
                "UPDATE ledger SET previous_hash = :b, hash = :h WHERE sequence = :n",
                b=previous, h=digest, n=row.sequence,
            )  # fmt: skip
            previous = digest
        self.run("UPDATE ledger_head SET hash = :h", h=previous)

    def cut_to(self, count):
        self.run("DELETE FROM ledger WHERE sequence > :n", n=count)

    def put_back(self):
        """Put the state back in which the older head was signed."""
        self.run("DELETE FROM decision WHERE version_id = :v", v=self.ids["approved"])
        self.run("DELETE FROM decision WHERE version_id = :v AND sequence = 2", v=self.ids["turned"])
        self.run("DELETE FROM decision_words WHERE decision_id NOT IN (SELECT id FROM decision)")
        self.cut_to(self.older.sequence)
        self.run("UPDATE ledger_head SET sequence = :n, hash = :h, signature = :s",
                 n=self.older.sequence, h=self.older.hash, s=self.older.signature)  # fmt: skip

    def last_line_of(self, kind):
        return self.one("SELECT * FROM ledger WHERE kind = :k ORDER BY sequence DESC LIMIT 1", k=kind)

    def rewrite(self, version, text="Buy gold", *, also_hash=True):
        """Have a version say something else, with the hash that fits."""
        from engine.content import content_hash
        from engine.kept import POST

        kept = self.one("SELECT content FROM draft_version WHERE id = :v", v=version)[0]
        content = {**(json.loads(kept) if isinstance(kept, str) else kept), "text": text}
        digest = content_hash(POST.read(content))
        self.run("UPDATE draft_version SET content = :json WHERE id = :v", v=version, json=json.dumps(content))
        if also_hash:
            self.run("UPDATE draft_version SET content_hash = :h WHERE id = :v", h=digest, v=version)
        return digest

    def picture_of(self, version):
        kept = self.one("SELECT content FROM draft_version WHERE id = :v", v=version)[0]
        (digest,) = (json.loads(kept) if isinstance(kept, str) else kept)["media"]
        return Path(self.files) / digest[:2] / digest


def approve_an_open_one(f):
    f.insert_decision(f.ids["open"], "approve", 1)


def approve_after_a_rejection(f):
    f.insert_decision(f.ids["rejected"], "approve", 2)


def approve_with_a_plain_line(f):
    f.insert_decision(f.ids["open"], "approve", 1)
    digest = f.one("SELECT content_hash FROM draft_version WHERE id = :v", v=f.ids["open"])[0]
    f.insert_line("decision", {"version": f.ids["open"], "sequence": 1, "content_hash": digest, "verdict": "approve",
                               "waived_rules": []})  # fmt: skip


def approve_with_a_plain_line_and_its_head(f):
    approve_with_a_plain_line(f)
    last = f.last_line_of("decision")
    f.run("UPDATE ledger_head SET sequence = :n, hash = :h", n=last.sequence, h=last.hash)


def approve_with_the_line_of_another(f):
    f.insert_decision(f.ids["open"], "approve", 1)
    line = f.last_line_of("decision")
    f.run("UPDATE ledger SET payload = :p WHERE sequence = :n", n=line.sequence,
          p=line.payload.replace(f'"version":{f.ids["turned"]}', f'"version":{f.ids["open"]}'))  # fmt: skip


def turn_a_rejection(f):
    f.run("UPDATE decision SET verdict = 'approve' WHERE version_id = :v", v=f.ids["rejected"])


def replace_a_rejection(f):
    row = f.one("SELECT id FROM decision WHERE version_id = :v", v=f.ids["rejected"])
    f.run("DELETE FROM decision WHERE id = :n", n=row.id)
    f.insert_decision(f.ids["rejected"], "approve", 1)


def take_a_rejection_away(f):
    f.run("DELETE FROM decision WHERE version_id = :v AND sequence = 2", v=f.ids["turned"])


def take_a_rejection_and_its_line_away(f):
    take_a_rejection_away(f)
    f.cut_to(f.last_line_of("decision").sequence - 1)


def take_a_rejection_its_line_and_the_head_away(f):
    take_a_rejection_and_its_line_away(f)
    last = f.one("SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1")
    f.run("UPDATE ledger_head SET sequence = :n, hash = :h", n=last.sequence, h=last.hash)


def put_an_older_state_back(f):
    f.put_back()


def put_an_older_head_back(f):
    f.run("UPDATE ledger_head SET sequence = :n, hash = :h, signature = :s",
          n=f.older.sequence, h=f.older.hash, s=f.older.signature)  # fmt: skip


def put_an_older_ledger_back(f):
    f.cut_to(f.older.sequence)
    put_an_older_head_back(f)


def alter_a_content(f):
    f.rewrite(f.ids["approved"], also_hash=False)


def alter_content_and_hash(f):
    f.rewrite(f.ids["approved"])


def alter_content_hash_and_decision(f):
    digest = f.rewrite(f.ids["approved"])
    f.run("UPDATE decision SET content_hash = :h WHERE version_id = :v", h=digest, v=f.ids["approved"])


def alter_content_hash_decision_and_line(f, rechain=False):
    old = f.one("SELECT content_hash FROM draft_version WHERE id = :v", v=f.ids["approved"])[0]
    digest = f.rewrite(f.ids["approved"])
    f.run("UPDATE decision SET content_hash = :h WHERE version_id = :v", h=digest, v=f.ids["approved"])
    f.run("UPDATE ledger SET payload = REPLACE(payload, :o, :h)", o=old, h=digest)
    if rechain:
        f.plain_chain()


def alter_all_and_chain_anew(f):
    alter_content_hash_decision_and_line(f, rechain=True)


def chain_anew_from_the_middle(f):
    f.plain_chain(since=f.last_line_of("decision").sequence)


def reviewer(f):
    f.run("UPDATE decision SET reviewer = 'Eve' WHERE version_id = :v", v=f.ids["approved"])


def comment(f):
    f.run(
        "UPDATE decision_words SET comment = 'Very good.' WHERE decision_id = (SELECT MAX(id) FROM decision WHERE version_id = :v)",
        v=f.ids["rejected"],
    )


def waivers(f):
    f.run(
        "UPDATE decision_words SET waivers = :json WHERE decision_id = (SELECT MAX(id) FROM decision WHERE version_id = :v)",
        v=f.ids["approved"],
        json='{"x.y": "I say so"}',
    )


def moment(f):
    f.run("UPDATE decision SET at = '2020-01-01 00:00:00.000000' WHERE version_id = :v", v=f.ids["approved"])


def number(f):
    f.run("UPDATE decision SET sequence = 7 WHERE version_id = :v", v=f.ids["approved"])


def move_to_another_version(f):
    f.run("UPDATE decision SET version_id = :o WHERE version_id = :v", o=f.ids["open"], v=f.ids["approved"])


def copy_an_approval_to_a_new_version(f):
    row = f.one("SELECT * FROM draft_version WHERE id = :v", v=f.ids["rejected"])
    names = [n for n in row._mapping if n not in ("id", "number")]
    f.run(f"INSERT INTO draft_version (id, number, {', '.join(names)}) SELECT 999, 2, {', '.join(names)} "
          "FROM draft_version WHERE id = :v", v=f.ids["approved"])  # fmt: skip
    f.insert_decision(999, "approve", 1)


def line_payload(f):
    f.run("UPDATE ledger SET payload = REPLACE(payload, 'reject', 'approve')")


def line_actor(f):
    f.run("UPDATE ledger SET actor = 'Eve' WHERE sequence = 2")


def line_moment(f):
    f.run("UPDATE ledger SET at = '2020-01-01T00:00:00+00:00' WHERE sequence = 2")


def line_in_the_middle(f):
    f.run("DELETE FROM ledger WHERE sequence = 3")


def lines_swapped(f):
    for old, new in ((2, 900), (3, 2), (900, 3)):
        f.run("UPDATE ledger SET sequence = :b WHERE sequence = :a", a=old, b=new)


def empty_ledger(f):
    f.run("DELETE FROM ledger")


def empty_ledger_and_head(f):
    f.run("DELETE FROM ledger")
    f.run("DELETE FROM ledger_head")


def empty_all_that_was_signed(f):
    for table in ("export_item", "export", "decision", "ledger", "ledger_head"):
        f.run(f"DELETE FROM {table}")


def head_gone(f):
    f.run("DELETE FROM ledger_head")


def head_signature(f):
    f.run("UPDATE ledger_head SET signature = :s", s="0" * 64)


def head_of_nothing(f):
    empty_ledger(f)
    f.run("UPDATE ledger_head SET sequence = 0, hash = :h", h="0" * 64)


def plain_line_after_keyed_ones(f):
    f.insert_line("import", {"rows": 1}, head=True)


def export_digest(f):
    f.run("UPDATE export SET sha256 = :h", h="a" * 64)


def export_manifest(f):
    f.run("UPDATE export SET manifest = :json", json='{"items": []}')


def export_author(f):
    f.run("UPDATE export SET author = 'Eve'")


def export_item_gone(f):
    f.run("DELETE FROM export_item")


def export_item_added(f):
    f.run("INSERT INTO export_item (export_id, version_id, content_hash) VALUES (1, :v, :h)",
          v=f.ids["open"], h="a" * 64)  # fmt: skip


def export_added(f):
    f.run("INSERT INTO export (id, file_name, sha256, manifest, author, at) VALUES "
          "(77, 'x.zip', :h, :json, 'you', '2026-11-25 08:00:00.000000')", h="a" * 64, json="{}")  # fmt: skip


def export_gone(f):
    f.run("DELETE FROM export_item")
    f.run("DELETE FROM export")


def brief_of_an_approved_one(f):
    f.run("UPDATE draft_version SET brief = (SELECT brief FROM draft_version WHERE id = :o), seed = 7 WHERE id = :v",
          v=f.ids["approved"], o=f.ids["open"])  # fmt: skip


def remove_version(f, name):
    f.run("DELETE FROM fidelity_check WHERE version_id = :v", v=f.ids[name])
    f.run("DELETE FROM draft_version WHERE id = :v", v=f.ids[name])


def version_gone(f):
    remove_version(f, "approved")


def newer_edit_gone(f):
    remove_version(f, "newer edited")


def newer_edit_moved(f):
    f.run("UPDATE draft_version SET draft_id = (SELECT draft_id FROM draft_version WHERE id = :o), number = 7 "
          "WHERE id = :v", v=f.ids["newer edited"], o=f.ids["open"])  # fmt: skip


def newer_edit_made_the_older(f):
    f.run("UPDATE draft_version SET number = 0 WHERE id = :v", v=f.ids["newer edited"])


def newer_rejection_gone(f):
    f.run("DELETE FROM decision_words WHERE decision_id = (SELECT id FROM decision WHERE version_id = :v)",
          v=f.ids["newer revised"])  # fmt: skip
    f.run("DELETE FROM decision WHERE version_id = :v", v=f.ids["newer revised"])
    remove_version(f, "newer revised")


def newer_rejection_moved(f):
    f.run("UPDATE draft_version SET draft_id = (SELECT draft_id FROM draft_version WHERE id = :o), number = 7 "
          "WHERE id = :v", v=f.ids["newer revised"], o=f.ids["open"])  # fmt: skip


def moved_to_another_campaign(f):
    names = "objective, key_message, product_ids, persona_ids, channels, variants, seed, thumbnails, author, created_at"
    f.run(f"INSERT INTO campaign (id, name, {names}) SELECT 99, 'Another', {names} FROM campaign")
    f.run("UPDATE draft SET campaign_id = 99 WHERE id = (SELECT draft_id FROM draft_version WHERE id = :v)",
          v=f.ids["approved"])  # fmt: skip


def kept_export_is_another_file(f):
    f.run("UPDATE kept_file SET digest = (SELECT min(digest) FROM media) WHERE kind = 'export'")


def picture_swapped(f):
    swap_a_byte(f.picture_of(f.ids["approved"]))


def picture_gone(f):
    f.picture_of(f.ids["approved"]).unlink()


# Each with the version that must not leave by it, if it is about one.
FORGERIES = {
    approve_an_open_one: "open",
    approve_after_a_rejection: "rejected",
    approve_with_a_plain_line: "open",
    approve_with_a_plain_line_and_its_head: "open",
    approve_with_the_line_of_another: "open",
    turn_a_rejection: "rejected",
    replace_a_rejection: "rejected",
    take_a_rejection_away: "turned",
    take_a_rejection_and_its_line_away: "turned",
    take_a_rejection_its_line_and_the_head_away: "turned",
    put_an_older_state_back: "turned",
    put_an_older_head_back: "approved",
    put_an_older_ledger_back: "turned",
    alter_a_content: "approved",
    alter_content_and_hash: "approved",
    alter_content_hash_and_decision: "approved",
    alter_content_hash_decision_and_line: "approved",
    alter_all_and_chain_anew: "approved",
    chain_anew_from_the_middle: "approved",
    reviewer: "approved",
    comment: None,
    waivers: "approved",
    moment: "approved",
    number: "approved",
    move_to_another_version: "open",
    copy_an_approval_to_a_new_version: None,
    line_payload: "rejected",
    line_actor: "approved",
    line_moment: "approved",
    line_in_the_middle: "approved",
    lines_swapped: "approved",
    empty_ledger: "approved",
    empty_ledger_and_head: "approved",
    empty_all_that_was_signed: None,
    head_gone: "approved",
    head_signature: "approved",
    head_of_nothing: "approved",
    plain_line_after_keyed_ones: "approved",
    export_digest: None,
    export_manifest: None,
    export_author: None,
    export_item_gone: None,
    export_item_added: None,
    export_added: None,
    export_gone: None,
    brief_of_an_approved_one: "approved",
    version_gone: None,
    newer_edit_gone: "edited",
    newer_edit_moved: "edited",
    newer_edit_made_the_older: "edited",
    newer_rejection_gone: "revised",
    newer_rejection_moved: "revised",
    moved_to_another_campaign: "approved",
    kept_export_is_another_file: None,
    picture_swapped: "approved",
    picture_gone: "approved",
}


def forge(workspace, made, forgery):
    """Let a forger work on a connection of their own, round the triggers, which are as before afterwards."""
    engine = sa.create_engine(workspace.database.engine.url)
    with engine.begin() as connection:
        guards = []
        if connection.dialect.name == "sqlite":
            guards = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for guard in guards:
                connection.execute(sa.text(f"DROP TRIGGER {guard.name}"))
        else:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        forgery(Forger(connection, made.ids, made.older, workspace.files.place))
        for guard in guards:
            connection.exec_driver_sql(guard.sql)
    engine.dispose()


def test_there_are_at_least_forty():
    assert len(FORGERIES) >= 40


def test_what_nobody_touched_is_intact_and_leaves(signed, made):
    report = proof.verify(signed)
    assert (report.problem, report.others) == ("", ())
    exporting.export(signed, LOCAL_USER, [made.ids["approved"], made.ids["exported"]])
    assert proof.verify(signed, made.older).intact


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda f: f.__name__)
def test_a_forgery_is_named_and_nothing_leaves_by_it(signed, made, forgery):
    forge(signed, made, forgery)
    report = proof.verify(signed)
    assert not report.intact
    victim = FORGERIES[forgery]
    if victim:
        with pytest.raises(ExportError):
            exporting.export(signed, LOCAL_USER, [made.ids[victim]])


def test_the_anchor_alone_finds_what_was_put_back_with_the_noted_head(signed, made):
    newest = proof.anchor(signed)
    forge(signed, made, put_an_older_state_back)
    signed.database.heads.path.write_text(made.older.to_json())
    assert proof.verify(signed).intact
    assert "the anchor knows of" in proof.verify(signed, newest).problem


def test_an_older_state_that_went_on_is_found_and_can_be_accepted_by_the_keys_holder(signed, made):
    forge(signed, made, put_an_older_state_back)
    for version in ("approved", "open"):
        shown = deciding.item(signed, made.ids[version])
        decide(signed, shown.version, "reject")
    assert "went on" in proof.verify(signed).problem
    proof.accept(signed, LOCAL_USER)
    assert proof.verify(signed).intact
    with pytest.raises(proof.ProofError, match="nothing to accept"):
        proof.accept(signed, LOCAL_USER)


def test_what_is_broken_inside_cannot_be_accepted(signed, made):
    forge(signed, made, line_payload)
    with pytest.raises(proof.ProofError, match="cannot be accepted"):
        proof.accept(signed, LOCAL_USER)


@pytest.mark.parametrize("table", ["ledger", "decision", "export", "export_item"])
def test_the_guards_refuse_on_any_connection_and_are_missed_when_taken_away(signed, table):
    engine = sa.create_engine(signed.database.engine.url)
    same = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    refused = [f"DELETE FROM {table}"]
    refused += [same] if signed.database.is_sqlite else [f"TRUNCATE {table} CASCADE"]
    refused += [f"UPDATE {table} SET {'export_id = 2' if 'item' in table else 'at = at'}"]
    for text in refused:
        with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(sa.text(text))
    with engine.begin() as connection:
        if signed.database.is_sqlite:
            kind = "no_delete"
            connection.execute(sa.text(f"DROP TRIGGER {table}_{kind}"))
        else:
            kind = "no_truncate"
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_{kind}"))
    engine.dispose()
    assert f"The guard {table}_{kind}" in proof.verify(signed).problem


@pytest.mark.parametrize("table", ["ledger", "decision", "export", "export_item"])
def test_a_guard_that_was_made_to_refuse_nothing_is_missed(signed, table):
    engine = sa.create_engine(signed.database.engine.url)
    with engine.begin() as connection:
        if signed.database.is_sqlite:
            name = f"{table}_no_delete"
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
            connection.execute(sa.text(f"CREATE TRIGGER {name} BEFORE DELETE ON {table} BEGIN SELECT 1; END"))
        else:
            name = f"{table}_append_only"
            connection.execute(sa.text(f"DROP TRIGGER {name} ON {table}"))
            rest = f"ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            connection.execute(sa.text(f"CREATE TRIGGER {name} BEFORE DELETE {rest}"))
    engine.dispose()
    assert f"The guard {name}" in proof.verify(signed).problem


def test_the_function_that_refuses_is_looked_at_too(signed):
    if signed.database.is_sqlite:
        return
    engine = sa.create_engine(signed.database.engine.url)
    hollow = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN RETURN OLD; END; $$ LANGUAGE plpgsql"
    )
    with engine.begin() as connection:
        connection.execute(sa.text(hollow))
    engine.dispose()
    assert len(proof.verify(signed).others) == 7
