"""What can be wrong with a file, in a sentence that says what, where and how to mend it."""


class IntakeError(ValueError):
    """A file cannot be read or a mapping cannot be used."""
