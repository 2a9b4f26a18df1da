"""A transport that keeps what went out, and the sandbox of the reference's examples."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from tests.endpoints import (
    example_accounts,
    example_binders,
    example_documents,
    example_metadata,
    example_records,
)
from tests.leaks import PASSWORD
from vaultio import Password, Vault
from vaultio.sandbox import BytesContent, Sandbox, ZipContent

CATALOGUE = Path(__file__).parent.parent / "catalogue.json"
USER = "ana@example.com"
COPY_GROUP = "draft_to_effective_lifecycle__c.effective__c"
COPY_ACTION = "downloadControlledCopya95fbf38"
_SESSION = re.compile(r"/api/v[\d.]+/(auth|session)")


class Recorder(httpx.AsyncBaseTransport):
    """Passes requests on, and keeps them in `requests`; those of the session do not count."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Note the request and pass it on."""
        if not _SESSION.fullmatch(request.url.path):
            self.requests.append(request)
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the transport behind."""
        await self._inner.aclose()


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Read our list of the reference's operations, by id."""
    return {entry["id"]: entry for entry in json.loads(CATALOGUE.read_text("utf-8"))}


def matches(template: str, path: str) -> bool:
    """Whether a path, still encoded, is of a template like ``/api/{version}/objects/{id}``."""
    parts = re.split(r"\{\w+\}", template)
    return re.fullmatch("[^/]+".join(map(re.escape, parts)), path) is not None


def path_of(request: httpx.Request) -> str:
    """Take the path of a request as it goes over the wire."""
    return request.url.raw_path.decode("ascii").partition("?")[0]


def body_kind(request: httpx.Request) -> str | None:
    """Name the kind of a request's body as the catalogue does; None for no body."""
    kinds = {
        "application/x-www-form-urlencoded": "form",
        "multipart/form-data": "multipart",
        "text/csv": "csv",
        "application/json": "json",
    }
    kind = request.headers.get("content-type")
    return None if kind is None else kinds[kind.partition(";")[0]]


def files_in(folder: Path) -> list[Path]:
    """List a folder; hidden files too."""
    return sorted(folder.iterdir())


def example_sandbox() -> Sandbox:
    """Make a vault that has what the examples of the reference speak of."""
    sandbox = Sandbox()
    documents = sandbox.documents
    documents.add("VaultFile", b"slides", file_name="VaultFile.pptx", document_id=773)
    documents.add("Approvable", document_id=222)
    documents.add("Five versions", document_id=208, major=1, minor=0)
    for major, minor in ((1, 1), (1, 2), (2, 0), (2, 1)):
        documents.add_version(208, f"file {major}.{minor}", major=major, minor=minor)
        documents.add_rendition(208)
    documents.add_thumbnail(208, b"\x89PNG\r\n\x1a\n")
    documents.add_annotations(208)
    documents.add("With attachments", document_id=565)
    _attach(documents[565].attachments, 566, "Site Area Map.png", range(2))
    _attach(documents[565].attachments, 567, "Site Facilities Contacts.docx", range(3))
    sandbox.records.add_object("study__v", label="Study", label_plural="Studies")
    sandbox.records.add_object("site__v", label="Study Site", label_plural="Study Sites")
    site = sandbox.records.add("site__v", "Boston", record_id="1357752909483")
    attachments = sandbox.records["site__v"].records[site].attachments
    _attach(attachments, 558, "Site Contact List.docx", range(3))
    _attach(attachments, 571, "Site Area Map.png", range(3, 4))
    example_accounts.fill(sandbox)
    example_binders.fill(sandbox)
    example_documents.fill(sandbox)
    example_metadata.fill(sandbox)
    example_records.fill(sandbox)
    _finished_copy(sandbox)
    return sandbox


def _attach(attachments: Any, attachment_id: int, name: str, contents: Iterable[int]) -> None:
    for content in contents:
        attachments.add(name, f"{name} {content}", attachment_id=attachment_id)


def _finished_copy(sandbox: Sandbox) -> None:
    sandbox.jobs.start(
        artifacts=f"{COPY_GROUP}.{COPY_ACTION}",
        label="Download Issued Batch Record",
        result=ZipContent([("copy.pdf", BytesContent(b"%PDF-1.7"))]),
    )
    sandbox.jobs.finish_all()


@asynccontextmanager
async def recorded(
    sandbox: Sandbox, version: str = "v11.0"
) -> AsyncIterator[tuple[Vault, Recorder]]:
    """Open a client of a sandbox that keeps its requests."""
    recorder = Recorder(sandbox.transport())
    credentials = Password(USER, sandbox.users[USER].password)
    address = "https://sandbox.veevavault.com"
    async with Vault(address, credentials, api_version=version, transport=recorder) as vault:
        yield vault, recorder


@asynccontextmanager
async def examples(version: str) -> AsyncIterator[tuple[Vault, Recorder, Sandbox]]:
    """Open a client of a vault that has what the reference's examples speak of."""
    sandbox = example_sandbox()
    sandbox.users[USER].password = PASSWORD
    async with recorded(sandbox, version) as (vault, recorder):
        yield vault, recorder, sandbox
