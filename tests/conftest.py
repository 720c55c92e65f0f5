"""What holds for every test: a property is checked, never timed, however busy the machine is."""

import gc

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import drop_template

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(scope="module", autouse=True)
def collected_once():
    """Set aside what is loaded by now: some calls (statsmodels' corrections, each rerun of a page) collect all anew."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish():
    drop_template()
