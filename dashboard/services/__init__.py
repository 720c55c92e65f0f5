"""Use cases, a room a feature: the only place that joins data, analysis and generation."""
