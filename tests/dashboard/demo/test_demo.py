import io
import re
from collections import Counter
from datetime import date, timedelta

import pandas as pd
import pytest
from PIL import Image

from analytics.impact.design import Intervention
from analytics.impact.its import estimate
from analytics.impact.series import prepare
from analytics.intake.mapping import detect_kind, suggest_mapping
from dashboard.demo import BRAND, INTERVENTION_WEEKS, PLANTED, PRODUCTS, demo_files, demo_pictures
from dashboard.demo.files import PLANTED_YOUNG
from dashboard.demo.survey import ITEMS, OPEN, PLANTED_TOP2, SCALE, THEMES, WAVE_SIZE, demo_survey
from engine.editor import open_picture
from engine.editor.subject import subject_box

DAY = date(2026, 6, 3)


@pytest.fixture(scope="module")
def files():
    return demo_files(7, DAY)


@pytest.fixture(scope="module")
def tables(files):
    return {name: pd.read_csv(io.BytesIO(data)) for name, data in files.items()}


def test_the_same_seed_and_day_give_the_same_files(files):
    assert demo_files(7, DAY) == files
    assert demo_files(8, DAY)["reviews.csv"] != files["reviews.csv"]


def test_every_customer_product_and_id_fits_together(tables):
    people, products = set(tables["profiles.csv"]["customer_id"]), set(tables["products.csv"]["product_id"])
    for name in ("reviews.csv", "interactions.csv"):
        assert set(tables[name]["customer_id"]) <= people
        assert set(tables[name]["product_id"]) <= products
    assert set(tables["consents.csv"]["customer_id"]) <= people
    for name, key in (("profiles.csv", "customer_id"), ("reviews.csv", "review_id"), ("posts.csv", "post_id")):
        assert tables[name][key].is_unique
    assert len(people) == 1_200
    assert len(products) == len(PRODUCTS) == 24


def test_addresses_can_reach_nobody(tables):
    assert tables["profiles.csv"]["email"].str.endswith("@example.org").all()
    assert tables["products.csv"]["url"].str.contains("example.org/").all()


def test_consent_is_mostly_given_and_sometimes_withdrawn(tables):
    log = tables["consents.csv"]
    profiling = log[log["purpose"] == "profiling"]
    granted = set(profiling.loc[profiling["action"] == "grant", "customer_id"])
    withdrawn = set(profiling.loc[profiling["action"] == "withdraw", "customer_id"])
    assert 0.88 < len(granted) / 1_200 < 0.96
    assert 0.03 < len(withdrawn) / 1_200 < 0.09
    assert withdrawn <= granted


def test_reviews_are_varied_plain_sentences(tables):
    texts = tables["reviews.csv"]["text"]
    assert texts.nunique() > 0.8 * len(texts)
    for text in texts:
        assert not re.search(r"[{}]|  |\b(a|an) (soft fabric|so|very)\b|\bnan\b", text)
        assert re.match(r"[A-Z]", text)


def test_reviews_hold_planted_personal_data(tables):
    texts = tables["reviews.csv"]["text"]
    assert texts.str.contains("@example.org", regex=False).sum() >= 10
    assert texts.str.contains("+49 30 23125", regex=False).sum() >= 5
    assert texts.str.contains("Regards, ", regex=False).sum() >= 5


def test_themes_are_shared_by_many_reviewers(tables):
    reviews = tables["reviews.csv"]
    for product in PRODUCTS:
        own = reviews[reviews["product_id"] == product.key]
        for theme in product.themes:
            stem = theme.replace("runs ", "")
            assert own.loc[own["text"].str.contains(stem, case=False), "customer_id"].nunique() >= 3, (
                product.key,
                theme,
            )


def test_people_who_differ_write_differently(tables):
    merged = tables["reviews.csv"].merge(tables["profiles.csv"], on="customer_id")
    young = merged["birth_year"] > DAY.year - 25
    campus = merged["text"].str.contains("campus|festival|lecture|flatmate|student")
    assert campus[young].mean() > 0.5
    assert campus[merged["birth_year"] < DAY.year - 50].mean() < 0.05


@pytest.mark.parametrize(
    ("metric", "group", "planted"),
    [*((name, None, effect) for name, effect in PLANTED.items()), ("engagement", "18-24", PLANTED_YOUNG)],
)
def test_the_planted_effects_are_found(tables, metric, group, planted):
    rows = tables["metrics.csv"]
    rows = rows[(rows["metric"] == metric) & (rows["segment"].isna() if group is None else rows["segment"] == group)]
    assert len(rows) == 2 * INTERVENTION_WEEKS
    rated = rows["denominator"].notna().all()
    series = prepare(
        rows[["date", "value", "denominator"] if rated else ["date", "value"]], kind="rate" if rated else "count"
    )
    change = DAY - timedelta(days=DAY.weekday(), weeks=INTERVENTION_WEEKS)
    effect = estimate(series, [Intervention(change)]).effect
    assert effect.low <= 100 * planted <= effect.high
    assert effect.low > 0


def test_the_columns_and_the_kind_of_table_are_recognised(files):
    for name, data in files.items():
        if name == "survey.csv":
            continue
        table = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
        kind, columns = name.removesuffix(".csv"), list(table.columns)
        assert detect_kind(columns, table)[0].kind == kind
        suggest_mapping(kind, columns, table).check(kind)


def test_the_survey_holds_exactly_the_planted_shares():
    frame, themes = demo_survey(7)
    assert frame.groupby("wave").size().to_dict() == {"before": WAVE_SIZE, "after": WAVE_SIZE}
    assert frame["respondent_id"].is_unique
    for item in ITEMS:
        top = frame[item].isin(SCALE[3:]).groupby(frame["wave"]).mean()
        assert top.to_dict() == pytest.approx(PLANTED_TOP2[item])
    for wave in ("before", "after"):
        spoken = Counter(t for held, w in zip(themes, frame["wave"], strict=True) if w == wave for t in held)
        assert spoken == {theme: waves[wave] for theme, waves in THEMES.items()}
    assert frame[OPEN].str.len().gt(0).all()


def test_items_of_one_respondent_agree():
    frame, _ = demo_survey(7)
    scores = frame[list(ITEMS)].apply(lambda column: column.map(SCALE.index))
    correlations = scores[frame["wave"] == "before"].corr()
    assert correlations.to_numpy().min() > 0.2


def test_pictures_open_and_show_their_subject():
    pictures = demo_pictures()
    assert set(pictures) == {p.key for p in PRODUCTS}
    for data in pictures.values():
        image = open_picture(data).image
        left, top, right, bottom = subject_box(image)
        assert 0.1 < (right - left) * (bottom - top) / (image.width * image.height) < 0.8
    with Image.open(io.BytesIO(pictures["FW-101"])) as opened:
        assert opened.size == (1_000, 1_000)


def test_the_brand_is_invented_and_complete():
    assert BRAND.name
    assert len(BRAND.palette) == 3
    assert BRAND.disclosure
