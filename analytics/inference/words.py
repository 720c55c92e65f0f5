"""The words of a verdict that says nothing: the same on every page, in every file and every report."""

from typing import Literal

TooFew = Literal["too few to tell"]
NoDifference = Literal["no difference shown"]
CannotTell = Literal["cannot tell"]

TOO_FEW: TooFew = "too few to tell"
"""There was no test: too few people, answers, posts or points."""

NO_DIFFERENCE: NoDifference = "no difference shown"
"""There was a test and it found nothing, which does not show that there is nothing."""

CANNOT_TELL: CannotTell = "cannot tell"
"""Whatever was found, the data cannot answer the question."""
