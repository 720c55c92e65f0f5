"""Reading the channel registry once."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import yaml
from pydantic import ValidationError

from engine.channels.model import Channel, ChannelError, Registry


def parse_registry(text: str) -> Registry:
    """Return the registry written in YAML ``text``; raise :class:`ChannelError` where it is wrong."""
    try:
        registry = Registry.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError) as error:
        raise ChannelError(f"The channel registry cannot be read: {error}") from error
    ids = [rule.id for channel in registry.channels for rule in channel.rules]
    repeated = sorted({i for i in ids if ids.count(i) > 1})
    if repeated:
        raise ChannelError(f"The channel registry names a rule twice: {', '.join(repeated)}.")
    return registry


@lru_cache(maxsize=1)
def _registry() -> Registry:
    return parse_registry(files("engine.channels").joinpath("registry.yaml").read_text(encoding="utf-8"))


def channels() -> dict[str, Channel]:
    """Return every channel by its id, in the registry's order."""
    return {channel.id: channel for channel in _registry().channels}


def channel(channel_id: str) -> Channel:
    """Return one channel, or raise :class:`ChannelError` naming the known ones."""
    known = channels()
    if channel_id not in known:
        raise ChannelError(f'There is no channel "{channel_id}". Choose one of: {", ".join(known)}.')
    return known[channel_id]


def scheduler_columns() -> dict[str, str]:
    """Return the column label of each field in the scheduler's CSV, in column order."""
    return dict(_registry().scheduler_columns)
