"""Surveys from file to finding: planted shifts found, nobody used without a basis, bad input in a sentence."""

import os
from pathlib import Path

import pytest

from analytics.asking import surveys as reading
from analytics.asking.surveys import SurveyOrder
from analytics.surveys import SurveyError
from dashboard.demo import demo_files
from dashboard.demo.survey import CODES, GROUPS, ITEMS, OPEN, PLANTED_TOP2, THEMES, demo_survey
from dashboard.services.data import imports
from dashboard.services.demo import coding as demo_codes
from dashboard.services.people import LOCAL_USER, NotAllowedError, User
from dashboard.services.surveys import importing, items, open_answers, theme_shares, waves
from dashboard.services.surveys.waves import Choices
from db.errors import ConflictError
from db.repositories import surveys as repository
from tests.dashboard.conftest import InPlace

REAL = os.environ.get("DIGITAL_PERSONA_REAL_DATA")
realdata = pytest.mark.skipif(not REAL, reason="DIGITAL_PERSONA_REAL_DATA names no folder of real data")
BASIS = "everybody agreed on the first page"


@pytest.fixture
def order(tmp_path):
    def make(*texts, basis=BASIS, **settled):
        files = []
        for n, text in enumerate(texts):
            path = tmp_path / f"wave{n}.csv"
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            files.append((path, path.name))
        return SurveyOrder(tuple(files), basis=basis, **settled)

    return make


@pytest.fixture
def demo(workspace, order):
    return importing.bring_in(workspace, LOCAL_USER, order(demo_files(7)["survey.csv"]))


def test_the_planted_shifts_are_found(workspace, demo):
    report = waves.compare(workspace, demo)
    assert (report.n_before, report.n_after, report.paired) == (200, 200, False)
    found = {c.item.key: c for c in report.comparisons}
    assert set(ITEMS) < set(found)
    for key, shares in PLANTED_TOP2.items():
        planted = shares["after"] - shares["before"]
        assert found[key].verdict == "higher"
        assert found[key].top_box.value == pytest.approx(planted)
        assert found[key].top_box.low < planted < found[key].top_box.high
        assert found[key].before.counts == ITEMS[key]["before"]


def test_without_a_basis_nobody_is_used_until_one_is_stated(workspace, order):
    survey = importing.bring_in(workspace, LOCAL_USER, order(demo_files(7)["survey.csv"], basis=" "))
    record = waves.get(workspace, survey)
    assert (record.responses, record.usable) == (400, 0)
    with pytest.raises(SurveyError, match="no legal basis is on record"):
        waves.compare(workspace, survey)
    (question,) = waves.questions(workspace, survey, "open")
    with pytest.raises(SurveyError, match="no legal basis"):
        open_answers.question(workspace, question.id)
    with pytest.raises(SurveyError, match="Say in words"):
        waves.state_basis(workspace, LOCAL_USER, survey, " ")
    waves.state_basis(workspace, LOCAL_USER, survey, BASIS)
    assert waves.compare(workspace, survey).n_after == 200


def test_a_person_who_objected_is_left_out_at_the_next_read(workspace, demo, bring_in):
    bring_in("customer_id,purpose,action,at\nS0001,survey,withdraw,2026-01-02\n", "consents", "consents.csv")
    assert waves.get(workspace, demo).usable == 399
    assert waves.compare(workspace, demo).n_before == 199


def test_nobody_is_kept_in_clear(workspace, demo):
    with workspace.database.reading() as session:
        rows = repository.responses(session, demo)
    assert not rows["respondent"].str.startswith("S0").any()
    kept = [a[OPEN] for a in rows["answers"] if OPEN in a]
    assert not any("example.org" in text for text in kept)
    assert any("[email]" in text for text in kept)


def test_columns_about_the_person_are_left_out(order):
    text = "Respondent ID,Email Address,IP Address,Comments\n" + "".join(
        f"{n},p{n}@example.org,10.0.0.{n},I liked number {n} very much indeed\n" for n in range(20)
    )
    assert [i.key for i in reading.look(order(text)).survey.items] == ["Comments"]


def test_the_very_same_survey_is_refused_and_an_import_can_be_taken_back(workspace, demo, order):
    again = order(demo_files(7)["survey.csv"])
    with pytest.raises(SurveyError, match="brought this very survey in before"):
        importing.bring_in(workspace, LOCAL_USER, again)
    imports.undo_import(workspace, LOCAL_USER, waves.get(workspace, demo).import_id)
    assert waves.listing(workspace) == []
    importing.bring_in(workspace, LOCAL_USER, again)


def test_a_viewer_changes_nothing(workspace, demo, order):
    viewer = User("Vera", "viewer")
    (item,) = waves.questions(workspace, demo, "open")
    for refused in (
        lambda: importing.bring_in(workspace, viewer, order("a,b\n1,2\n")),
        lambda: waves.state_basis(workspace, viewer, demo, "x"),
        lambda: open_answers.change(workspace, viewer, item.id, lambda b: b.create("x", by="Vera")),
        lambda: open_answers.suggest(workspace, viewer, item.id),
    ):
        with pytest.raises(NotAllowedError):
            refused()


def likert(labels, n=30, question="The posts are useful"):
    return f"respondent_id,{question}\n" + "".join(f"{i},{labels[i % len(labels)]}\n" for i in range(n))


FIVE = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]


def test_labels_that_do_not_order_themselves_are_asked_for_and_taken(order):
    labels = ["blau", "gruen", "rot", "gelb"]
    text = "id,Q1,Q2\n" + "".join(f"{i},{labels[i % 4]},{labels[(i * 3) % 4]}\n" for i in range(30))
    asked = reading.look(order(text))
    assert all("lowest to the highest" in i.ask for i in asked.survey.items)
    with pytest.raises(SurveyError, match="from the lowest to the highest"):
        reading.look(order(text, kinds={"Q1": "likert"}))
    given = reading.look(order(text, orders={"Q1": tuple(labels)}))
    assert given.survey.item("Q1").kind == "likert"


def test_a_lone_question_whose_labels_say_no_order_is_named(order):
    remarks = " ".join(reading.look(order(likert(["meh", "wow", "zing", "bof"], 60))).remarks)
    assert 'The answers to "The posts are useful" do not say which is low' in remarks
    assert "which is low" not in " ".join(reading.look(order(likert(FIVE, 60))).remarks)


def test_scales_of_different_length_are_not_compared(workspace, order):
    two = order(likert([str(n) for n in range(1, 6)], 60), likert([str(n) for n in range(1, 8)], 63))
    preview = reading.look(two)
    assert any("points" in remark for remark in preview.remarks)
    survey = importing.bring_in(workspace, LOCAL_USER, two)
    report = waves.compare(workspace, survey, choices=Choices(panel=False))
    assert report.comparisons == ()
    assert "different scales" in report.not_compared[0]


def test_a_renamed_question_is_offered_and_counts_once_confirmed(workspace, order):
    texts = likert(FIVE), likert(FIVE, question="Our posts are useful")
    (match,) = [m for m in reading.look(order(*texts)).matches if m.before and m.after]
    assert not match.sure
    assert "the same question" in match.sentence
    survey = importing.bring_in(workspace, LOCAL_USER, order(*texts, confirmed={match.before: match.after}))
    assert len(waves.compare(workspace, survey, choices=Choices(panel=False)).comparisons) == 1


def test_one_wave_alone_and_a_person_twice_are_said(workspace, order):
    text = "respondent_id,wave,The posts are useful\n" + "".join(f"{i % 28},before,{FIVE[i % 5]}\n" for i in range(30))
    preview = reading.look(order(text))
    assert any("more than once" in remark for remark in preview.remarks)
    survey = importing.bring_in(workspace, LOCAL_USER, order(text))
    with pytest.raises(SurveyError, match='only the wave "before"'):
        waves.compare(workspace, survey)


def test_giant_identical_and_foreign_answers_are_said(workspace, order):
    long = "word " * 12_000
    text = "id,What do you think?\n" + "".join(f'{i},"Это хорошо, спасибо {i}"\n' for i in range(20)) + f"99,{long}\n"
    survey = importing.bring_in(workspace, LOCAL_USER, order(text))
    notes = " ".join(waves.get(workspace, survey).notes)
    assert "longer than 50,000 characters" in notes
    assert "Cyrillic" in notes
    same = order("id,What do you think?\n" + "".join(f"{i},All of it is quite good\n" for i in range(20)))
    kinds = {"What do you think?": "open"}
    survey = importing.bring_in(workspace, LOCAL_USER, SurveyOrder(same.files, basis=BASIS, kinds=kinds))
    assert "answers are the same" in " ".join(waves.get(workspace, survey).notes)


def test_what_is_wrong_with_open_answers_is_said_before_anything_is_kept(order):
    rows = "".join(f'{i},"Это хорошо, спасибо {i}"\n' for i in range(20))
    remarks = " ".join(reading.look(order(f"id,What do you think?\n{rows}99,{'word ' * 12_000}\n")).remarks)
    assert "1 answer was longer than 50,000 characters" in remarks
    assert "20 answers are written in Cyrillic letters" in remarks


@pytest.mark.parametrize(
    ("settled", "said"),
    [
        ({"orders": {"Nope": ("a", "b")}}, 'An order is given for "Nope"'),
        ({"kinds": {"Nope": "open"}}, 'what "Nope" is'),
        ({"kinds": {"The posts are useful": "mood"}}, '"mood" is no kind of question'),
    ],
)
def test_what_was_settled_for_no_question_is_a_sentence(order, settled, said):
    with pytest.raises(SurveyError, match=said):
        reading.look(order(likert(FIVE), **settled))


def test_a_question_of_one_wave_is_named(workspace, order):
    texts = likert(FIVE), likert(FIVE, question="Our posts are useful")
    survey = importing.bring_in(workspace, LOCAL_USER, order(*texts))
    first, second = waves.compare(workspace, survey, choices=Choices(panel=False)).not_compared
    assert first.startswith('"The posts are useful" was answered only before')
    assert second.startswith('"Our posts are useful" was answered only after')


@pytest.mark.parametrize("text", ["", "a,b\n"])
def test_an_empty_file_is_a_sentence(order, text):
    with pytest.raises(ValueError, match=r"[A-Z].+\."):
        reading.look(order(text))


def test_scales_and_planner(workspace, demo):
    found = waves.scale(workspace, demo, list(ITEMS))
    assert 0 < found.alpha.low < found.alpha.value < found.alpha.high < 1
    with pytest.raises(SurveyError, match="three or more"):
        waves.scale(workspace, demo, list(ITEMS)[:2])
    # Fleiss 1981, unpooled: (1.96 + .8416)^2 (.5*.5 + .6*.4) / .1^2 = 384.6
    assert waves.plan(0.5, 0.6, response_rate=0.2).n_per_wave == 385


def _hand_code(found, book, n=150):
    _, truth = demo_survey(7)
    place = {a.id: i for i, a in enumerate(found.answers.answers)}
    ids = {name: book.create(name, by="You").id for name in THEMES}
    for i in open_answers.queue(found)[:n]:
        answer = found.spoken[i].id
        book.assign(answer, [ids[t] for t in truth[place[answer]]], by="You")


def test_open_answers_from_suggestions_to_prevalence(workspace, demo):
    (item,) = waves.questions(workspace, demo, "open")
    found = open_answers.question(workspace, item.id)
    assert len(found.spoken) + len(found.answers.non_answers) + found.answers.empty == 400
    with pytest.raises(SurveyError, match="coded by hand"):
        theme_shares.run_coding(workspace, InPlace(), {"item_id": item.id})
    task = InPlace()
    for _ in range(2):  # a job that is run again after a crash adds its drafts once
        open_answers.run_suggest(workspace, task, {"item_id": item.id, "by": "You"})
    book = open_answers.codebook(workspace, item.id)
    drafts = waves.questions(workspace, demo, "open")[0].suggestions["themes"]
    assert all(c.draft for c in book.codes)
    assert len(book.codes) == len(drafts)
    open_answers.change(workspace, LOCAL_USER, item.id, lambda b: _hand_code(found, b))
    theme_shares.run_coding(workspace, InPlace(), {"item_id": item.id})
    coding = waves.questions(workspace, demo, "open")[0].coding
    changes = {c["name"]: c for c in coding["changes"]}
    assert set(changes) == set(THEMES)
    assert "rose" in changes["feels made for me"]["sentence"]
    assert "fell" in changes["impersonal"]["sentence"]
    best = changes["feels made for me"]["change"]["best"]
    planted = (THEMES["feels made for me"]["after"] - THEMES["feels made for me"]["before"]) / 183
    assert best["low"] < planted < best["high"]


def test_the_demos_open_answers_are_coded_by_two_people(workspace, demo):
    for _ in range(2):  # a worker that dies does it again
        demo_codes.code_survey(workspace, InPlace(), demo, 7)
    (item,) = waves.questions(workspace, demo, "open")
    found, book = open_answers.question(workspace, item.id), open_answers.codebook(workspace, item.id)
    assert [p.done for p in open_answers.phases(found, book)] == [True] * 6
    assert theme_shares.not_publishable(found, book) == ()
    agreed = open_answers.agreement(book, *book.coders)
    assert agreed.n == 60
    assert sum(not d.resolved for d in agreed.disagreements) == 3
    changes = {c["name"]: c for c in item.coding["changes"]}
    assert "rose" in changes["feels made for me"]["sentence"]
    assert "fell" in changes["impersonal"]["sentence"]
    assert set(CODES) == set(THEMES) == {name for _, members in GROUPS.values() for name in members}


def test_a_codebook_is_kept_step_by_step(workspace, demo):
    (item,) = waves.questions(workspace, demo, "open")
    found = open_answers.question(workspace, item.id)
    texts = {a.id: a.text for a in found.spoken}
    first = open_answers.next_to_code(found, open_answers.codebook(workspace, item.id), "You")

    def step(what):
        return open_answers.change(workspace, LOCAL_USER, item.id, what)

    code = step(lambda b: b.create("Mood", by="You")).named("Mood")
    step(lambda b: b.assign(first.id, [code.id], by="You"))
    assert open_answers.next_to_code(found, open_answers.codebook(workspace, item.id), "You").id != first.id
    word = max(texts[first.id].split(), key=len).strip(".,;")
    step(lambda b: open_answers.split_by_word(found, code, b, word, "Part", LOCAL_USER))
    assert open_answers.codebook(workspace, item.id).named("Part") is not None
    with pytest.raises(SurveyError, match="Pick another word"):
        step(lambda b: open_answers.split_by_word(found, code, b, "zzzz", "Other", LOCAL_USER))
    step(lambda b: b.undo(by="You"))
    assert open_answers.codebook(workspace, item.id).named("Part") is None
    with workspace.database.writing() as session, pytest.raises(ConflictError, match="Somebody else"):
        repository.add_events(session, item.id, 0, [{"kind": "undo", "by": "You"}])


def test_waves_are_raked_to_known_shares_and_modelled_with_covariates(workspace, demo):
    ages = {"18-24": 10, "25-34": 20, "35-49": 30, "50+": 40}
    assert waves.groupings(workspace, demo) == {"age group": tuple(ages)}
    report = waves.compare(workspace, demo, choices=Choices(margins={"age group": ages}, covariates=("age group",)))
    assert report.weighted == "given margins"
    # Kish: 200 / n_eff = sum(target^2 / sample share), with 50, 60, 50 and 40 of 200 in the sample.
    effect = sum((share / 100) ** 2 / (n / 200) for share, n in zip(ages.values(), (50, 60, 50, 40), strict=True))
    assert report.effective_n[0] == pytest.approx(200 / effect)
    assert all(c.odds[0].ratio.low > 1 for c in report.comparisons)
    with pytest.raises(SurveyError, match="no share for 50"):
        waves.compare(workspace, demo, choices=Choices(margins={"age group": {"18-24": 1, "25-34": 1, "35-49": 1}}))
    with pytest.raises(SurveyError, match="no question"):
        waves.compare(workspace, demo, choices=Choices(margins={"town": {"a": 1}}))


def test_two_coders_agree_differ_and_settle(workspace, demo):
    (item,) = waves.questions(workspace, demo, "open")
    found = open_answers.question(workspace, item.id)

    def both_code(book):
        mood, price = book.create("Mood", by="Ann"), book.create("Price", by="Ann")
        for n, i in enumerate(open_answers.queue(found)[:40]):
            book.assign(found.spoken[i].id, [mood.id if n % 2 else price.id], by="Ann")
            book.assign(found.spoken[i].id, [mood.id if n % 2 or n < 8 else price.id], by="Bob")

    book = open_answers.change(workspace, LOCAL_USER, item.id, both_code)
    agreed = open_answers.agreement(book, "Ann", "Bob")
    assert agreed.n == 40
    assert len(agreed.disagreements) == 4
    # Four of forty differ on two codes: 36 / 40 agree, and chance would give about one half.
    assert all(k.value == pytest.approx(0.8, abs=0.01) for k in agreed.by_code.values())
    assert "4 answers" in theme_shares.hand_coding(found, book).doubts[0]
    first = agreed.disagreements[0].answer
    book = open_answers.change(
        workspace, LOCAL_USER, item.id, lambda b: b.resolve(first, [b.named("Mood").id], by="You")
    )
    assert sum(not d.resolved for d in open_answers.agreement(book, "Ann", "Bob").disagreements) == 3
    with pytest.raises(SurveyError, match="share 0 coded answers"):
        open_answers.agreement(book, "Ann", "Eve")


def test_the_page_says_how_many_to_code_and_what_bends_the_shares(workspace, demo):
    (item,) = waves.questions(workspace, demo, "open")
    found = open_answers.question(workspace, item.id)
    book = open_answers.change(workspace, LOCAL_USER, item.id, lambda b: _hand_code(found, b, 30))
    state = theme_shares.hand_coding(found, book)
    assert set(state.waves) == {"before", "after"}
    assert sum(done for done, _ in state.waves.values()) == 30
    assert all(done < wanted <= 200 for done, wanted in state.waves.values())
    assert state.doubts == ()
    book = open_answers.change(workspace, LOCAL_USER, item.id, lambda b: b.create("Late", by="You"))
    assert "30 answers were coded before the newest code" in theme_shares.hand_coding(found, book).doubts[0]
    again = open_answers.next_to_code(found, book, "You", again=True)
    assert again.id in book.codings("You")


def test_quotes_are_the_newest_whatever_way_dates_are_written(workspace, order):
    rows = "".join(
        f'{n},after,{12 if n == 0 else 1}/{n % 27 + 1}/2025 09:00,"The pictures are lovely, number {"abcdefghij"[n % 10]}{n}"\n'
        for n in range(40)
    )
    text = f"respondent_id,wave,Date submitted,What do you think?\n{rows}"
    survey = importing.bring_in(workspace, LOCAL_USER, order(text))
    (item,) = waves.questions(workspace, survey, "open")
    found = open_answers.question(workspace, item.id)

    def code(book):
        made = book.create("Pictures", by="You")
        for answer in found.spoken:
            book.assign(answer.id, [made.id], by="You")

    book = open_answers.change(workspace, LOCAL_USER, item.id, code)
    quote = open_answers.quotes(found, book, book.named("Pictures"), 10)[0]
    assert quote.date == "2025-12-01"
    assert quote.about == {"wave": "after"}


def test_personas_of_customers_are_compared(workspace, demo, bring_in):
    from db.repositories import personas
    from db.repositories.personas import NewPersona

    rows = "".join(f"S{n:04d},f\n" for n in range(1, 401))
    bring_in(f"customer_id,gender\n{rows}", "profiles", "profiles.csv")
    people = [workspace.vault.pseudonym(f"customer:S{n:04d}") for n in range(1, 401)]
    with workspace.database.writing() as session:
        build = personas.start_build(session, {}, "You")
        made = [
            NewPersona(key=f"p{half}", name=name, card={}, members=people[half::2], evidence={})
            for half, name in enumerate(("Commuters", "Gift buyers"))
        ]
        personas.add_personas(session, build, made, "You")
    (item,) = waves.questions(workspace, demo, "open")
    found = open_answers.question(workspace, item.id)
    assert set(found.about["persona"]) == {"Commuters", "Gift buyers"}
    open_answers.change(workspace, LOCAL_USER, item.id, lambda b: _hand_code(found, b))
    theme_shares.run_coding(workspace, InPlace(), {"item_id": item.id})
    cells = waves.questions(workspace, demo, "open")[0].coding["groups"]
    assert {c["group"] for c in cells if c["by"] == "persona"} == {"Commuters", "Gift buyers"}


def test_coding_rests_on_the_import(workspace, demo):
    (item,) = waves.questions(workspace, demo, "open")
    open_answers.change(workspace, LOCAL_USER, item.id, lambda b: b.create("Mood", by="You"))
    with pytest.raises(ValueError, match="codebooks of open answers"):
        imports.undo_import(workspace, LOCAL_USER, waves.get(workspace, demo).import_id)


@realdata
@pytest.mark.realdata
@pytest.mark.parametrize("name", ["comma_survey.csv", "masculinity_survey.csv"])
def test_real_exports_come_in_with_no_hand_edits(workspace, name):
    path = Path(REAL) / "surveys" / "survey_538" / name
    survey = importing.bring_in(workspace, LOCAL_USER, SurveyOrder(((path, name),), basis=BASIS))
    found = items.describe(workspace, survey)
    kinds = {i.kind for i in waves.questions(workspace, survey)}
    if name == "comma_survey.csv":
        assert waves.get(workspace, survey).usable == 1129
        assert {"likert", "single"} <= kinds
        assert {i.key: i.n for i in found}["gender"] == 1037
    else:
        assert kinds == {"shares"}
        assert len(found) == 34


def test_a_share_that_was_not_published_is_kept_as_unknown(workspace, tmp_path):
    path = tmp_path / "published.csv"
    path.write_text(
        "question,response,overall,age_18_34\nOften?,Yes,0.4,0.5\nOften?,No,0.6,0.5\nDo you?,Yes,0.7,\nDo you?,No,0.3,\n"
    )
    survey = importing.bring_in(workspace, LOCAL_USER, SurveyOrder(((path, path.name),), basis=BASIS))
    table = waves.load(workspace, survey).tables[1]
    assert [[f"{share:.1f}" for share in line] for line in table.shares] == [["0.7", "nan"], ["0.3", "nan"]]


def test_rows_that_could_not_be_read_are_told_by_their_number(order):
    text = "Wave,The posts are useful\n" + "Before,4\nAfter,5\n" * 20 + "After\nAfter,5,6\n"
    remarks = reading.look(order(text)).remarks
    assert remarks[0].startswith("2 rows were left out (row 42, 43 of the file). The row has 1 cell, fewer than")
