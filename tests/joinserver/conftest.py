"""The running join server as a fixture."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.joinserver import JoinServerHarness, Kind, database, join_server_harness

__all__ = ["database", "server"]


@pytest.fixture
def server(tmp_path: Path, database: Kind) -> Iterator[JoinServerHarness]:
    """Run the join server with the demo data, in this process."""
    with join_server_harness(tmp_path / "joinserver", database=database) as harness:
        yield harness
