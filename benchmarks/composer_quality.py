"""Composer quality on real products: 500 posts, every number and phrase traced to its evidence.

Reads the folder named by DIGITAL_PERSONA_REAL_DATA. Prints one JSON line.

Self-BLEU (Zhu et al. 2018, Texygen): the mean over a brief's variants of BLEU-4 of one variant's text
against all others of that brief as references; lower-case word tokens, clipped n-gram precisions, add-one
smoothing for n > 1 (Lin and Och 2004), brevity penalty against the closest reference; times 100. The
text is the words of the post: link, disclosure and hashtags, equal in all variants, are left out.
"""

from __future__ import annotations

import json
import math
import os
import re
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd

from analytics.themes import themes
from analytics.themes.extract import phrases_of
from engine.channels import channels, violations
from engine.content import BrandVoice, Brief, Evidence, Fact, Objective, Product, Variant
from engine.creator import compose
from engine.creator.grammar import templates
from engine.creator.language import has_first_person

OBJECTIVES: tuple[Objective, ...] = ("awareness", "engagement", "traffic", "sales", "loyalty", "launch")
TONES = ("warm", "plain", "playful", "expert", "bold")
NOUN_TEXT = "tuner strings pedal cable stand strap capo microphone picks guitar amp case"
NOUNS = NOUN_TEXT.split()
FORM_TEXT = """is are it its they them a an of and also say says call describe as find mention bring up write
about the has have come comes with covers perfect"""
FORMS = FORM_TEXT.split()


def tokens(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def _grams(words: list[str], n: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def bleu(hypothesis: list[str], references: list[list[str]]) -> float:
    """Return BLEU-4 (0 to 1) of a text against several references, smoothed as in the module's head."""
    logs = 0.0
    for n in range(1, 5):
        ours = _grams(hypothesis, n)
        best: Counter[tuple[str, ...]] = Counter()
        for reference in references:
            best |= _grams(reference, n)
        hits, total = sum((ours & best).values()), sum(ours.values())
        extra = int(n > 1)
        if hits + extra == 0 or total + extra == 0:
            return 0.0
        logs += math.log((hits + extra) / (total + extra)) / 4
    closest = min((abs(len(r) - len(hypothesis)), len(r)) for r in references)[1]
    penalty = 1.0 if len(hypothesis) >= closest else math.exp(1 - closest / max(1, len(hypothesis)))
    return penalty * math.exp(logs)


def self_bleu(texts: list[str]) -> float:
    """Return the self-BLEU (0 to 100) of the texts of one brief."""
    split = [tokens(text) for text in texts]
    values = [bleu(words, split[:i] + split[i + 1 :]) for i, words in enumerate(split)]
    return 100 * sum(values) / len(values)


def _template_words() -> set[str]:
    rows = [t.t for role in templates().values() for t in role]
    return set(tokens(" ".join(re.sub(r"\{[^}]*\}", " ", row) for row in rows))) | set(FORMS)


def unsupported(variant: Variant, brief: Brief) -> list[str]:
    """Return every statement of a post that its evidence does not hold: numbers, prices, themes, words."""
    product, text = brief.product, f"{variant.content.title} {variant.content.text}"
    found = []
    pairs = {(e.support, e.of_people) for e in brief.evidence}
    plain = text.replace(product.name, " ").replace(",", "")
    for n, of in re.findall(r"(\d+) of (\d+)", plain):
        if (int(n), int(of)) not in pairs:
            found.append(f"count {n} of {of}")
    facts = " ".join(f"{f.noun_phrase or ''} {f.verb_phrase or ''} {f.value} {f.amount or ''}" for f in product.facts)
    evidence = " ".join(f"{e.text} {e.support} {e.of_people}" for e in brief.evidence)
    prices = {f.kind: f.amount for f in product.facts if f.amount}
    amounts = " ".join(f"{amount:g}" for amount in prices.values())
    if "price" in prices and "was_price" in prices:
        amounts += f" {math.floor(100 * (1 - prices['price'] / prices['was_price']))}"
    known = set(tokens(f"{facts} {evidence} {amounts} 1 2 3")) | set(tokens(f"{product.name} {brief.brand.name}"))
    known |= set(tokens(f"{product.category or ''}"))
    known |= {word.rstrip("s") for word in known} | {re.sub("es$", "", word) for word in known} | _template_words()
    found += [f"word {word}" for word in tokens(plain) if word not in known]
    held = {f"{amount:g}" for kind, amount in prices.items() if kind in {"price", "was_price"}}
    found += [f"price {n}" for n in re.findall(r"[$€£] ?(\d+(?:\.\d+)?)", plain) if f"{float(n):g}" not in held]
    allowed = {e.text for e in brief.evidence} | {p for p, _ in phrases_of(facts)}
    found += [f"theme {phrase}" for phrase, _ in phrases_of(plain) if phrase not in allowed]
    by_id = {e.id: e for e in brief.evidence}
    for part in variant.parts:
        if re.search(r"\d+ (?:of|people|say)", part.text) and not any(i in by_id for i in part.evidence_ids):
            found.append(f"no evidence for: {part.text}")
        for item in (by_id[i] for i in part.evidence_ids if i in by_id):
            if str(item.support) not in part.text.replace(",", "") or item.text not in part.text.lower():
                found.append(f"evidence not stated: {item.text}")
    return found


def evidence_of(rows: pd.DataFrame, product_id: str) -> tuple[Evidence, ...]:
    """Return the positive themes of one product's reviews as evidence."""
    positive = [theme for theme in themes(rows) if theme.polarity == "positive"]
    return tuple(
        Evidence(
            id=f"theme-{i}",
            kind="review_theme",
            text=theme.text,
            product_id=product_id,
            support=theme.support,
            of_people=theme.of_people,
            review_ids=theme.review_ids,
        )
        for i, theme in enumerate(positive)
    )


def _clothing(folder: Path) -> list[tuple[Product, tuple[Evidence, ...]]]:
    table = pd.read_csv(folder / "reviews" / "womens_clothing_reviews.csv")
    table = table.rename(columns={"Review Text": "text", "Rating": "rating"})
    table = table.assign(review_id=table["Unnamed: 0"].astype(str), customer=table["Unnamed: 0"].astype(str))
    found = []
    for code in table["Clothing ID"].value_counts().index[:60]:
        rows = table[table["Clothing ID"] == code]
        kind = str(rows["Class Name"].mode()[0])
        facts = [Fact(id="cat", kind="category", value=kind)]
        if rows["Division Name"].eq("General Petite").any():
            facts.append(Fact(id="petite", kind="size", value="General Petite", noun_phrase="petite sizes"))
        name = f"Style {code} {kind.removesuffix('s') if not kind.endswith('sses') else kind[:-2]}"
        found.append(
            (
                Product(id=str(code), name=name, category=kind, facts=tuple(facts)),
                evidence_of(rows, str(code)),
            )
        )
    return found


def _instruments(folder: Path) -> list[tuple[Product, tuple[Evidence, ...]]]:
    table = pd.read_csv(folder / "reviews" / "musical_instruments_reviews.csv")
    table = table.rename(columns={"reviewText": "text", "overall": "rating", "reviewerID": "customer"})
    table = table.assign(review_id=table.index.astype(str))
    found = []
    for code in table["asin"].value_counts().index[:60]:
        rows = table[table["asin"] == code]
        words = Counter(tokens(" ".join(rows["summary"].astype(str))))
        kind = max(NOUNS, key=lambda noun: words[noun] + words[noun.rstrip("s")])
        product = Product(id=code, name=f"{code} {kind.title()}", category=kind.title())
        found.append((product, evidence_of(rows, str(code))))
    return found


def briefs(folder: Path, count: int) -> list[Brief]:
    """Return ``count`` briefs over real products, channels, objectives and tones in turn."""
    pairs = [
        pair for both in zip(_clothing(folder), _instruments(folder), strict=True) for pair in both if len(pair[1]) >= 2
    ]
    places = list(channels())
    found = []
    for i in range(count):
        product, evidence = pairs[i % len(pairs)]
        found.append(
            Brief(
                campaign_id="bench",
                campaign_name="Benchmark",
                objective=OBJECTIVES[i % len(OBJECTIVES)],
                channel=places[i % len(places)],
                product=product,
                brand=BrandVoice(name="Northfold", tone=TONES[i % len(TONES)]),
                evidence=evidence,
                link=f"https://shop.example.com/{product.id}" if i % 4 else None,
                starts_on=date(2026, 3, 1),
                ends_on=date(2026, 3, 31),
                seed=i,
            )
        )
    return found


def measure_posts(orders: list[Brief]) -> dict[str, float | int | list[str]]:
    """Return the figures of the benchmark for these briefs."""
    claims: list[str] = []
    first = over = posts = 0
    bleus = []
    started = time.process_time()
    results = [(order, compose(order)) for order in orders]
    spent = time.process_time() - started
    for order, variants in results:
        bleus.append(self_bleu([variant.content.text for variant in variants]))
        for variant in variants:
            posts += 1
            claims += [f"{order.product.name}/{order.channel}: {c}" for c in unsupported(variant, order)]
            first += has_first_person(variant.content.text.replace(order.product.name, ""))
            over += any(violation.hard for violation in violations(variant.content))
    return {
        "posts": posts,
        "briefs": len(orders),
        "unsupported_claims": len(claims),
        "first_person": first,
        "over_hard_limit": over,
        "self_bleu_mean": round(sum(bleus) / len(bleus), 1),
        "self_bleu_max": round(max(bleus), 1),
        "briefs_over_40": sum(value > 40 for value in bleus),
        "cpu_seconds_per_brief": round(spent / len(orders), 3),
        "examples": claims[:10],
    }


def main() -> int:
    folder = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
    if not folder:
        print("Set DIGITAL_PERSONA_REAL_DATA to the folder with the real reviews.")
        return 2
    figures = measure_posts(briefs(Path(folder), 100))
    print(json.dumps(figures))
    wrong = figures["unsupported_claims"] or figures["first_person"] or figures["over_hard_limit"]
    return int(bool(wrong or figures["self_bleu_max"] > 40))  # type: ignore[operator]


if __name__ == "__main__":
    sys.exit(main())
