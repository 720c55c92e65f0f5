"""What can be wrong with a survey, in a sentence that says what, where and how to mend it."""


class SurveyError(ValueError):
    """A survey cannot be read, its items cannot be compared, or its answers cannot be coded."""
