"""Before/after effects whose p-values mean what they say."""
