"""A workspace: one brand's database, its key and its folder. Every service takes one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from dashboard.settings import Settings, workspace_key
from db.closed import close_file, private_folder
from db.files import FileStore, open_files
from db.migrate import migrate
from db.repositories import workspaces
from db.session import Database, open_database
from db.vault import Vault

OWN_FILES = ("jobs.db*", "*.lock", "vectors/*", "uploads/*")


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
    return Workspace(settings, database, vault)


def _files(settings: Settings) -> FileStore:
    """Open the file store; in a place that others may share, the workspace's part of it is named by its key."""
    mark = Vault(workspace_key(settings)).pseudonym("files") if settings.files_url else ""
    return open_files(settings.files_url, settings.files_endpoint, Path(settings.workspace), mark)


def free_bytes(workspace: Workspace) -> int:
    """Return how much room the workspace's disk has left, in bytes."""
    return shutil.disk_usage(workspace.folder).free
