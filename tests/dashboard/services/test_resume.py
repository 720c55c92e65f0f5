"""Work that is cut off anywhere goes through its steps again in the same order, as the job engine needs."""

import pytest

from dashboard.services.data import catalogue, imports
from dashboard.services.demo import filling
from dashboard.services.people import LOCAL_USER
from dashboard.services.personas import building
from dashboard.services.studio import campaigns
from engine.creator.orders import CampaignOrder
from tests.dashboard.conftest import PRODUCTS, reviews_csv


class CutOff(BaseException):
    """The worker died."""


class InOrder:
    """A task that knows its steps by their order and name, as DBOS does, and dies after some of them.

    It dies before the next step or, the harder case, with that step done and not yet noted.
    """

    id = "job-1"

    def __init__(self):
        self.record, self.at, self.die_after, self.unnoted = [], 0, None, False

    def again(self, die_after=None, *, unnoted=False):
        self.at, self.die_after, self.unnoted = 0, die_after, unnoted
        return self

    def step(self, name, work):
        if self.at < len(self.record):
            known, result = self.record[self.at]
            assert known == name, f"step {self.at} was {known} and is {name} now"
        else:
            if self.die_after is not None and self.at >= self.die_after:
                if self.unnoted:
                    work()
                raise CutOff
            result = work()
            self.record.append((name, result))
        self.at += 1
        return result

    def progress(self, done, total, message):
        pass


def run_cut_off_everywhere(run, steps, *, unnoted=False):
    task = InOrder()
    for number in range(steps):
        with pytest.raises(CutOff):
            run(task.again(die_after=number, unnoted=unnoted))
    return run(task.again())


@pytest.fixture
def small_demo(monkeypatch):
    files = {"products.csv": PRODUCTS.encode(), "reviews.csv": reviews_csv(30).encode(), "survey.csv": b""}
    monkeypatch.setattr(filling, "_survey", lambda *_: 1, raising=False)
    monkeypatch.setattr(filling, "demo_files", lambda seed: files)
    monkeypatch.setattr(filling, "KINDS", {"products.csv": "products", "reviews.csv": "reviews"})
    monkeypatch.setattr(filling, "CAMPAIGN_PRODUCTS", ("P1",))
    monkeypatch.setattr(filling.building, "record", lambda *_: 1)
    monkeypatch.setattr(filling.building, "run_build", lambda workspace, task, params: task.step("build", dict))


@pytest.mark.parametrize("cut", range(0, 14, 2))
def test_the_demo_resumes_without_doing_anything_twice(workspace, small_demo, cut):
    task = InOrder()
    with pytest.raises(CutOff):
        filling.run_filling(workspace, task.again(die_after=cut), {"seed": 1})
    filling.run_filling(workspace, task.again(), {"seed": 1})
    assert imports.contents(workspace).reviews == 30
    assert len(imports.listing(workspace)) == 2
    assert len(campaigns.listing(workspace)) == 1
    assert len(campaigns.drafts(workspace, 1)) == 15


@pytest.mark.parametrize("unnoted", [False, True], ids=["before a step", "after it"])
def test_an_import_cut_off_after_every_step_ends_once(workspace, bring_in, monkeypatch, unnoted):
    monkeypatch.setattr(imports, "CHUNK_ROWS", 4)
    task = InOrder()
    record = None
    for number in range(6):
        try:
            if record is None:
                bring_in(reviews_csv(10), "reviews", task=task.again(die_after=number, unnoted=unnoted))
            else:
                path = workspace.folder.parent / "file.csv"
                params = {"import_id": record.id, "path": str(path)}
                imports.run_import(workspace, task.again(die_after=number, unnoted=unnoted), params)
        except CutOff:
            record = imports.listing(workspace)[0]
    assert imports.listing(workspace)[0].rows_new == 10
    assert imports.contents(workspace).reviews == 10


@pytest.mark.parametrize("unnoted", [False, True], ids=["before a step", "after it"])
def test_a_campaign_cut_off_goes_on(workspace, bring_in, unnoted):
    bring_in(PRODUCTS, "products", name="p.csv")
    product = next(p for p in catalogue.listing(workspace) if p.key == "P1")
    order = CampaignOrder("Autumn", "sales", (product.id,), ("x", "facebook", "threads"))
    campaign_id = campaigns.record(workspace, LOCAL_USER, order)
    params = {"campaign_id": campaign_id}
    run_cut_off_everywhere(lambda task: campaigns.run_campaign(workspace, task, params), 3, unnoted=unnoted)
    assert len(campaigns.drafts(workspace, campaign_id)) == 15
    assert building.listing(workspace) == []
