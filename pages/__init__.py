"""What people see: thin scripts, one a page."""
