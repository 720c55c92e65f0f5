"""Settings, typed, from the environment (``DIGITAL_PERSONA_…``). Each is described in docs/settings.md."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

KEY_BYTES = 32
KEY_FILE = "workspace.key"
KNOWN_PASSWORDS = frozenset({"postgres", "password", "changeme", "changethis", "secret", "admin", "example", "test"})


class SettingsError(ValueError):
    """A setting that cannot be used, and what to set instead."""


class Settings(BaseSettings):
    """Everything that can be set from outside."""

    model_config = SettingsConfigDict(env_prefix="DIGITAL_PERSONA_", extra="ignore", frozen=True)

    mode: Literal["local", "team"] = Field("local", description="One person on this machine, or a team.")
    workspace: Path = Field(Path("workspace"), description="Folder of the workspace.")
    database_url: str = Field("", description="Database; empty means a SQLite file in the workspace.")
    jobs_database_url: str = Field("", description="The job engine's database; empty means beside the other.")
    files_url: str = Field(
        "", description="Where files lie: s3://bucket/prefix, or a folder; empty means in the workspace."
    )
    files_endpoint: str = Field("", description="Address of a server that speaks S3; empty means Amazon's.")
    workspace_key: SecretStr | None = Field(
        None, description="Base64 of 32 random bytes; empty means a key file in the workspace."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8501, ge=1, le=65535, description="Port to listen on.")
    host_names: str = Field(
        "",
        description="Names under which people reach the app, split by commas; requests for others are refused. "
        "Addresses and localhost always count. Empty: no other in local mode, any in team mode.",
    )
    trusted_proxies: str = Field(
        "",
        description="Addresses or networks of the proxies in front of the app, split by commas: only their "
        "X-Forwarded-For is believed.",
    )
    allow_public_host: bool = Field(False, description="Let local mode listen beyond this machine.")
    session_hours: float = Field(12.0, gt=0, description="Hours until a team member has to sign in again.")
    session_idle_minutes: float = Field(60.0, gt=0, description="Minutes without a click until a session ends.")
    k_min_people: int = Field(
        10, ge=3, description="Fewest people behind any persona, quote, crossing or group that is shown; at least 3."
    )
    max_upload_mb: int = Field(512, ge=1, description="Largest upload, in megabytes.")
    worker: bool = Field(True, description="Start a worker beside the app.")
    light_jobs: int = Field(1, ge=0, le=16, description="Jobs that bring files in, at once in a worker; 0 for none.")
    model_jobs: int = Field(1, ge=0, le=16, description="Jobs that use models, at once in a worker; 0 for none.")
    render_jobs: int = Field(1, ge=0, le=16, description="Jobs that draw posts, at once in a worker; 0 for none.")
    lease_seconds: float = Field(30.0, ge=2, description="Silence after which a worker counts as lost, in seconds.")
    stop_seconds: float = Field(8.0, ge=0, description="How long a stopping worker waits for its step, in seconds.")
    threads: int = Field(2, ge=1, description="Processor cores a model step may use.")
    encoder_path: Path | None = Field(None, description="Folder of another sentence-transformers model.")
    encoder_weights: str = Field(
        "", pattern="^([0-9a-f]{64})?$", description="SHA-256 of kept weights for the packaged text model."
    )
    demo: bool = Field(True, description="Fill an empty workspace with the invented demo.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much to log.")

    @model_validator(mode="after")
    def _safe(self) -> Settings:
        """Refuse combinations that would expose a workspace."""
        if self.encoder_path is not None and self.encoder_weights:
            raise SettingsError(
                "DIGITAL_PERSONA_ENCODER_PATH names a whole model and DIGITAL_PERSONA_ENCODER_WEIGHTS the weights of "
                "the packaged one. Set one of the two."
            )
        if self.mode == "local" and not self.is_local_host and not self.allow_public_host:
            raise SettingsError(
                "In local mode nobody has to sign in, so the app listens on this machine only. Set "
                "DIGITAL_PERSONA_MODE=team, or DIGITAL_PERSONA_ALLOW_PUBLIC_HOST=true if you are sure."
            )
        if any(proxy.strip() == "*" or proxy.strip().endswith("/0") for proxy in self.trusted_proxies.split(",")):
            raise SettingsError(
                "DIGITAL_PERSONA_TRUSTED_PROXIES would believe anybody's X-Forwarded-For, so that whoever guesses "
                "passwords comes from a new address each time. Name the proxy's own address or network."
            )
        if self.mode == "team" and self.workspace_key is None:
            raise SettingsError(
                "Team mode needs its own secret: set DIGITAL_PERSONA_WORKSPACE_KEY to the base64 of 32 "
                "random bytes (openssl rand -base64 32) and keep it safe."
            )
        if self.mode == "team" and any(_has_known_password(url) for url in (self.database_url, self.jobs_database_url)):
            raise SettingsError(
                "The database's password is one that everybody tries first. Give the database another one and "
                "put it into DIGITAL_PERSONA_DATABASE_URL and DIGITAL_PERSONA_JOBS_DATABASE_URL."
            )
        return self

    @property
    def is_local_host(self) -> bool:
        """Whether only this machine can reach the app."""
        return self.host in ("127.0.0.1", "localhost", "::1")

    @property
    def known_hosts(self) -> tuple[str, ...]:
        """The names under which people reach the app."""
        return tuple(name for part in self.host_names.split(",") if (name := part.strip()))

    @property
    def store_url(self) -> str:
        """The database's URL, filled in."""
        return self.database_url or f"sqlite:///{(self.workspace / 'digital-persona.db').absolute()}"

    @property
    def jobs_url(self) -> str:
        """The job engine's database URL, filled in."""
        if self.jobs_database_url:
            return self.jobs_database_url
        if self.database_url.startswith("postgres"):
            return self.database_url.replace("postgresql+psycopg://", "postgresql://")
        return f"sqlite:///{(self.workspace / 'jobs.db').absolute()}"

    def for_workspace(self, folder: Path) -> Settings:
        """Return the same settings for another workspace folder."""
        return self.model_copy(update={"workspace": folder})


@cache
def get_settings() -> Settings:
    """Return the settings of this process, read once."""
    return Settings()


def workspace_key(settings: Settings, *, is_new: bool = False) -> bytes:
    """Return the workspace's key: from the environment, or from its key file.

    Parameters
    ----------
    is_new
        Make the key file where there is none. Only for a workspace that nothing was kept in yet: in any other
        place a new key would open nothing, and hide that the old one is missing.

    Raises
    ------
    SettingsError
        When there is no key, it is no base64 of 32 bytes or a guessable one, or other users can read its file.
    """
    if settings.workspace_key is not None:
        return _decoded(settings.workspace_key.get_secret_value(), "DIGITAL_PERSONA_WORKSPACE_KEY")
    path = settings.workspace / KEY_FILE
    if not path.exists():
        if not is_new:
            raise SettingsError(
                f"The key file {path.name} is missing from {settings.workspace}. Put back the one that this workspace "
                "was made with, or set DIGITAL_PERSONA_WORKSPACE_KEY; no new key opens what is kept there."
            )
        _make_key(path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SettingsError(f"Other users can read the key file {path.name}. Close it: chmod 600 {path.name}.")
    return _decoded(path.read_bytes(), f"The key file {path.name}")


def _make_key(path: Path) -> None:
    """Write a new key. Whole or not at all: another process that starts meanwhile never reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".key-")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64encode(os.urandom(KEY_BYTES)))
        with suppress(FileExistsError):  # the other process was first, and its key counts
            os.link(draft, path)
    finally:
        os.unlink(draft)


def _decoded(text: str | bytes, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise SettingsError(f"{where} holds no base64 text. Put back the key that was there.") from error
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    if len(key) != KEY_BYTES or len(set(key)) < 8 or len(steps) < 8:
        raise SettingsError(f"{where} must hold the base64 of 32 random bytes (openssl rand -base64 32).")
    return key


def _has_known_password(url: str) -> bool:
    """Say whether a database's URL holds a password that examples and images come with."""
    parts = urlsplit(url)
    return bool(parts.password) and parts.password in {*KNOWN_PASSWORDS, parts.username}


def secret_for(settings: Settings, use: str) -> str:
    """Return a secret of its own for one use (cookies, tokens), derived from the workspace key."""
    return hashlib.blake2b(use.encode(), key=workspace_key(settings), digest_size=32).hexdigest()
