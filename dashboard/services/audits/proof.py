"""The proof behind approvals: ledger, decisions, exports, pictures and heads noted elsewhere, all compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlmodel import Session

from dashboard.services.people import MAY_MANAGE, User, require
from dashboard.workspace import Workspace
from db import ledger
from db.errors import FileDamagedError, FileMissingError, StoreError
from db.heads import Head
from db.ledger import LedgerReport
from db.proof import Lines, missing_guards, wrong_decisions, wrong_exports
from db.repositories import campaigns
from db.repositories import files as kept_files
from engine.content import content_hash
from engine.kept import POST

HERE = "the file ledger.head beside the database"
ANCHOR = "the anchor"
NO_FILE = (
    "The file ledger.head beside the database is missing, so nobody can tell whether an older state was put back. Put "
    "the file back, or say that this state counts: digital-persona ledger accept."
)


NOT_EXPORTED = "This file is in no export that the ledger knows of, so it is not sent."


class ProofError(ValueError):
    """The ledger cannot be vouched for, and why."""


@dataclass(frozen=True)
class Standing:
    """What the ledger says of some versions: what is wrong with the whole, and with each of them."""

    problem: str
    wrong: dict[int, str]

    def refusal(self, version_id: int) -> str | None:
        """Say why a version's approval does not count, or None."""
        return self.wrong.get(version_id)


def standing(workspace: Workspace, version_ids: list[int]) -> Standing:
    """Verify the whole chain, and the decisions on some versions, as an export does."""
    noted, problem = _noted(workspace)
    lines = Lines()
    with workspace.database.reading() as session:
        report = ledger.walk(session, workspace.vault, lines.take, noted)
        found = wrong_decisions(session, workspace.vault, lines, version_ids)
        drafts = {v.id: v.draft_id for v in campaigns.several(session, version_ids)}
        problem = report.problem or problem or _no_file(workspace, session)
    wrong = {v: m.sentence.rstrip(".") for m in found for v, d in drafts.items() if m.draft_id == d}
    wrong |= {m.version_id: m.sentence.rstrip(".") for m in found if m.version_id is not None}
    return Standing(problem, wrong)


def not_exported(workspace: Workspace, digest: str) -> str:
    """Say why a kept ZIP is no export of this workspace, or nothing: the ledger has to know it, not only a row."""
    lines = Lines()
    with workspace.database.reading() as session:
        report = ledger.walk(session, workspace.vault, lines.take)
    if report.problem:
        return f"Nothing is sent, because the ledger is not intact. {report.problem}"
    return "" if digest in lines.zips else NOT_EXPORTED


def verify(workspace: Workspace, anchor: Head | None = None) -> LedgerReport:
    """Verify the ledger and all that it vouches for: decisions, their contents, exports, pictures, guards.

    Parameters
    ----------
    anchor : Head, optional
        A head that was kept elsewhere: the ledger has to have grown from it.

    Returns
    -------
    LedgerReport
        ``problem`` is what is wrong first; ``others`` is what is wrong besides.
    """
    # Read before the database: a head that is noted meanwhile would be newer than what is read of the ledger.
    noted, unreadable = _noted(workspace)
    noted += [(ANCHOR, anchor)] if anchor else []
    lines = Lines()
    with workspace.database.reading() as session:
        report = ledger.walk(session, workspace.vault, lines.take, noted)
        problems = [report.problem, unreadable or _no_file(workspace, session)]
        if not report.problem:  # else later lines are unknown, and what rests on them would be called wrong too
            found = [*wrong_decisions(session, workspace.vault, lines), *wrong_exports(session, lines)]
            problems += [m.sentence for m in found]
            problems += _wrong_contents(workspace, session, lines)
        problems += [m.sentence for m in missing_guards(session)]
    said = [p for p in dict.fromkeys(problems) if p]
    return replace(report, problem=said[0] if said else "", others=tuple(said[1:]))


def anchor(workspace: Workspace) -> Head:
    """Return the ledger's head, to be kept elsewhere.

    Raises
    ------
    ProofError
        When the ledger is not intact.
    """
    report = verify(workspace)
    if not report.intact:
        raise ProofError(f"The ledger is not intact, so there is nothing to vouch for. {report.problem}")
    with workspace.database.reading() as session:
        return ledger.present_head(session) or ledger.beginning(workspace.vault)


def accept(workspace: Workspace, user: User) -> int:
    """Say that the ledger as it is now counts, though it is not the newest that was noted; return its new line.

    For a backup that was put back on purpose. The line stays in the ledger. What is wrong inside the ledger, or
    between it and the decisions, cannot be accepted away.

    Raises
    ------
    ProofError
        When the chain itself is broken, or there is nothing to accept.
    """
    require(user, MAY_MANAGE, "accept an older ledger")
    with workspace.database.reading() as session:
        report = ledger.verify(session, workspace.vault)
    if not report.intact:
        raise ProofError(f"This cannot be accepted. {report.problem} Put back a backup whose ledger is intact.")
    noted, problem = _noted(workspace)
    with workspace.database.writing(alone=True) as session:
        again = ledger.verify(session, workspace.vault, noted).problem or problem or _no_file(workspace, session)
        if not again:
            raise ProofError("The ledger is intact as it is; there is nothing to accept.")
        entry = {"lines": report.lines, "noted": noted[0][1].sequence if noted else None}
        line = ledger.append(session, workspace.vault, "state accepted", user.name, entry)
        head = ledger.present_head(session)
    if workspace.database.heads and head:
        workspace.database.heads.begin(head)
    return line


def _noted(workspace: Workspace) -> tuple[list[tuple[str, Head]], str]:
    """Return the heads noted on this machine, and what is wrong with the file if it cannot be read."""
    if workspace.database.heads is None:
        return [], ""
    try:
        head = workspace.database.heads.read()
    except StoreError as error:
        return [], str(error)
    return ([(HERE, head)] if head else []), ""


def _no_file(workspace: Workspace, session: Session) -> str:
    """Say that no head is noted though the ledger's writer noted one. Another machine of a team may have none yet."""
    heads = workspace.database.heads
    gone = heads is not None and not heads.path.exists()
    return NO_FILE if gone and workspace.database.is_sqlite and ledger.is_keyed(session, workspace.vault) else ""


def _wrong_contents(workspace: Workspace, session: Session, lines: Lines) -> list[str]:
    """Hash every content that was decided on anew, with its pictures where it was approved, and every kept ZIP."""
    decided = {version for version, _ in lines.decisions}
    found, pictures = list[str](), dict[str, int]()
    for version in campaigns.several(session, decided):
        content = POST.read(version.content)
        if content_hash(content) != version.content_hash:
            found.append(f"The content of version {version.id} does not fit its hash: it was altered outside the app.")
        if version.state == "approved":
            pictures |= dict.fromkeys(content.media, version.id)
    for digest, number in sorted(pictures.items(), key=lambda pair: pair[1]):
        found += _wrong_file(workspace, digest, f"The image of version {number}")
    kept = {record.id: record.digest for record in kept_files.listing(session, "export")}
    unknown = [number for number, digest in kept.items() if digest not in lines.zips]
    found += [f"File {number} is kept as an export, but no export in the ledger is that file." for number in unknown]
    here = set(kept.values())
    for number, line in sorted(lines.exports.items()):
        if line.payload["sha256"] in here:
            found += _wrong_file(workspace, line.payload["sha256"], f"The ZIP of export {number}")
    return found


def _wrong_file(workspace: Workspace, digest: str, what: str) -> list[str]:
    try:
        workspace.files.check(digest)
    except (FileDamagedError, FileMissingError) as error:
        return [f"{what} is not what was approved. {error}"]
    return []
