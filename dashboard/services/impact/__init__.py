"""Impact: what changed before and after, for everybody, by segment and post by post."""
