"""The one exception of the impact package."""


class ImpactError(ValueError):
    """Something about the data or the question makes a before/after analysis impossible.

    The message is a sentence for the person at the screen: what is wrong, where, and how to mend it.
    """
