"""What cannot be asked of the data, and how to ask instead."""


class AskingError(ValueError):
    """The data has nothing that answers to this; the sentence says what it has."""
