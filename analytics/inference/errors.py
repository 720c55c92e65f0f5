"""What can be wrong with numbers that are to be inferred from."""


class InferenceError(ValueError):
    """Nothing can be inferred from these numbers, and why."""
