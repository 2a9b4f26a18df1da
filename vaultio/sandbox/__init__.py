"""A Vault in memory: for tests, for demos, for trying out what goes wrong.

It imitates Vault from its reference and shares no code with the client, so that a mistake is not
made twice.

>>> sandbox = Sandbox()
>>> document_id = sandbox.documents.add("Protocol", b"the file")
>>> transport = sandbox.transport()  # for httpx, in process
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vaultio.sandbox.archive import Archive
from vaultio.sandbox.content import BytesContent, Content, GeneratedContent, ZipContent
from vaultio.sandbox.core import Sandbox
from vaultio.sandbox.failures import ConnectionCutError
from vaultio.sandbox.faults import Fault, Faults
from vaultio.sandbox.quota import worst_window
from vaultio.sandbox.raw import RawServer
from vaultio.sandbox.settings import Settings
from vaultio.sandbox.stores.lifecycle import LifecycleAction, requirement
from vaultio.sandbox.stores.roles import Role
from vaultio.sandbox.wire import Headers, SandboxReply, SandboxRequest

if TYPE_CHECKING:
    from vaultio.sandbox.httpx_transport import SandboxTransport

__all__ = [
    "Archive",
    "BytesContent",
    "ConnectionCutError",
    "Content",
    "Fault",
    "Faults",
    "GeneratedContent",
    "Headers",
    "LifecycleAction",
    "RawServer",
    "Role",
    "Sandbox",
    "SandboxReply",
    "SandboxRequest",
    "SandboxTransport",
    "Settings",
    "ZipContent",
    "requirement",
    "worst_window",
]


def __getattr__(name: str) -> Any:
    # httpx is not needed to import the sandbox, only to call it through httpx.
    if name == "SandboxTransport":
        from vaultio.sandbox.httpx_transport import SandboxTransport

        return SandboxTransport
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
