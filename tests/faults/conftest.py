"""The soak: asked for by an option, given how much of it to run and the table of its bars."""

import pytest

from tests.faults.bars import Bars


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a soak be asked for where these tests are named: it takes hours and is no part of a test run."""
    parser.addoption("--soak-scale", type=float, default=None, help="run the soak too, this much of it (1 is all)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the soak out unless it was asked for; a run of all tests does not even know the option."""
    if config.getoption("--soak-scale", None) is None:
        soak = [item for item in items if item.get_closest_marker("soak") is not None]
        if soak:
            config.hook.pytest_deselected(items=soak)
            items[:] = [item for item in items if item not in soak]


class Soak:
    """How long and how often, scaled by `--soak-scale`; 1 is the whole."""

    def __init__(self, scale: float) -> None:
        """Take the scale."""
        self.scale = scale
        self.bars = Bars(scale)

    def times(self, whole: int, at_least: int = 1) -> int:
        """Return how often to do what a whole soak does `whole` times."""
        return max(at_least, round(whole * self.scale))

    def seconds(self, whole: float, at_least: float) -> float:
        """Return how long what takes `whole` seconds takes here."""
        return max(at_least, whole * self.scale)


@pytest.fixture(scope="session")
def soak(pytestconfig: pytest.Config) -> Soak:
    return Soak(float(pytestconfig.getoption("--soak-scale")))
