"""What is written to documents is there afterwards; what makes no sense is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import API, error_of
from vaultio.sandbox import GeneratedContent, Sandbox
from vaultio.sandbox.stores.document_types import document_field

ROOT = f"{API}/objects/documents"
FIELDS = {
    "name__v": "Gludacta Document",
    "type__v": "Reference Document",
    "lifecycle__v": "General Lifecycle",
    "major_version_number__v": "0",
    "minor_version_number__v": "1",
}
UNCLASSIFIED = {"type__v": "Undefined", "lifecycle__v": "Unclassified"}
CROSSLINK = {**FIELDS, "source_vault_id__v": "2112", "source_document_id__v": "101"}
SPECIFIC = {**CROSSLINK, "source_binding_rule__v": "Specific Document version"}


def multipart(fields: dict[str, str], file: tuple[str, bytes] | None = None) -> dict[str, Any]:
    """Make httpx's arguments for a multipart body, with a file or without."""
    parts: list[tuple[str, Any]] = [(name, (None, value)) for name, value in fields.items()]
    return {"files": parts + ([("file", file)] if file else [])}


async def create(
    client: httpx.AsyncClient, fields: dict[str, str], file: tuple[str, bytes] | None = None
) -> httpx.Response:
    """Create a document."""
    return await client.post(ROOT, **multipart(fields, file))


async def document(client: httpx.AsyncClient, document_id: int) -> dict[str, Any]:
    """Retrieve a document's fields."""
    fields: dict[str, Any] = (await client.get(f"{ROOT}/{document_id}")).json()["document"]
    return fields


async def test_create_from_a_file(client: httpx.AsyncClient) -> None:
    """The answer is as printed, and the document has the fields, the file and a rendition."""
    answer = await create(client, {**FIELDS, "product__v": "0PR0303"}, ("a.docx", b"words"))

    fields = await document(client, 1)
    assert answer.json() == {
        "responseStatus": "SUCCESS",
        "responseMessage": "successfully created document",
        "id": 1,
    }
    assert (fields["name__v"], fields["type__v"]) == ("Gludacta Document", "Reference Document")
    assert (fields["product__v"], fields["filename__v"]) == ("0PR0303", "a.docx")
    assert (await client.get(f"{ROOT}/1/file")).content == b"words"
    assert (await client.get(f"{ROOT}/1/renditions/viewable_rendition__v")).status_code == 200


async def test_create_from_a_template(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The file is the template's."""
    sandbox.documents.add_template("promo_doc_template__c", b"template")

    await create(client, {**FIELDS, "fromTemplate": "promo_doc_template__c"})

    assert (await client.get(f"{ROOT}/1/file")).content == b"template"


async def test_create_a_placeholder(client: httpx.AsyncClient) -> None:
    """A placeholder has no file until one is uploaded."""
    await create(client, FIELDS)
    before = await client.get(f"{ROOT}/1/file")

    await client.post(f"{ROOT}/1", **multipart({}, ("a.docx", b"at last")))

    assert error_of(before)[0] == "OPERATION_NOT_ALLOWED"
    assert (await client.get(f"{ROOT}/1/file")).content == b"at last"


async def test_create_unclassified(client: httpx.AsyncClient) -> None:
    """The name is the file's; all but the fields of eTMF vaults is ignored."""
    more = {"name__v": "Mine", "title__v": "Mine", "study__v": "0ST000000000501"}

    await create(client, {**UNCLASSIFIED, **more}, ("CholeCap Information.docx", b"words"))

    fields = await document(client, 1)
    assert (fields["name__v"], fields["study__v"]) == (
        "CholeCap Information.docx",
        "0ST000000000501",
    )
    assert "title__v" not in fields


async def test_create_a_crosslink(client: httpx.AsyncClient) -> None:
    """A CrossLink says what it shows; without a rule it is the latest steady state."""
    bound = {"bound_source_major_version__v": "1", "bound_source_minor_version__v": "3"}
    await create(client, CROSSLINK)
    await create(client, {**SPECIFIC, **bound})

    first, second = await document(client, 1), await document(client, 2)
    assert (first["crosslink__v"], first["source_vault_id__v"]) == (True, 2112)
    assert first["source_binding_rule__v"] == "Latest Steady State version"
    assert (second["bound_source_major_version__v"], second["bound_source_minor_version__v"]) == (
        1,
        3,
    )


def missing(name: str) -> tuple[str, str]:
    """Return the failure that names a parameter."""
    return "PARAMETER_REQUIRED", f"Missing required parameter [{name}]."


def wrong(value: str, name: str) -> tuple[str, str]:
    """Return the failure that names a value."""
    return "INVALID_DATA", f"Invalid value [{value}] specified for parameter [{name}]"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        *(({**FIELDS, name: ""}, missing(name)) for name in FIELDS),
        ({**FIELDS, "type__v": "Promotional Piece"}, missing("subtype__v")),
        (
            {**FIELDS, "type__v": "Promotional Piece", "subtype__v": "Print"},
            missing("classification__v"),
        ),
        (UNCLASSIFIED, missing("file")),
        ({**FIELDS, "source_vault_id__v": "2112"}, missing("source_document_id__v")),
        (SPECIFIC, missing("bound_source_major_version__v")),
        (
            {**CROSSLINK, "source_binding_rule__v": "default"},
            wrong("default", "source_binding_rule__v"),
        ),
        ({**FIELDS, "fromTemplate": "no__c"}, wrong("no__c", "fromTemplate")),
        ({**FIELDS, "minor_version_number__v": "`"}, wrong("`", "minor_version_number__v")),
        ({**FIELDS, "size__v": "1"}, ("INVALID_DATA", "The field [size__v] is not editable.")),
    ],
)
async def test_create_is_refused(
    client: httpx.AsyncClient, sandbox: Sandbox, fields: dict[str, str], expected: tuple[str, str]
) -> None:
    """The failure names what is missing or wrong, and nothing is created."""
    answer = await create(client, fields)

    assert error_of(answer) == expected
    assert len(sandbox.documents) == 0


async def test_a_field_that_the_admin_requires(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A field that is required on a type must be there."""
    sandbox.document_types.add("memo__c", "Memo", document_field("region__c", required=True))
    fields = {**FIELDS, "type__v": "Memo"}

    without = await create(client, fields)
    with_it = await create(client, {**fields, "region__c": "EU"})

    assert error_of(without) == missing("region__c")
    assert with_it.json()["responseStatus"] == "SUCCESS"


async def test_a_body_that_is_not_multipart(client: httpx.AsyncClient) -> None:
    """Creating takes multipart alone, with a file or without."""
    assert error_of(await client.post(ROOT, data=FIELDS))[0] == "INVALID_DATA"


async def test_a_file_that_is_too_large(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """A file beyond the limit is refused, and nothing is created."""
    sandbox.settings.max_upload_bytes = 1000

    answer = await create(client, FIELDS, ("a.docx", b"x" * 1001))

    assert error_of(answer)[0] == "EXCEEDS_FILE_MAX_SIZE"
    assert len(sandbox.documents) == 0


async def test_a_file_of_several_megabytes(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """What is uploaded is what is downloaded."""
    content = GeneratedContent(9_000_000, seed=5)

    await create(client, FIELDS, ("a.bin", content.read()))

    assert (await document(client, 1))["md5checksum__v"] == content.md5
    assert (await client.get(f"{ROOT}/1/file")).content == content.read()


async def test_update(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """Fields are set at the latest version, or at the one that is named."""
    sandbox.documents.add("Plan")
    sandbox.documents.add_version(1)

    latest = await client.put(f"{ROOT}/1", data={"title__v": "New", "country__v": "1,2"})
    first = await client.put(f"{ROOT}/1/versions/0/1", data={"title__v": "Old"})

    fields = await document(client, 1)
    assert latest.json() == first.json() == {"responseStatus": "SUCCESS", "id": 1}
    assert (fields["title__v"], fields["country__v"]) == ("New", ["1", "2"])
    assert sandbox.documents[1].versions[0].fields["title__v"] == "Old"


@pytest.mark.parametrize("path", ["1", "1/versions/0/1"])
@pytest.mark.parametrize("name", ["id", "size__v", "type__v", "lifecycle__v", "created_by__v"])
async def test_what_cannot_be_set(
    client: httpx.AsyncClient, sandbox: Sandbox, path: str, name: str
) -> None:
    """Vault's own fields and the class of a document are not editable."""
    sandbox.documents.add("Plan")

    answer = await client.put(f"{ROOT}/{path}", data={name: "x"})

    assert error_of(answer) == ("INVALID_DATA", f"The field [{name}] is not editable.")


async def test_reclassify(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """With reclassify type, subtype and lifecycle may be set."""
    sandbox.documents.add("Plan")
    values = {"type__v": "Claim", "lifecycle__v": "Claim Lifecycle", "subtype__v": "Print"}

    await client.put(f"{ROOT}/1", data={**values, "reclassify": "true"})

    fields = await document(client, 1)
    assert {name: fields[name] for name in values} == values


async def test_delete(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """What is deleted is gone, and cannot be deleted twice."""
    sandbox.documents.add("Plan")

    answer = await client.delete(f"{ROOT}/1")

    assert answer.json() == {"responseStatus": "SUCCESS", "id": 1}
    assert error_of(await client.delete(f"{ROOT}/1")) == (
        "INVALID_DOCUMENT",
        "Document not found 1",
    )


async def test_delete_a_version(client: httpx.AsyncClient, sandbox: Sandbox) -> None:
    """The answer has the document's id; with its last version a document goes."""
    sandbox.documents.add("Plan")
    sandbox.documents.add_version(1)

    answer = await client.delete(f"{ROOT}/1/versions/0/2")
    rest = (await client.get(f"{ROOT}/1/versions")).json()["versions"]
    await client.delete(f"{ROOT}/1/versions/0/1")

    assert (answer.json()["id"], [row["number"] for row in rest]) == (1, ["0.1"])
    assert len(sandbox.documents) == 0
