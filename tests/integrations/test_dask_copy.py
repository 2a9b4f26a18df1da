"""Copies on a dask cluster of real processes, whose workers die, and are taken for dead."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from attrs import asdict, define, field

from tests.integrations.cluster import PASSWORD_VARIABLE, Cluster, cluster
from tests.integrations.writes import DEADLY
from tests.leaks import SECRET
from tests.migration.conftest import top
from tests.migration.programs.vault_server import Setup
from tests.migration.proving import VaultProcess, check_same, serving, start
from tests.migration.test_copy import EVERYTHING

pytest.importorskip("distributed", reason="the extra dask is not installed")
from tests.migration.programs.cluster_copier import Order

ARCHIVE = {"small": 30, "large": 0, "small_bytes": 2_000, "rich": 1, "binders": 1}
EMPTY = {"small": 0, "large": 0}
CREATES = {"kind": "stall", "method": "POST", "path": "/objects/documents", "skip": 10}
OTHERS = {"kind": "stall", "method": "POST", "path": "/objects/documents/[0-9]*", "skip": 2}
_LONGEST_S = 90.0
PATIENCE = {"DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "6s"}


@define
class Scene:
    """Two vaults, a cluster of one worker, and a copy that is under way."""

    source: VaultProcess
    target: VaultProcess
    made: Cluster
    order: dict[str, Any]
    driver: subprocess.Popen[str] = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start the copy, or go on with it."""
        self.driver = start("cluster_copier", self.order)

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, while the copy lives."""
        end_s = time.monotonic() + _LONGEST_S
        while not is_so():
            assert self.driver.poll() is None, self.made.log[-3_000:]
            assert time.monotonic() < end_s, self.made.log[-3_000:]
            time.sleep(0.1)

    def hangs(self, fault: int) -> bool:
        """Say whether a call was carried out and is not answered."""
        return bool(self.target.ask("faults")[fault]["hits"])

    def result(self) -> dict[str, Any]:
        """Wait for the end of the copy."""
        out, _ = self.driver.communicate(timeout=_LONGEST_S)
        assert self.driver.returncode == 0, out + self.made.log[-3_000:]
        return dict(json.loads(out))


@contextmanager
def copying(
    folder: Path,
    *faults: dict[str, Any],
    workers: int = 1,
    settings: dict[str, str] = PATIENCE,
    **values: Any,
) -> Iterator[Scene]:
    """Begin a copy of everything."""
    with (
        serving(Setup(archive=ARCHIVE)) as source,
        serving(Setup(archive=EMPTY, faults=list(faults))) as target,
        cluster(folder / "cluster", workers, **settings) as made,
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
        scene = Scene(source, target, made, asdict(order))
        try:
            yield scene
        finally:
            scene.driver.kill()
            scene.driver.communicate()
        assert not SECRET.search(made.log), "a secret is in the log of the cluster"


@pytest.mark.heavy
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


@pytest.mark.heavy
def test_what_workers_die_of(tmp_path: Path) -> None:
    """A document that kills who begins it fails alone; those beside it are there, once."""
    deadly = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0", DEADLY: "/7/"}
    with copying(tmp_path, at_once=2, batch_size=10, workers=4, settings=deadly) as scene:
        failures = scene.result()["failures"]
        left = scene.source.ask("picture").keys() - scene.target.ask("picture").keys()

    assert [line for line in failures if "every worker that began it died" in line] != []
    assert len(left) <= 2  # the document, and the binder that it lies in
    assert top(tmp_path / "copy" / "spool") == set()


@pytest.mark.heavy
def test_a_killed_driver(tmp_path: Path) -> None:
    """The next one goes on, with workers that were in the middle; nothing is there twice."""
    with copying(tmp_path, {**CREATES, "seconds": 2.0}, {**OTHERS, "seconds": 2.0}) as scene:
        for fault in range(2):
            scene.until(partial(scene.hangs, fault))
            scene.driver.kill()
            scene.driver.communicate()
            scene.begin()

        assert scene.result()["failures"] == []
        check_same(scene.source.ask("picture"), scene.target.ask("picture"))
    assert top(tmp_path / "copy" / "spool") == set()
