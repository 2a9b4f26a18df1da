"""Every operation has a name and a path without ids."""

from __future__ import annotations

import json
import re

import pytest

from tests.layers import ROOT
from tests.operations_page import spoken
from vaultio.protocol.operations import OTHER, operation_of

CATALOGUE = json.loads((ROOT / "tests/catalogue.json").read_text("utf-8"))
CALLS = {name: re.sub(r"\(…?\)", "", call)[6:] for name, call in spoken().items()}
TWINS = {
    **dict.fromkeys(
        ["create_from_template", "create_placeholder", "create_unclassified", "create_crosslink"],
        "documents.create",
    ),
    "content.create_draft": "documents.content.update",
    "retrieve_attachment_links": "documents.retrieve",
}
"""Coroutines that send what another one sends."""


@pytest.mark.parametrize("operation", CATALOGUE, ids=[one["id"] for one in CATALOGUE])
def test_each_operation_has_its_coroutines_name(operation: dict[str, str]) -> None:
    """The name is what a user writes, the template the catalogue's but for the names in it."""
    template = operation["path"].removeprefix("/api/").removeprefix("{version}/")
    called = CALLS[operation["id"]]
    sent = re.sub(r"\{\w+\}", "1a-__c", template)

    found = operation_of(operation["method"], sent)

    assert found.name == TWINS.get(called.removeprefix("documents."), called)
    assert re.sub(r"\{\w+\}", "{}", found.template) == re.sub(r"\{\w+\}", "{}", template)


@pytest.mark.parametrize(
    ("method", "path", "name", "template"),
    [
        ("POST", "query", "query", "query"),
        ("GET", "/api/v24.3/query/9c2?pagesize=5&q=a/b", "query", "query/{page}"),
        ("GET", "https://a.b.com/api/v9.0/query/9c2", "query", "query/{page}"),
        ("GET", "/api/", "api_metadata.retrieve_versions", ""),
        ("POST", "auth", "session.log_in", "auth"),
        ("PUT", "objects/documents/7/lock", OTHER, "objects/documents/{doc_id}/lock"),
        ("GET", "services/unheard_of/ana@example.com", OTHER, "services/…"),
        ("GET", "unheard_of/7", OTHER, "…"),
    ],
)
def test_what_is_in_no_catalogue(method: str, path: str, name: str, template: str) -> None:
    """Links of Vault's are known too; of what is unknown no more is said than is known."""
    found = operation_of(method, path)

    assert (found.name, found.template) == (name, template)
