"""Agreement between coders against published examples."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from analytics.surveys import Codebook, SurveyError, coder_agreement, cohen_kappa, krippendorff_alpha

# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", example C: four observers, twelve units.
KRIPPENDORFF = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, np.nan, np.nan, np.nan],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, np.nan, 3],
        [np.nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, np.nan],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, np.nan],
    ]
)


@pytest.mark.parametrize(("level", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_krippendorffs_published_example(level, published):
    found = krippendorff_alpha(KRIPPENDORFF, level_of=level, draws=200)
    assert round(found.value, 3) == published
    assert found.low <= found.value <= found.high
    assert found.n == 11


def test_cohens_kappa_is_the_published_one():
    # The textbook 2 x 2 table 20, 5, 10, 15: kappa .40; the large-sample error is Fleiss, Cohen and Everitt's.
    first = ["y"] * 25 + ["n"] * 25
    second = ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15
    found = cohen_kappa(first, second)
    assert found.value == pytest.approx(0.4)
    from statsmodels.stats.inter_rater import cohens_kappa

    theirs = cohens_kappa(np.array([[20, 5], [10, 15]]))
    assert (found.low, found.high) == pytest.approx((theirs.kappa_low, theirs.kappa_upp))


def test_cohens_kappa_is_scikits():
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 4, 90).tolist(), rng.integers(0, 4, 90).tolist()
    assert cohen_kappa(a, b).value == pytest.approx(cohen_kappa_score(a, b))


def test_perfect_agreement_is_not_certain():
    found = cohen_kappa(["x", "y"] * 10, ["x", "y"] * 10)
    assert (found.value, found.high) == (1, 1)
    assert 0.5 < found.low < 0.8


def test_one_label_for_all_tells_nothing():
    found = cohen_kappa(["x"] * 9, ["x"] * 9)
    assert np.isnan(found.value)
    assert (found.low, found.high) == (-1, 1)


def test_alpha_needs_shared_answers():
    with pytest.raises(SurveyError, match="two coders or more rated"):
        krippendorff_alpha(np.array([[1, np.nan], [np.nan, 2]]))


def test_two_coders_are_compared_and_their_disagreements_listed():
    book = Codebook()
    food, staff = book.create("Food", by="ann"), book.create("Staff", by="ann")
    for k in range(40):
        code = food if k % 2 else staff
        book.assign(f"a{k}", [code.id], by="ann")
        book.assign(f"a{k}", [food.id] if k in (0, 2) else [code.id], by="bob")
    book.resolve("a0", [food.id], by="ann")
    found = coder_agreement(book, "ann", "bob")
    assert found.n == 40
    assert [d.answer for d in found.disagreements] == ["a2", "a0"]
    assert found.disagreements[0].given == {"ann": ("Staff",), "bob": ("Food",)}
    assert found.by_code[food.id].value == pytest.approx(0.9)
    assert found.alpha.low < found.alpha.value < found.alpha.high
    assert "differ on 2" in found.sentence
    with pytest.raises(SurveyError, match="share 0 coded answers"):
        coder_agreement(book, "ann", "eve")
