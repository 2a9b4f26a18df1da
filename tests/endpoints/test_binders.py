"""Binders: created, filled, rearranged, drafted and deleted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.endpoints.recording import recorded
from vaultio import (
    NotAllowedError,
    NotFoundError,
    OutcomeUnknownError,
    Vault,
    VersionNumber,
)
from vaultio.sandbox import Fault, Sandbox

FIELDS = {"name__v": "Trial", "type__v": "Trial Master File", "lifecycle__v": "General Lifecycle"}
Attempt = Callable[[Vault], Awaitable[object]]


@pytest.fixture
def sandbox(sandbox: Sandbox) -> Sandbox:
    """Make a vault with binder 7, which has a section and a document in it, and a document 9."""
    sandbox.documents.add("Binder", document_id=7, binder=True)
    sandbox.documents.add("Plan", document_id=9)
    sandbox.binders.add_section(7, "Plans", number="1", node_id="100")
    sandbox.binders.add_document(7, 9, parent_id="100", node_id="200")
    return sandbox


async def test_create(vault: Vault) -> None:
    """A binder that was created can be retrieved, and is one of the documents."""
    binder_id = await vault.binders.create({**FIELDS, "title__v": "T"})

    binder = await vault.binders.retrieve(binder_id)
    assert (binder.name, binder.title, binder.is_binder) == ("Trial", "T", True)
    assert binder.nodes == ()
    assert (await vault.documents.retrieve(binder_id)).is_binder


async def test_create_from_a_template(vault: Vault, sandbox: Sandbox) -> None:
    """A template makes the sections."""
    sandbox.binders.add_template("tmf", "Trial Master File", "Plans", "Reports")

    binder_id = await vault.binders.create(FIELDS, from_template="tmf")

    binder = await vault.binders.retrieve(binder_id)
    assert [node.name for node in binder.nodes] == ["Plans", "Reports"]


async def test_depth(vault: Vault) -> None:
    """One level comes by default, all of them on demand."""
    flat = await vault.binders.retrieve(7)
    deep = await vault.binders.retrieve(7, depth="all")

    assert [node.id for node in flat.walk()] == ["100"]
    assert [(node.id, node.document_id) for node in deep.walk()] == [("100", None), ("200", 9)]


async def test_update(vault: Vault) -> None:
    """Fields are set; the class of a binder changes only when it is reclassified."""
    await vault.binders.update(7, {"title__v": "New"})
    with pytest.raises(NotAllowedError):
        await vault.binders.update(7, {"type__v": "Plan"})
    await vault.binders.update(7, {"type__v": "Plan"}, reclassify=True)

    binder = await vault.binders.retrieve(7)
    assert (binder.title, binder.type) == ("New", "Plan")


async def test_draft(vault: Vault) -> None:
    """A draft is the next minor version, begins as the last one, and then goes its own way."""
    version = await vault.binders.create_draft(7)
    await vault.binders.sections(7).delete("100")

    numbers = [one.number for one in await vault.binders.retrieve_versions(7)]
    old = await vault.binders.version(7, 0, 1).retrieve()
    assert (version, numbers) == (VersionNumber(0, 2), [VersionNumber(0, 1), version])
    assert ([node.id for node in old.nodes], await vault.binders.sections(7).retrieve_all()) == (
        ["100"],
        (),
    )


async def test_version(vault: Vault) -> None:
    """One version's fields change apart from the latest; the only version stays."""
    await vault.binders.create_draft(7)
    old = vault.binders.version(7, 0, 1)
    await old.update({"title__v": "Old"})

    assert ((await old.retrieve()).title, (await vault.binders.retrieve(7)).title) == ("Old", None)
    assert await old.delete() == 7
    with pytest.raises(NotAllowedError, match="only version"):
        await vault.binders.version(7, 0, 2).delete()


async def test_delete(vault: Vault) -> None:
    """A binder that was deleted is gone, what was in it is not."""
    assert await vault.binders.delete(7) == 7

    with pytest.raises(NotFoundError, match="7"):
        await vault.binders.retrieve(7)
    assert (await vault.documents.retrieve(9)).name == "Plan"


async def test_sections(vault: Vault) -> None:
    """Sections are created in a place, at any depth, and found by their ids."""
    sections = vault.binders.sections(7)
    first = await sections.create("First", order=0)
    inner = await sections.create("Inner", section_number="1.1", parent_id="100")

    assert [node.id for node in await sections.retrieve_all()] == [first, "100"]
    plans = await sections.retrieve("100")
    assert (plans.name, [node.id for node in plans.nodes]) == ("Plans", ["200", inner])
    assert (await sections.retrieve(inner)).section_number == "1.1"


async def test_section_is_moved(vault: Vault) -> None:
    """A section takes along what is in it."""
    target = await vault.binders.sections(7).create("Archive")
    version = vault.binders.version(7, 0, 1)

    await version.sections.update("100", name="Old plans", parent_id=target)

    (archive,) = await version.sections.retrieve_all()
    (old,) = (await version.sections.retrieve(target)).nodes
    assert (archive.id, old.id, old.name) == (target, "100", "Old plans")
    assert [node.id for node in (await version.sections.retrieve("100")).nodes] == ["200"]


@pytest.mark.parametrize(
    ("version", "path"),
    [
        ("v11.0", "versions/0/1/sections/100"),
        ("v16.0", "versions/0/1/sections/100"),
        ("v17.1", "sections/100"),
        ("v24.3", "sections/100"),
    ],
)
async def test_section_path_moved(sandbox: Sandbox, version: str, path: str) -> None:
    """From v17.1 on a section is updated without the binder's version in the path."""
    async with recorded(sandbox, version) as (vault, recorder):
        await vault.binders.version(7, 0, 1).sections.update("100", name="New")

    assert f"/api/{version}/objects/binders/7/{path}" == recorder.requests[0].url.path


async def test_node_id_is_quoted(sandbox: Sandbox) -> None:
    """Ids of newer vaults hold a colon and a sign, and are still one segment."""
    sandbox.binders.add_section(7, "Odd", node_id="1457560348267:-1179/700878")

    async with recorded(sandbox) as (vault, _):
        section = await vault.binders.sections(7).retrieve("1457560348267:-1179/700878")

    assert section.name == "Odd"


async def test_documents(vault: Vault) -> None:
    """A document is linked in a place, moved, and unlinked without being deleted."""
    documents = vault.binders.documents(7)
    node_id = await documents.add(9, order=1)
    assert [node.id for node in (await vault.binders.retrieve(7)).nodes] == [node_id, "100"]

    assert await documents.move(node_id, parent_id="100", order=99) == node_id
    plans = await vault.binders.sections(7).retrieve("100")
    assert [node.id for node in plans.nodes] == ["200", node_id]

    assert await documents.remove(node_id) == node_id
    assert (await vault.documents.retrieve(9)).name == "Plan"


async def test_bound_version(vault: Vault) -> None:
    """A document bound to one version says which, until another rule overrides it."""
    node_id = await vault.binders.documents(7).add(
        9, rule="specific", major_version=0, minor_version=1
    )
    await vault.binders.update_binding_rule(7, "current")
    before = (await vault.binders.retrieve(7)).nodes[-1]

    await vault.binders.update_binding_rule(7, "steady-state", override=True)

    after = (await vault.binders.retrieve(7)).nodes[-1]
    assert (before.id, before.version, after.version) == (node_id, VersionNumber(0, 1), None)


async def test_section_binding_rule(vault: Vault, sandbox: Sandbox) -> None:
    """A rule for a section is one for what is in it."""
    assert await vault.binders.sections(7).update_binding_rule("100", "steady-state") == "100"

    rules = {node.rule for node in sandbox.binders.tree(sandbox.documents[7]).below()}
    assert rules == {"steady-state"}


async def test_lifecycle_action(vault: Vault) -> None:
    """What a binder may do is asked of its version; a workflow holds it from then on."""
    actions = vault.binders.version(7, 0, 1).lifecycle_actions
    requirements = await actions.retrieve_entry_requirements("startApproval")

    started = await actions.initiate(
        "startApproval", {"dueDate": "2026-12-24", "Approver": "user:1"}
    )

    assert [one.name for one in requirements] == ["dueDate", "Approver"]
    assert (started.fields["id"], await actions.retrieve_all()) == (7, ())


async def test_executable_is_a_boolean(sandbox: Sandbox) -> None:
    """Binders say it as a boolean where documents say it as text; both are read alike."""
    async with recorded(sandbox, "v24.3") as (vault, _):
        of_binder = await vault.binders.version(7, 0, 1).lifecycle_actions.retrieve_all()
        of_document = await vault.documents.version(9, 0, 1).lifecycle_actions.retrieve_all()

    assert of_binder[0].executable is of_document[0].executable is True


@pytest.mark.parametrize(
    "attempt",
    [
        lambda vault: vault.binders.create(FIELDS),
        lambda vault: vault.binders.create_draft(7),
        lambda vault: vault.binders.sections(7).create("New"),
        lambda vault: vault.binders.documents(7).add(9),
        lambda vault: vault.binders.version(7, 0, 1).lifecycle_actions.initiate("approve"),
    ],
)
async def test_not_repeated(vault: Vault, sandbox: Sandbox, attempt: Attempt) -> None:
    """What twice would be done twice is not sent again when its answer is lost."""
    sandbox.faults.add(Fault(kind="lost_answer", path="/objects/binders*"))

    with pytest.raises(OutcomeUnknownError):
        await attempt(vault)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda vault: vault.binders.update(7, {"title__v": "New"}),
        lambda vault: vault.binders.documents(7).move("200", order=1),
        lambda vault: vault.binders.sections(7).update_binding_rule("100", "current"),
    ],
)
async def test_repeated(vault: Vault, sandbox: Sandbox, attempt: Attempt) -> None:
    """Setting a value is sent again when its answer is lost."""
    sandbox.faults.add(Fault(kind="lost_answer", path="/objects/binders*"))

    assert await attempt(vault) in {7, "200", "100"}
