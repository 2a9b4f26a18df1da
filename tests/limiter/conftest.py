"""A Redis server for those who share quotas through one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.redis_server import RedisServer, needs


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A server of this test alone, which it may kill."""
    with RedisServer(needs()) as server:
        yield server
