"""The domain, and which kinds of things have metadata."""

from __future__ import annotations

from vaultio.sandbox.call import Call
from vaultio.sandbox.failures import RefusedError
from vaultio.sandbox.routing import JSON, Routes

routes = Routes()


@routes.on("GET", "/objects/domain")
async def retrieve_domain_information(call: Call) -> JSON:
    """List the active vaults; their ids are texts here."""
    if not call.user.domain_admin:
        raise RefusedError(
            "INSUFFICIENT_ACCESS", "User does not have sufficient privileges to perform the action."
        )
    vaults = [
        {
            "id": str(vault.id),
            "vault_name__v": vault.name,
            "vault_status__v": "Active",
            "vault_application__v": vault.application,
        }
        for vault in call.sandbox.vaults
    ]
    return {
        "responseStatus": "SUCCESS",
        "responseMessage": "Success",
        "domain__v": {
            "domain_name__v": "example.com",
            "domain_type__v": "Sandbox",
            "vaults__v": vaults,
        },
    }


@routes.on("GET", "/metadata/objects")
async def retrieve_api_resources(call: Call) -> JSON:
    """Name the addresses of metadata; that of documents leads to their types."""
    root = ("metadata", "objects")
    return {
        "values": {
            "documents": call.url(*root, "documents", "types"),
            "users": call.url(*root, "users"),
            "groups": call.url(*root, "groups"),
            "securitypolicies": call.url(*root, "securitypolicies"),
            "vobjects": call.url("metadata", "vobjects"),
        }
    }
