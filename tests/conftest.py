"""What holds for every test: a property is checked, never timed, however busy the machine is."""

from hypothesis import HealthCheck, settings

from tests.postgres import drop_template

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_sessionfinish():
    drop_template()
