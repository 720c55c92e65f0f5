"""The channels where posts appear: rules with sources, counters, and the exact published text."""

from engine.channels.measure import Count, Violation, measure, render, violations
from engine.channels.model import Channel, ChannelError, ImageSize, Rule, SafeMargins
from engine.channels.registry import channel, channels, scheduler_columns

__all__ = [
    "Channel",
    "ChannelError",
    "Count",
    "ImageSize",
    "Rule",
    "SafeMargins",
    "Violation",
    "channel",
    "channels",
    "measure",
    "render",
    "scheduler_columns",
    "violations",
]
