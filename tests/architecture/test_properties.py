"""Properties are tried at whatever pace the machine has just then."""

from hypothesis import HealthCheck, settings


def test_how_long_an_example_takes_fails_no_property() -> None:
    """Beside others eight examples took Hypothesis a minute to draw, and it gave the test up."""
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check
