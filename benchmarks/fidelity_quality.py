"""Quality of the fidelity checks and of redaction on public data, with what they miss and what they cry wolf on.

Reads the folder named by DIGITAL_PERSONA_REAL_DATA. Prints one JSON line. Every share carries its n and a
95% Wilson interval, in per cent. The rules were written with the even rows of the safety data at hand (HateCheck:
even templates); only the odd ones are measured here (HolisticBias and the ordinary texts whole).
Sources of the data: HateCheck (Röttger et al. 2021), Surge AI toxicity, CrowS-Pairs (Nangia et al. 2020),
HolisticBias (Smith et al. 2022), dark patterns (Mathur et al. 2019; Yada et al. 2022), PII sentences (Presidio
research), Instagram captions, Upworthy headlines, clothing reviews. The
composer's own posts come from the composer's benchmark.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
from composer_quality import briefs

from analytics.inference import wilson
from engine.content import BrandVoice, Brief, CheckName, CheckResult, PostContent, Product, Verdict
from engine.creator import compose
from engine.fidelity import CheckContext, check_all
from engine.redaction import Redactor

PATTERN_KINDS = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "CREDIT_CARD": "card number",
    "IBAN_CODE": "bank account",
    "US_SSN": "id number",
    "IP_ADDRESS": "ip address",
    "STREET_ADDRESS": "address",
}
ORDER = Brief(
    campaign_id="bench",
    campaign_name="Benchmark",
    objective="sales",
    channel="facebook",
    product=Product(id="1", name="Northfold Jacket"),
    brand=BrandVoice(name="Northfold"),
)
CONTEXT = CheckContext(ORDER)
PEOPLE = (CheckName.BIAS, CheckName.SAFETY, CheckName.PRIVACY)
Share = dict[str, float | int | list[float]]


def share(hits: Iterable[bool]) -> Share:
    """Return a share in per cent with its n and its 95% Wilson interval."""
    values = [bool(hit) for hit in hits]
    if not values:
        return {"n": 0}
    found = wilson(sum(values), len(values))
    return {
        "percent": round(100 * sum(values) / len(values), 1),
        "interval": [round(100 * found.low, 1), round(100 * found.high, 1)],
        "n": len(values),
    }


def results(text: str) -> tuple[CheckResult, ...]:
    return check_all(PostContent(channel="facebook", text=text, disclosure="Made with AI."), CONTEXT)


def flagged(found: tuple[CheckResult, ...], checks: Iterable[CheckName], *, block: bool = False) -> bool:
    worst = (Verdict.BLOCK,) if block else (Verdict.BLOCK, Verdict.NEEDS_HUMAN)
    return any(r.verdict in worst for r in found if r.check in set(checks))


def both(texts: Iterable[str], checks: Iterable[CheckName] = PEOPLE) -> dict[str, Share]:
    """Return the share that any of the checks stops, and the share that a human cannot wave through."""
    found = [results(text) for text in texts]
    return {
        "needs_human_or_block": share(flagged(r, checks) for r in found),
        "block": share(flagged(r, checks, block=True) for r in found),
    }


def hate(folder: Path) -> dict[str, object]:
    table = pd.read_csv(folder / "hatecheck.csv").query("templ_id % 2 == 1")
    kinds = {}
    for (kind, label), rows in table.groupby(["functionality", "label_gold"]):
        measured = both(rows["test_case"])
        kinds[f"{kind} ({label})"] = {name: value["percent"] for name, value in measured.items()}
    halves = {label: both(rows["test_case"]) for label, rows in table.groupby("label_gold")}
    return {**halves, "by_kind": kinds}


def toxic(folder: Path) -> dict[str, object]:
    table = pd.read_csv(folder / "surge_toxicity" / "toxicity_en.csv").iloc[1::2]
    return {str(label): both(rows["text"].astype(str)) for label, rows in table.groupby("is_toxic")}


def pairs(folder: Path) -> dict[str, object]:
    table = pd.read_csv(folder / "crows_pairs.csv").iloc[1::2]
    kinds = {str(kind): both(rows["sent_more"])["needs_human_or_block"] for kind, rows in table.groupby("bias_type")}
    return {"all": both(table["sent_more"]), "by_kind": kinds}


def identities(folder: Path) -> dict[str, Share]:
    """Return how often a plain mention of an identity term is seen, by axis of HolisticBias."""
    axes = json.loads((folder / "holisticbias" / "descriptors.json").read_text(encoding="utf-8"))
    seen = {}
    for axis, groups in axes.items():
        words = [w if isinstance(w, str) else w["descriptor"] for group in groups.values() for w in group]
        hits = [flagged(results(f"We spoke with {word} people."), (CheckName.BIAS, CheckName.SAFETY)) for word in words]
        seen[axis] = share(hits)
    return seen


def manipulation(folder: Path) -> dict[str, object]:
    table = pd.read_csv(folder / "dark_patterns.tsv", sep="\t").iloc[1::2].copy()
    table["text"] = table["text"].astype(str)
    rules = (
        "safety.urgency",
        "safety.shaming",
        "safety.social_pressure",
        "authenticity.scarcity",
        "authenticity.count",
    )

    def seen(text: str) -> bool:
        return any(f.rule_id.startswith(rules) for r in results(text) for f in r.findings)

    table["seen"] = [seen(text) for text in table["text"]]
    kinds = {str(kind): share(rows["seen"]) for kind, rows in table.groupby("Pattern Category")}
    manipulative = {"all": share(table.loc[table["label"] == 1, "seen"])}
    return manipulative | kinds


def _pattern_recall(rows: list[dict[str, object]], redactor: Redactor) -> dict[str, Share]:
    hits: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        spans = redactor.spans(str(row["full_text"]))
        for gold in row["spans"]:  # type: ignore[attr-defined]
            start, end = gold["start_position"], gold["end_position"]
            covered = sum(max(0, min(s.end, end) - max(s.start, start)) for s in spans)
            hits[gold["entity_type"]].append(covered >= 0.5 * (end - start))
    return {kind: share(hits[kind]) for kind in (*PATTERN_KINDS, "PERSON")}


def personal_data(folder: Path) -> dict[str, object]:
    rows = json.loads((folder / "pii_sentences.json").read_text(encoding="utf-8"))[1::2]
    people = {s["entity_value"] for r in rows for s in r["spans"] if s["entity_type"] == "PERSON"}
    precise: list[bool] = []
    for row in rows:
        gold = [(s["start_position"], s["end_position"]) for s in row["spans"]]
        for span in Redactor().spans(row["full_text"]):
            precise.append(any(span.start < end and start < span.end for start, end in gold))
    return {
        "patterns_alone": _pattern_recall(rows, Redactor()),
        "with_known_people": _pattern_recall(rows, Redactor(people))["PERSON"],
        "precision_of_patterns": share(precise),
    }


def speed(folder: Path) -> dict[str, object]:
    """Return redacted reviews a second and CPU per checked post; ten thousand people are known."""
    table = pd.read_csv(folder / "reviews" / "womens_clothing_reviews.csv")
    texts = table["Review Text"].dropna().astype(str)
    known = [f"Given{i:05d} Family{i * 7919 % 10007}" for i in range(10_000)]
    redactor = Redactor(known)
    started = time.process_time()
    masked = redactor.redact_all(texts)
    spent = time.process_time() - started
    started = time.process_time()
    for text in texts[:300]:
        results(text)
    checked = time.process_time() - started
    return {
        "reviews_per_cpu_second": round(len(texts) / spent),
        "reviews_changed": share(masked != texts),
        "cpu_ms_per_check_of_all_six": round(1000 * checked / 300, 2),
    }


def ordinary(folder: Path) -> dict[str, object]:
    """Return how often ordinary texts are stopped, by source. Reviews speak in the first person by nature."""
    captions = pd.read_csv(folder / "posts" / "instagram_reach.csv", encoding_errors="replace")["Caption"]
    heads = pd.read_parquet(folder / "posts" / "upworthy_ab_tests.parquet")["headline"].dropna().drop_duplicates()
    reviews = pd.read_csv(folder / "reviews" / "womens_clothing_reviews.csv")["Review Text"].dropna()
    orders = briefs(folder, 60)
    own = [
        [f for r in check_all(v.content, CheckContext(order)) for f in r.findings]
        for order in orders
        for v in compose(order)
    ]
    return {
        "composed_posts": {
            "needs_human_or_block": share(bool(f) for f in own),
            "block": share(any(x.verdict is Verdict.BLOCK for x in f) for f in own),
        },
        "instagram_captions": both(captions.dropna().astype(str).drop_duplicates()),
        "upworthy_headlines": both(heads.sample(1500, random_state=0)),
        "clothing_reviews": both(reviews.sample(1500, random_state=0)),
    }


def main() -> int:
    root = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
    if not root:
        print("Set DIGITAL_PERSONA_REAL_DATA to the folder with the real data.")
        return 2
    safety = Path(root) / "safety"
    parts: dict[str, Callable[[], object]] = {
        "hatecheck": lambda: hate(safety),
        "surge_toxicity": lambda: toxic(safety),
        "crows_pairs": lambda: pairs(safety),
        "holisticbias": lambda: identities(safety),
        "dark_patterns": lambda: manipulation(safety),
        "personal_data": lambda: personal_data(safety),
        "ordinary_texts": lambda: ordinary(Path(root)),
        "speed": lambda: speed(Path(root)),
    }
    wanted = sys.argv[1:] or list(parts)
    print(json.dumps({name: parts[name]() for name in wanted}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
