"""Studio: a brief becomes checked drafts with pictures."""
