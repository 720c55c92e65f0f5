"""A workspace: one brand's database, its key and its folder. Every service takes one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from sqlalchemy.engine import make_url

from dashboard.settings import KEY_FILE, Settings, workspace_key
from db import ledger
from db.closed import close_file, private_folder
from db.errors import StoreError
from db.files import FileStore, open_files
from db.heads import HEAD_FILE, HeadFile
from db.migrate import migrate
from db.repositories import workspaces
from db.session import Database, open_database
from db.vault import Vault

OWN_FILES = ("jobs.db*", "ledger.head*", "*.lock", "vectors/*", "uploads/*")


@dataclass(frozen=True)
class Workspace:
    """What a service needs to work: settings, the database and the vault."""

    settings: Settings
    database: Database
    vault: Vault

    @property
    def folder(self) -> Path:
        """The folder of this workspace's files (uploads, caches)."""
        return Path(self.settings.workspace)

    @cached_property
    def files(self) -> FileStore:
        """The store of this workspace's files."""
        return _files(self.settings)

    def subfolder(self, name: str) -> Path:
        """Return a folder inside the workspace, made if need be, closed to other users."""
        return private_folder(self.folder / name)


def open_workspace(settings: Settings) -> Workspace:
    """Open a workspace, making or migrating its database first.

    Raises
    ------
    SettingsError
        When the database holds a workspace and its key is missing.
    WrongKeyError
        When the key is not the one the workspace was made with.
    NewerDatabaseError
        When a newer version made the database.
    """
    folder = private_folder(Path(settings.workspace))
    for own in (path for pattern in OWN_FILES for path in folder.glob(pattern)):
        close_file(own)  # an older version left some readable by others
    database = open_database(settings.store_url)
    # Looked at first: a key is made for an empty database only, never beside one that another key was made for.
    vault = Vault(workspace_key(settings, is_new=not workspaces.is_claimed(database)))
    migrate(database, _files(settings))
    with database.writing() as session:
        workspaces.claim(session, vault, name=folder.resolve().name)
    return Workspace(settings, replace(database, heads=_heads(database, vault, folder)), vault)


def existing_workspace(settings: Settings) -> Workspace:
    """Open a workspace that is there. Where it is not, nothing is made: no folder, no key, no database, no row.

    Raises
    ------
    StoreError
        When the key, the database or what it holds is missing, with what was noted beside it.
    """
    noted = HeadFile(settings.workspace / HEAD_FILE).read()
    before = f" {noted.sequence:,} lines had been written." if noted and noted.sequence else ""
    if settings.workspace_key is None and not (settings.workspace / KEY_FILE).is_file():
        raise StoreError(f"there is no key in {settings.workspace}.{before} Put back {KEY_FILE}; none was made anew.")
    url = make_url(settings.store_url)
    path = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    if path is not None and not (path.is_file() and path.stat().st_size):
        raise StoreError(f"there is no database at {path}.{before} Put back a backup; none was made anew.")
    database, vault = open_database(settings.store_url), Vault(workspace_key(settings))
    try:
        if not workspaces.is_claimed(database, vault):
            raise StoreError(f"the database is empty.{before} Put back a backup of it; nothing was written to it.")
    finally:
        database.engine.dispose()
    return open_workspace(settings)


def _heads(database: Database, vault: Vault, folder: Path) -> HeadFile:
    """Return the file that notes the ledger's head, begun where nothing was noted so far.

    A ledger of an older version has no file yet. One of this version has lost it, and only its verification says so;
    but on PostgreSQL this may be another machine of a team, which starts with what it finds.
    """
    heads = HeadFile(folder / HEAD_FILE)
    if not heads.path.exists():
        with database.reading() as session:
            head = ledger.present_head(session) or ledger.beginning(vault)
            lost = database.is_sqlite and ledger.is_keyed(session, vault)
        if not lost and ledger.fits(head, vault):
            heads.begin(head)
    return heads


def _files(settings: Settings) -> FileStore:
    """Open the file store; in a place that others may share, the workspace's part of it is named by its key."""
    mark = Vault(workspace_key(settings)).pseudonym("files") if settings.files_url else ""
    return open_files(settings.files_url, settings.files_endpoint, Path(settings.workspace), mark)


def free_bytes(workspace: Workspace) -> int:
    """Return how much room the workspace's disk has left, in bytes."""
    return shutil.disk_usage(workspace.folder).free
