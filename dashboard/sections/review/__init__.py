"""Review page: the queue, one item, three decisions, the export."""
