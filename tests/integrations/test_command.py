"""``vaultio export --cluster``: a cluster at the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integrations.cluster import cluster
from tests.leaks import PASSWORD
from tests.redis_server import RedisServer, needs
from vaultio import InvalidArgumentError, Password, SessionId
from vaultio.cli.clustering import crew_of
from vaultio.cli.connection import Connection

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(served: str, tmp_path: Path) -> Command:
    """Run the command against the demo vault."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")

    def run(*options: str, **variables: str) -> subprocess.CompletedProcess[str]:
        words = ["export", "--to", str(tmp_path / "files"), *options]
        return subprocess.run(
            [sys.executable, "-c", "from vaultio.cli import main; main()", *words],
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


def test_a_cluster(command: Command, tmp_path: Path) -> None:
    """Workers fetch, log in by what their own environment has, and share the quota."""
    needs()
    with (
        RedisServer() as redis,
        cluster(tmp_path / "cluster", 1, VAULTIO_PASSWORD=PASSWORD) as made,
    ):
        done = command("--cluster", made.address, "--store", redis.url, "--ids", "1,2,3")

        assert done.returncode == 0, done.stdout + done.stderr
        assert "3 by MD5" in done.stdout
        assert "vaultio-batch" not in done.stderr
        assert PASSWORD not in made.log
    assert [path.name for path in sorted((tmp_path / "files").iterdir())][:3] == ["1", "2", "3"]


@pytest.mark.parametrize("store", ["", "sqlite:///quota.db"])
def test_a_cluster_without_a_store(command: Command, store: str) -> None:
    """It is refused before anything is begun, and says what every worker would do."""
    done = command("--cluster", "tcp://127.0.0.1:1", VAULTIO_QUOTA_STORE=store)

    assert (done.returncode, done.stdout) == (2, "")
    assert "each would count by itself" in done.stderr


def test_a_store_with_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address is no option for a cluster; in the environment of all it is found by its name."""
    store, credentials = f"redis://:{PASSWORD}@127.0.0.1:1/0", Password("ana", PASSWORD)
    known = Connection(
        url="https://a.example", credentials=credentials, api_version="v24.3", store=store
    )

    with pytest.raises(InvalidArgumentError, match="put the address into an environment variable"):
        crew_of("tcp://127.0.0.1:1", known, 8)
    monkeypatch.setenv("VAULTIO_QUOTA_STORE", store)
    crew = crew_of("tcp://127.0.0.1:1", known, 8)

    assert crew is not None
    assert (crew.recipe.store, crew.recipe.password) == (
        "env:VAULTIO_QUOTA_STORE",
        "env:VAULTIO_PASSWORD",
    )


def test_the_workers_of_a_copy() -> None:
    """They find the secrets of both vaults under the names that ``vaultio copy`` has for them."""
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    values = {"api_version": "v24.3", "store": "redis://127.0.0.1:1/0"}
    one = Connection(url="https://a.example", credentials=Password("ana", PASSWORD), **values)
    other = Connection(url="https://b.example", credentials=SessionId(PASSWORD), **values)

    crew = crew_of("tcp://127.0.0.1:1", one, 8, target=other)

    assert crew is not None
    assert crew.target is not None
    assert (crew.recipe.url, crew.recipe.password) == (one.url, "env:VAULTIO_SOURCE_PASSWORD")
    assert (crew.target.url, crew.target.session_id) == (other.url, "env:VAULTIO_TARGET_SESSION_ID")
