"""Studio page and the brand: brief a campaign, read and edit drafts."""
