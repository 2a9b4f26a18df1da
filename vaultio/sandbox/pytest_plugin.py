"""The pytest plugin: a fixture with a fresh Vault in memory.

Loaded by pytest in every project that has vaultio installed, so it imports next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from vaultio.sandbox.core import Sandbox


@pytest.fixture
def vault_sandbox() -> Sandbox:
    """Return an empty sandbox; its ``transport()`` goes where a client takes an httpx transport."""
    from vaultio.sandbox.core import Sandbox

    return Sandbox()
