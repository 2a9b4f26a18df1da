"""Copies on a dask cluster of real processes, whose workers die, and are taken for dead."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import asdict, define

from tests.integrations.cluster import PASSWORD_VARIABLE, Cluster, cluster
from tests.leaks import SECRET
from tests.migration.conftest import top
from tests.migration.programs.vault_server import Setup
from tests.migration.proving import VaultProcess, check_same, serving, start
from tests.migration.test_copy import EVERYTHING

pytest.importorskip("distributed", reason="the extra dask is not installed")
from tests.migration.programs.cluster_copier import Order

ARCHIVE = {"small": 60, "large": 0, "small_bytes": 2_000, "rich": 2, "binders": 1}
EMPTY = {"small": 0, "large": 0}
CREATES = {"kind": "stall", "method": "POST", "path": "/objects/documents", "skip": 10}
OTHERS = {"kind": "stall", "method": "POST", "path": "/objects/documents/[0-9]*", "skip": 2}
_LONGEST_S = 40.0


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the driver find the password where the workers do."""
    monkeypatch.setenv(PASSWORD_VARIABLE, "secret")


@define
class Scene:
    """Two vaults, a cluster of one worker, and a copy that is under way."""

    source: VaultProcess
    target: VaultProcess
    made: Cluster
    driver: subprocess.Popen[str]

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, while the copy lives."""
        end_s = time.monotonic() + _LONGEST_S
        while not is_so():
            assert self.driver.poll() is None, self.made.log[-3_000:]
            assert time.monotonic() < end_s, self.made.log[-3_000:]
            time.sleep(0.02)

    def hangs(self, fault: int) -> bool:
        """Say whether a call was carried out and is not answered."""
        return bool(self.target.ask("faults")[fault]["hits"])

    def result(self) -> dict[str, Any]:
        """Wait for the end of the copy."""
        out, _ = self.driver.communicate(timeout=_LONGEST_S)
        assert self.driver.returncode == 0, out + self.made.log[-3_000:]
        return dict(json.loads(out))


@contextmanager
def copying(folder: Path, *faults: dict[str, Any], **values: Any) -> Iterator[Scene]:
    """Begin a copy of everything."""
    patience = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "6s"}
    with (
        serving(Setup(archive=ARCHIVE)) as source,
        serving(Setup(archive=EMPTY, faults=list(faults))) as target,
        cluster(folder / "cluster", 1, **patience) as made,
    ):
        order = Order(
            url=source.url,
            target=target.url,
            folder=str(folder / "copy"),
            scheduler=made.address,
            password=f"env:{PASSWORD_VARIABLE}",
            include=list(EVERYTHING),
            versions="all",
            **values,
        )
        with start("cluster_copier", asdict(order)) as driver:
            try:
                yield Scene(source, target, made, driver)
            finally:
                driver.kill()
        assert not SECRET.search(made.log), "a secret is in the log of the cluster"


def test_one_dies_and_one_is_taken_for_dead(tmp_path: Path) -> None:
    """Killed or frozen when a call was just carried out: others go on, and nothing is twice.

    The one that was frozen wakes up while another does its batch, and adds nothing to that.
    """
    with copying(tmp_path, CREATES, {**OTHERS, "seconds": 9.0}, at_once=1) as scene:
        scene.until(lambda: scene.hangs(0))
        scene.made.kill(0)
        scene.made.join()
        scene.until(lambda: scene.hangs(1))
        scene.made.pause(1)
        scene.made.join()
        calls = scene.target.ask("calls")
        scene.until(lambda: bool(scene.target.ask("calls") > calls))
        scene.made.resume(1)

        assert scene.result()["failures"] == []
        check_same(scene.source.ask("picture"), scene.target.ask("picture"))
    assert {name for name in top(tmp_path / "copy") if "." not in name} == {"spool"}
    assert top(tmp_path / "copy" / "spool") == set()
