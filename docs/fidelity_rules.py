"""Write docs/fidelity-rules.md from the rules themselves: ``python docs/fidelity_rules.py``."""

from pathlib import Path

from engine.fidelity import RuleInfo, catalogue

PAGE = Path(__file__).with_name("fidelity-rules.md")
WORDS = {"block": "block", "needs_human": "needs a human", "pass": "pass"}
HEAD = """# Fidelity rules

Every version of every post goes through these rules. **Block** cannot be approved away: the text has to
change. **Needs a human** can be approved with a written reason. The reviewer sees the exact words, the
rule, its source and how to mend it. The rules are a help for people, not legal advice.

Written by `python docs/fidelity_rules.py` from the rule files in `engine/fidelity/`; do not edit by hand.
"""


def page() -> str:
    """Return the page as Markdown: one table a check."""
    rules = catalogue()
    checks = dict.fromkeys(rule.check for rule in rules)
    parts = [HEAD, f"{len(checks)} checks, {len(rules)} rules.\n"]
    for check in checks:
        parts.append(f"## {check.capitalize()}\n")
        parts.append("| rule | verdict | what it asks | how to mend it | where | source |\n|---|---|---|---|---|---|")
        parts += [_row(rule) for rule in rules if rule.check == check]
        parts.append("")
    return "\n".join(parts)


def _row(rule: RuleInfo) -> str:
    cells = (f"`{rule.id}`", WORDS[rule.verdict], rule.rule, rule.remedy, rule.jurisdiction, rule.source)
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
