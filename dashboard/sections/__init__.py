"""The larger parts of pages, in the same rooms as the services."""
