"""Open answers made ready to read: redacted, non-answers set apart, length and script noted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from analytics.surveys.errors import SurveyError

LONGEST = 50_000
"""Characters kept of one answer; the rest is cut and said so."""

Status = Literal["answer", "non-answer", "empty"]

_SAYS_NOTHING = frozenset(
    """nothing|nothing at all|nothing really|nothing to add|nothing else|nothing to say|nothing comes to mind
|nothing in particular|nothing specific|none|none at all|no|nope|nil|na|n a|no comment|no comments|no answer
|not applicable|don't know|dont know|i don't know|i dont know|do not know|not sure|no idea|unsure|idk|dunno
|no opinion|can't think of anything|cant think of anything|cannot think of anything|can't say|no thanks
|no thank you|test|x|xx|xxx|asdf|same|same as above|as above|see above|ditto|prefer not to say|skip|pass|blank
|none that i can think of|not that i can think of|no suggestions|nothing i can think of|none really|no not really
|nada|rien|nichts|niente|keine|ninguno|aucun|нет|ничего|なし|没有|无""".replace("\n", "").split("|")
)


@dataclass(frozen=True)
class Answer:
    """One open answer. ``text`` is redacted; ``script`` is the writing most of its letters belong to."""

    id: str
    text: str
    status: Status
    script: str
    was_cut: bool = False


@dataclass(frozen=True)
class Answers:
    """All answers to one open question, in the order given, and what to know about them."""

    answers: tuple[Answer, ...]
    notes: tuple[str, ...]

    @property
    def spoken(self) -> tuple[Answer, ...]:
        """The answers that say something."""
        return tuple(a for a in self.answers if a.status == "answer")

    @property
    def non_answers(self) -> tuple[Answer, ...]:
        """The answers that say nothing ("N/A"): counted, never clustered."""
        return tuple(a for a in self.answers if a.status == "non-answer")

    @property
    def empty(self) -> int:
        """How many people left the question out."""
        return sum(a.status == "empty" for a in self.answers)


def plain_text(text: str) -> str:
    """Return lower-case text, one space between words, no marks at its ends."""
    folded = unicodedata.normalize("NFKC", text).replace("’", "'").casefold()
    return re.sub(r"[\s/]+", " ", re.sub(r"[^\w\s'/]+", " ", folded)).strip(" _")


def is_non_answer(text: str) -> bool:
    """Tell whether an answer says nothing: "Nothing.", "N/A", "-", "???".

    Whether "nothing" is an answer hangs on the question ("What could we do better? Nothing."): non-answers
    are counted apart, and a person may code them.
    """
    plain = plain_text(text)
    if not re.search(r"\w", plain):
        # An answer of emoji alone still says something; one of dashes and dots does not.
        return not any(unicodedata.category(c) == "So" for c in text)
    return plain in _SAYS_NOTHING or len(plain) == 1


def script_of(text: str) -> str:
    """Return the script most letters belong to ("LATIN", "CYRILLIC", "CJK"), "" where there are none."""
    letters = [c for c in text[:2000] if c.isalpha()]
    names = Counter(unicodedata.name(c, "OTHER").split(" ")[0] for c in letters)
    return names.most_common(1)[0][0] if names else ""


def read_answers(
    texts: Iterable[str | None],
    ids: Iterable[str],
    *,
    redact: Callable[[str], str],
    longest: int = LONGEST,
) -> Answers:
    """Make open answers ready: redact them first, then sort out what says nothing.

    Parameters
    ----------
    texts
        One answer a respondent, None where the question was left out.
    ids
        One id an answer; they name the answer in the codebook.
    redact
        Takes personal data out of a text. There is no default: nothing is read unredacted.
    longest
        Characters kept of one answer.

    Raises
    ------
    SurveyError
        The ids are fewer or more than the texts, or one comes twice.
    """
    kept, names = list(texts), [str(i) for i in ids]
    if len(kept) != len(names):
        raise SurveyError(f"There are {len(kept)} answers and {len(names)} ids. Give each answer its own id.")
    again = [name for name, times in Counter(names).items() if times > 1]
    if again:
        raise SurveyError(f'The id "{again[0]}" belongs to more than one answer. Each answer needs its own.')
    answers = tuple(_answer(name, text, redact, longest) for name, text in zip(names, kept, strict=True))
    return Answers(answers, _notes(answers, longest))


def _answer(name: str, text: str | None, redact: Callable[[str], str], longest: int) -> Answer:
    raw = "" if text is None or text != text else str(text).strip()
    if not raw:
        return Answer(name, "", "empty", "")
    cut = len(raw) > longest
    clean = redact(raw[:longest])
    return Answer(name, clean, "non-answer" if is_non_answer(clean) else "answer", script_of(clean), cut)


def _notes(answers: Sequence[Answer], longest: int) -> tuple[str, ...]:
    out = []
    spoken = [a for a in answers if a.status == "answer"]
    silent = sum(a.status == "non-answer" for a in answers)
    if not spoken:
        return ("Nobody wrote an answer that says something: there are no themes to find.",)
    if silent:
        say = "answer says" if silent == 1 else "answers say"
        out.append(f'{silent} {say} nothing ("N/A", "-"), counted apart.')
    cut = sum(a.was_cut for a in answers)
    if cut:
        were = "answer was" if cut == 1 else "answers were"
        out.append(f"{cut} {were} longer than {longest:,} characters; only the beginning is read.")
    if len({plain_text(a.text) for a in spoken}) == 1 and len(spoken) > 1:
        out.append(f"All {len(spoken)} answers are the same: there is one theme at most.")
    scripts = Counter(a.script for a in spoken if a.script and a.script != "LATIN")
    for script, count in scripts.most_common():
        are = "answer is" if count == 1 else "answers are"
        out.append(
            f"{count} {are} written in {script.title()} letters. Suggestions were built for English: "
            "code these by hand."
        )
    return tuple(out)
