"""Settings that would expose a workspace are refused, in words that say what to set instead."""

import base64
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import SecretStr

from dashboard.settings import Settings, SettingsError, secret_for, workspace_key
from dashboard.workspace import open_workspace


def encoded(raw):
    return SecretStr(base64.b64encode(raw).decode())


TEAM = {"mode": "team", "workspace_key": encoded(os.urandom(32))}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"host": "0.0.0.0"}, "DIGITAL_PERSONA_MODE=team"),
        ({"host": "192.0.2.7"}, "DIGITAL_PERSONA_ALLOW_PUBLIC_HOST"),
        ({"mode": "team"}, "DIGITAL_PERSONA_WORKSPACE_KEY"),
        ({**TEAM, "database_url": "postgresql+psycopg://postgres:postgres@db/persona"}, "tries first"),
        ({**TEAM, "database_url": "postgresql://persona:persona@db/persona"}, "tries first"),
        ({**TEAM, "jobs_database_url": "postgresql://app:changeme@db/jobs"}, "DIGITAL_PERSONA_JOBS_DATABASE_URL"),
        ({"trusted_proxies": "*"}, "believe anybody"),
        ({"trusted_proxies": "10.0.0.7, 0.0.0.0/0"}, "believe anybody"),
    ],
)
def test_what_would_expose_a_workspace_is_refused(given, said, monkeypatch):
    monkeypatch.delenv("DIGITAL_PERSONA_WORKSPACE_KEY", raising=False)
    with pytest.raises(ValueError, match=said):
        Settings(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"host": "0.0.0.0", "allow_public_host": True},
        {"host": "::1"},
        {**TEAM, "host": "0.0.0.0", "database_url": "postgresql+psycopg://persona:8f3e7c0b@db/persona"},
        {**TEAM, "database_url": "postgresql:///persona"},
        {"database_url": "postgresql://postgres:postgres@127.0.0.1/persona"},
    ],
)
def test_what_is_safe_or_asked_for_is_taken(given):
    Settings(**given)


@pytest.mark.parametrize("raw", [b"", b"short", bytes(32), b"ab" * 16, bytes(range(32)), bytes(range(62, -2, -2))])
def test_a_key_that_can_be_guessed_is_refused(raw):
    with pytest.raises(SettingsError, match="32 random bytes"):
        workspace_key(Settings(mode="team", workspace_key=encoded(raw)))


def test_a_random_key_is_taken_and_each_use_has_its_own_secret():
    settings = Settings(**TEAM)
    assert len(workspace_key(settings)) == 32
    assert secret_for(settings, "one use") != secret_for(settings, "another")


def test_a_key_file_that_others_can_read_is_refused(tmp_path):
    settings = Settings(workspace=tmp_path)
    workspace_key(settings, is_new=True)
    assert (tmp_path / "workspace.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "workspace.key").chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        workspace_key(settings)


def test_a_key_is_made_for_a_new_workspace_only_and_whole(tmp_path):
    settings = Settings(workspace=tmp_path / "new")
    with pytest.raises(SettingsError, match="is missing from"):
        workspace_key(settings)
    assert not (tmp_path / "new").exists()
    made = workspace_key(settings, is_new=True)
    assert workspace_key(settings) == made == workspace_key(settings, is_new=True)
    assert [p.name for p in (tmp_path / "new").iterdir()] == ["workspace.key"]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_beside_a_database_of_another_key_none_is_written(tmp_path, elsewhere):
    settings = Settings(workspace=tmp_path / "w", demo=False)
    opened = open_workspace(settings)
    opened.database.engine.dispose()
    if elsewhere:  # the same database from another, empty folder
        settings = settings.model_copy(update={"workspace": tmp_path / "other", "database_url": settings.store_url})
    else:
        (tmp_path / "w" / "workspace.key").unlink()
    with pytest.raises(SettingsError, match="Put back the one"):
        open_workspace(settings)
    assert not (Path(settings.workspace) / "workspace.key").exists()


def test_two_that_start_at_once_have_one_key(tmp_path):
    settings = Settings(workspace=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: workspace_key(settings, is_new=True), range(24)))
    assert len(set(keys)) == 1
