"""Reports page: choose a campaign, read its report, take it along."""
